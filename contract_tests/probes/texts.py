"""Probes with texts, numbers and callback URLs that a document allows and a server may spoil. Each carries as many as
it can, because each costs a task."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from contract_tests.probes.request import ACCEPTED, Probe, Requests, probe

TEXTS: Final = (
    ("line breaks and a tab", "first line\nsecond line\r\nthird\tlast"),
    ("quotes and backslashes", 'she said "hi", it\'s \\n \\" odd'),
    ("brackets, commas and semicolons", "[Verse] one, two; three (x) {y}"),
    ("what HTML and URLs escape", "rock & roll <b>x</b> &amp; 100% a%20b+c"),
    ("accents of both forms", "Cafe\u0301 Caf\u00e9 \ufb01 \uff21"),
    ("emoji and their variants", "\u2764\ufe0f \U0001f469\u200d\U0001f467 \U0001f600"),
    ("letters from right to left", "\u05e9\u05dc\u05d5\u05dd \u200f\u0645\u0631\u202e x"),
    ("blanks at the ends, and two of them", "  two  blanks  "),
    ("letters of other alphabets", "small \u00c4\u00df \u041f\u0440\u0438\u0432\u0435\u0442 \u6f22\u5b57"),
)
"""In words, and the text. Each has fewer than 80 bytes, so that it is within every limit however that is counted."""
URLS: Final = (
    ("capitals", "/Ab-CD", "&Name=Xy"),
    ("an escaped slash", "/a%2Fb%3D", "&to=a%2Fb"),
    ("a plus sign and a blank", "/a+b", "&q=a+b%20c"),
    ("semicolons", "/v;1", "&x=1;y=2"),
    ("several parameters, not sorted", "", "&z=1&b=2&q=1&q=1"),
    ("a parameter without a value", "/t~x/", "&flag&u=~"),
    ("120 characters more", "", f"&token={'x' * 120}"),
    ("an escaped ampersand", "", "&u=a%26b%3Dc"),
    ("a fragment", "", ""),
)
"""In words, and what is added to the path and to the query."""
FRAGMENT: Final = "#part"
FREE_TEXTS: Final = ("prompt", "style", "title")
"""What a request may say in any words."""


class Texts(Requests):
    """Requests that break no rule and look unusual."""

    def __iter__(self) -> Iterator[Probe]:
        for (says, text), (url, path, query) in zip(TEXTS, URLS, strict=True):
            body = self.request(
                {**dict.fromkeys(("title", "style", "prompt", "negativeTags"), text), **self._other(text)}
            )
            body["callBackUrl"] += "" if path or query else FRAGMENT
            what = f"texts with {says}, a callBackUrl with {url}"
            yield probe("extend.text", what, body, ACCEPTED, more=(path, query))
        yield self._numbers()

    def _other(self, text: str) -> dict[str, Any]:
        return {"vocalGender": "f"} if len(text) % 2 else {}

    def _numbers(self) -> Probe:
        """Numbers in other spellings of JSON."""
        weights = [rule.field for rule in self.holding if rule.keyword == "multipleOf"]
        body = self.request(dict.fromkeys(weights, "$WEIGHT") | {"continueAt": "$AT"})
        raw = probe("extend.number", "numbers as 6.5e-1, 1.0 and 6E1", body, ACCEPTED)
        return _written(
            raw, ('"$AT"', "6E1"), *(('"$WEIGHT"', each) for each in ("6.5e-1", "1.0", "65E-2")[: len(weights)])
        )


def with_other_text(each: Probe) -> Probe:
    """The same request with other texts of the same length and kind: backwards, or of the next letter where that is the
    same."""
    sent, body = json.loads(each.body), each.body.decode()
    for name in FREE_TEXTS:
        if isinstance(text := sent.get(name), str) and text:
            spelled = (json.dumps(text, ensure_ascii=False), json.dumps(text))
            body = next(
                (body.replace(old, json.dumps(_other(text), ensure_ascii=False)) for old in spelled if old in body),
                body,
            )
    what = "with other text"
    return replace(each, id=f"{each.id}, {what}", says=f"{each.says}, {what}", body=body.encode(), group="")


def _other(text: str) -> str:
    backwards = text[::-1]
    return backwards if backwards != text else "".join(chr(ord(character) + 1) for character in text)


def _written(each: Probe, *spellings: tuple[str, str]) -> Probe:
    body = each.body.decode()
    for place, number in spellings:
        body = body.replace(place, number, 1)
    return probe(each.rule, each.says, body, each.expected)
