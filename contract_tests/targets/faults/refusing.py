"""Servers that refuse what a document allows, let in whom they must not, or keep those out who have a key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import eq
from typing import Any, Final

from contract_tests.targets.behaviour import KEY, Asked, Behaviour
from contract_tests.targets.changes import Change, refusing
from contract_tests.targets.checks import Body, is_number
from contract_tests.targets.edition import CUSTOM, FLAG, TEXTS, WEIGHTS, Edition, Source

Family = Iterator[tuple[str, str, Change]]
Account = Callable[[Asked], str | None]
FLOATS: Final = (0.07, 0.14, 0.28, 0.29, 0.55, 0.56, 0.57, 0.58)
"""Weights that are no multiples of 0.01 to a server that divides floats."""
CHARACTERS: Final = {
    "a line break": "\n",
    "a quote": '"',
    "an apostrophe": "'",
    "a comma": ",",
    "a bracket": "[",
    "an ampersand": "&",
    "a less-than sign": "<",
    "a backslash": "\\",
    "an emoji": "😀",
    "a decomposed accent": "\u0301",
    "a right-to-left letter": "ש",
    "a character of three bytes": "漢",
    "a percent sign": "%",
    "a semicolon": ";",
}
URLS: Final[Mapping[str, Callable[[str], object]]] = {
    "capitals": lambda url: url != url.lower(),
    "an escape": lambda url: "%" in url,
    "a plus sign": lambda url: "+" in url,
    "several parameters": lambda url: "&" in url,
    "a semicolon": lambda url: ";" in url,
    "a fragment": lambda url: "#" in url,
    "a tilde": lambda url: "~" in url,
    "more than 120 characters": lambda url: len(url) > 120,
}


def _values(edition: Edition) -> Family:
    for name in WEIGHTS:
        for value in (0, 1):
            yield f"refuses {value} as {name}", "extend.*", refusing(_has(name, partial(eq, value)))
        yield f"refuses whole numbers as {name}", "extend.*", refusing(_has(name, lambda found: isinstance(found, int)))
        floats = [Decimal(str(each)) for each in FLOATS]
        yield f"divides {name} by the float 0.01", "extend.*", refusing(_has(name, floats.__contains__))
    for name, fits in (
        ("fractions", lambda at: at % 1),
        ("whole numbers", lambda at: not at % 1),
        ("1", lambda at: at == 1),
        ("1 to 2", lambda at: 1 <= at <= 2),
        ("the last second", None),
        ("exponents", lambda at: "E" in str(at)),
    ):
        change = refusing(_has("continueAt", fits)) if fits else refusing(_at_the_end)
        yield f"refuses {name} as continueAt", "extend.*", change
    for gender in ("m", "f"):
        yield (
            f"refuses the vocalGender {gender}",
            "extend.*",
            refusing(_has("vocalGender", gender.__eq__, is_text=True)),
        )
    for model in edition.models:
        yield f"refuses the model {model}", "extend.*", refusing(_has("model", model.__eq__, is_text=True))


def _has(name: str, fits: Callable[[Any], object], is_text: bool = False) -> Callable[[Body, Source | None], object]:
    def applies(body: Body, source: Source | None) -> object:
        return name in body and (is_text or is_number(body[name])) and fits(body[name])

    return applies


def _at_the_end(body: Body, source: Source | None) -> object:
    return source and is_number(body.get("continueAt")) and body["continueAt"] > Decimal(str(source[1])) - 1


def _lengths(edition: Edition) -> Family:
    for model in edition.models:
        for name in TEXTS:
            limit = edition.limit(model, name) or 0

            def applies(body: Body, _: object, model: str = model, name: str = name, limit: int = limit) -> object:
                return body.get("model") == model and len(str(body.get(name))) == limit

            yield f"refuses the full length of {name} for {model}", "extend.*", refusing(applies)


def _texts(edition: Edition) -> Family:
    for number, (says, character) in enumerate(CHARACTERS.items()):
        name = TEXTS[number % 3]
        change = refusing(partial(_holds, name, character))
        yield f"refuses {says} in {name}", "extend.*", change
    for name in (*TEXTS, "negativeTags"):
        change = refusing(partial(_padded, name))
        yield f"refuses blanks at the ends of {name}", "extend.*", change


def _holds(name: str, character: str, body: Body, source: Source | None) -> bool:
    return character in str(body.get(name))


def _padded(name: str, body: Body, source: Source | None) -> bool:
    return (text := str(body.get(name, ""))) != text.strip()


def _original_without(name: str, body: Body, source: Source | None) -> bool:
    return body.get(FLAG) is False and name not in body


def _url_is(fits: Callable[[str], object], body: Body, source: Source | None) -> object:
    return isinstance(url := body.get("callBackUrl"), str) and fits(url)


def _forms(edition: Edition) -> Family:
    for name, applies in (
        ("the original parameters", lambda body, _: body.get(FLAG) is False),
        ("the original parameters without a style", lambda body, _: body.get(FLAG) is False and "style" not in body),
        ("the original parameters with a style", lambda body, _: body.get(FLAG) is False and "style" in body),
        ("custom parameters without a weight", lambda body, _: body.get(FLAG) is True and not {*WEIGHTS} & body.keys()),
        (
            "custom parameters without negativeTags",
            lambda body, _: body.get(FLAG) is True and "negativeTags" not in body,
        ),
        ("custom parameters without vocalGender", lambda body, _: body.get(FLAG) is True and "vocalGender" not in body),
        ("all optional parameters at once", lambda body, _: {*WEIGHTS, "negativeTags", "vocalGender"} <= body.keys()),
    ):
        yield f"refuses {name}", "extend.*", refusing(applies)
    for name in CUSTOM:
        if name not in edition.required:
            change = refusing(partial(_original_without, name))
            yield f"needs {name} with the original parameters", "extend.*", change
    for says, fits in URLS.items():
        change = refusing(partial(_url_is, fits))
        yield f"refuses {says} in callBackUrl", "extend.*", change


def _let_in(edition: Edition) -> Family:
    for name, (rule, account) in KEYS.items():
        yield (
            f"lets in {name}",
            rule,
            partial(_let_in_to_extend, account),
        )
        if name in POLLING:
            yield f"lets in {name} to poll", "polling.*", partial(_let_in_to_poll, account)
    yield "shows tasks of another key", "polling.*", lambda behaviour: replace(behaviour, seen=lambda task, key: True)


def _let_in_to_extend(account: Account, behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, account=_or(behaviour.account, account))


def _let_in_to_poll(account: Account, behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, polls=_or(behaviour.polls, account))


def _or(one: Account, other: Account) -> Account:
    return lambda asked: one(asked) or other(asked)


def _token(asked: Asked) -> str:
    return asked.authorization.partition(" ")[2].strip()


def _if(applies: Callable[[Asked], object]) -> Account:
    return lambda asked: KEY if applies(asked) else None


KEYS: Final[Mapping[str, tuple[str, Account]]] = {
    "everybody": ("extend.auth.*", _if(lambda asked: True)),
    "those without a header": ("extend.auth.missing", _if(lambda asked: not asked.authorization)),
    "any key": ("extend.auth.*", _if(lambda asked: _token(asked))),
    "a key's prefix": ("extend.auth.*", _if(lambda asked: len(_token(asked)) > 2 and KEY.startswith(_token(asked)))),
    "a key with more behind it": ("extend.auth.*", _if(lambda asked: _token(asked).startswith(KEY))),
    "a key's suffix": ("extend.auth.*", _if(lambda asked: len(_token(asked)) > 2 and KEY.endswith(_token(asked)))),
    "a key with more before it": ("extend.auth.*", _if(lambda asked: _token(asked).endswith(KEY))),
    "a key in another case": ("extend.auth.*", _if(lambda asked: _token(asked).lower() == KEY)),
    "a key with blanks in it": ("extend.auth.*", _if(lambda asked: _token(asked).replace(" ", "") == KEY)),
    "an empty token": ("extend.auth.*", _if(lambda asked: asked.authorization.strip().lower() == "bearer")),
    "a scheme that begins with Bearer": (
        "extend.auth.scheme",
        _if(lambda asked: asked.authorization.lower().startswith("bearer") and asked.authorization.endswith(KEY)),
    ),
    "the scheme Basic": ("extend.auth.scheme", _if(lambda asked: asked.authorization == f"Basic {KEY}")),
    "the scheme Token": ("extend.auth.scheme", _if(lambda asked: asked.authorization == f"Token {KEY}")),
    "a key without a scheme": ("extend.auth.scheme", _if(lambda asked: asked.authorization == KEY)),
    "a key as long as a real one": ("extend.auth.*", _if(lambda asked: len(_token(asked)) == len(KEY))),
}
"""Who is let in although they have no key: the rules, and how they are told."""


POLLING: Final = ("everybody", "those without a header", "any key", "a key's prefix", "the scheme Basic")


def _kept_out(edition: Edition) -> Family:
    for name, applies in (
        ("bearer in small letters", lambda asked: asked.authorization.startswith("bearer")),
        ("BEARER in capitals", lambda asked: asked.authorization.startswith("BEARER")),
    ):
        yield f"keeps out {name}", "extend.auth.*", partial(_unless, applies)
    for name, kind in (("a charset in the content type", "charset"), ("a content type in other letters", "JSON")):
        yield f"refuses {name}", "extend.contentType*", partial(_media_without, kind)


def _media_without(text: str, behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, media_type=lambda kind: text not in kind and behaviour.media_type(kind))


def _unless(applies: Callable[[Asked], object], behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, account=lambda asked: None if applies(asked) else behaviour.account(asked))


FAMILIES: Final[Mapping[str, Callable[[Edition], Family]]] = {
    "legal values refused": _values,
    "full lengths refused": _lengths,
    "legal texts refused": _texts,
    "legal forms refused": _forms,
    "keys let in": _let_in,
    "keys kept out": _kept_out,
}
