"""The keys of a target: puts them into requests, and masks them in everything that is written down."""

import base64
import html
import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Final

import httpx

from contract_tests.receiver.receiver import Arrival

MASKED: Final = "***"
OWN_VARIABLE: Final = "SUNO_API_KEY"
BAD_VARIABLE: Final = "BAD_KEY"

REMEMBERED: Final = 200
"""Characters of a text that comes again and again, such as the name of a header."""
SECRET_HEADER: Final = re.compile("cookie|authenticat|authorization|api-?key|token|secret|password", re.IGNORECASE)
"""Headers of a target whose values are sessions and credentials: reports are passed on."""
ESCAPES: Final = 16
"""Backslashes that a match begins with at most: 15 stand before what JSON escapes four times."""
SHORT: Final = 4
"""Characters of what is made of a key that no report has to hide."""


PLAIN: Final = re.compile(r"[ !#$()*+,./:;=?@\[\]^_`{|}~0-9A-Za-z-]{6,}")
"""A key of which every character is written as it is, or coded."""
CODED: Final = re.compile(r"[%&]|u00|x[2-7][0-9a-f]", re.IGNORECASE)
"""What is in every text where a character of such a key is coded."""
ODD: Final = "\u0130\u0131\u017f\u212a"
"""Letters that are like one of ASCII in another case."""


def _in_another_case(key: str) -> str:
    return key.swapcase() if key.swapcase() != key else f"{key}X"


SPELLED: Final[Mapping[str, Callable[[str], str]]] = {
    "cut": lambda key: key[:-1],
    "tail": lambda key: key[1:],
    "longer": lambda key: f"{key}x",
    "before": lambda key: f"x{key}",
    "case": _in_another_case,
    "blank": lambda key: f"{key[: len(key) // 2]} {key[len(key) // 2 :]}",
    "empty": lambda key: "",
    "other": lambda key: "x" * len(key),
}
"""What is sent in place of a key, to see whether a server looks at all of it."""
TELLING: Final = ("cut", "tail", "case", "blank")
"""Of these, what a reader could tell the key from."""


class Keys:
    """Keys by name: `own`, `bad`, and others by the environment variable that they were read from. `variable` is that
    of `own`."""

    def __init__(self, values: Mapping[str, str], variable: str = OWN_VARIABLE) -> None:
        self._values = {name: key.strip() for name, key in values.items()}
        self._variables = {"own": variable, "bad": BAD_VARIABLE}
        keys = [*filter(None, self._values.values())]
        parts = frozenset(part.lower() for key in keys for part in (*_halves(key), *_in_base64(key)))
        self.parts = parts if all(map(PLAIN.fullmatch, keys)) else None
        """What one of stands in every text with a key, as `glance` has it; None where nobody can tell."""
        self._short = lru_cache(maxsize=4096)(self._masked)

    @cached_property
    def _forms(self) -> list[re.Pattern[str]]:
        forms = {form for key in filter(None, self._values.values()) for form in _forms(key)}
        own = self._values.get("own", "")
        forms |= {re.escape(made) for name in TELLING if len(made := SPELLED[name](own)) > SHORT}
        return [re.compile(form, re.IGNORECASE) for form in sorted(forms, key=len, reverse=True)]

    @cached_property
    def _own(self) -> list[re.Pattern[str]]:
        own = self._values.get("own", "")
        return [re.compile(form) for form in (_forms(own) if own else ())]

    def credential(self, name: str, scheme: str) -> "Credential":
        """What authorizes a request. Raises KeyError for a name that was not given."""
        return Credential(f"{scheme}{self._spelled(name)}".strip())

    def shown(self, name: str, scheme: str) -> str:
        """The Authorization header as reports show it, with the key masked."""
        return self.masked(f"{scheme}{self._spelled(name)}".strip())

    def variable(self, name: str | None) -> str:
        """The environment variable of a key, for a curl that a reader can paste."""
        name = (name or "own").partition("~")[0]
        return self._variables.get(name, name)

    def _spelled(self, name: str) -> str:
        """A key, or another spelling of it. Raises KeyError for a name that was not given."""
        name, _, spelling = name.partition("~")
        return SPELLED[spelling](self._values[name]) if spelling else self._values[name]

    def masked(self, text: str) -> str:
        """The text without any key, however it is written there."""
        return self._short(text) if len(text) <= REMEMBERED else self._masked(text)

    def _masked(self, text: str) -> str:
        if (
            self.parts is not None
            and (seen := glance(text)) is not None
            and not any(part in seen for part in self.parts)
        ):
            return text
        for form in self._forms:
            text = form.sub(MASKED, text)
        return text

    def shown_in(self, text: str) -> bool:
        """Whether the own key stands in a text, however it is written there."""
        return any(form.search(text) for form in self._own)

    def masked_bytes(self, raw: bytes) -> bytes:
        """The same for bytes, whatever they say."""
        return self.masked(raw.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    def masked_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What a target sent, without any key, and without what it wants to be kept secret itself."""
        return {
            self.masked(name): MASKED if SECRET_HEADER.search(name) else self.masked(value)
            for name, value in headers.items()
        }

    def masked_arrival(self, arrival: Arrival) -> Arrival:
        """A callback with every key masked that it echoes."""
        headers = self.masked_headers(arrival.headers)
        target, body = self.masked(arrival.target), self.masked_bytes(arrival.body)
        return replace(arrival, target=target, headers=headers, body=body)


class Credential(httpx.Auth):
    """Puts a key into a request as it leaves: no other value holds the key, so no traceback can show it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._value
        yield request


def glance(text: str) -> str | None:
    """A text in which a key can be looked for as it is: in lower case and without backslashes. None where one may be
    coded or escaped."""
    if CODED.search(text) or any(letter in text for letter in ODD):
        return None
    return text.replace("\\", "").lower()


def _halves(key: str) -> tuple[str, str]:
    """What stands, one of both at least, wherever a key or a telling spelling of it does."""
    return key[: len(key) // 2], key[len(key) // 2 :]


def _forms(key: str) -> set[str]:
    """Patterns of a key as a server, a log, a URL and a page write it, and of what base64 makes of it and of texts that
    it stands in, such as the header of Basic authentication."""
    bearer = base64.b64encode(f"Bearer {key}".encode()).decode().rstrip("=")
    return {_written(key), *(f"{re.escape(part)}[\\w+/-]?" for part in _in_base64(key)), re.escape(bearer)}


def _in_base64(key: str) -> Iterator[str]:
    """What every text with the key has in common in base64, which depends on what stands before the key: a number of
    bytes that three divides, or one or two more. Also as URLs write it."""
    raw = key.encode()
    for before in range(3):
        left_out = (0, 2, 3)[before]  # characters that hold bits of what stands before
        held = (before + len(raw)) * 8 // 6
        for encoded in (base64.b64encode, base64.urlsafe_b64encode):
            if len(part := encoded(bytes(before) + raw).decode()[left_out:held]) > SHORT:
                yield part


def _written(key: str) -> str:
    """A pattern of a key in every spelling of _forms, escaped any number of times. Takes time in proportion to a text:
    what backslashes take is taken in one way alone, and a match begins with few of them."""
    first, *others = re.findall(r"\\+|[^\\]", key)
    return _spelled(first, f"{{0,{ESCAPES}}}+") + "".join(_spelled(each, "*+") for each in others)


def _spelled(written: str, backslashes: str) -> str:
    """A pattern of one character, behind as many backslashes, or of backslashes in a row."""
    character, times = written[0], len(written)
    number, octets = ord(character), "".join(f"%(?:25)*{octet:02x}" for octet in character.encode())
    references = {octets, rf"&(?:amp;)*#x0*{number:x};", rf"&(?:amp;)*#0*{number};"}
    escapes = f"u{number:04x}|x{number:02x}"
    if character == "\\":
        each = "|".join([rf"\\{{1,{ESCAPES}}}+(?:{escapes})", *sorted(references)])
        return rf"(?:(?i:{each}){{{times}}}|\\{{{times},{ESCAPES * times}}}+)"
    forms = {json.dumps(character)[1:-1], repr(character)[1:-1], html.escape(character), character}
    plain = "|".join(re.escape(form.lstrip("\\")) for form in sorted(forms, key=len, reverse=True))
    # What an escape is written with may be in capitals.
    return rf"\\{backslashes}(?:(?i:{'|'.join([escapes, *sorted(references)])})|{plain})"
