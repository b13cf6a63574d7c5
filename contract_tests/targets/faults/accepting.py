"""Servers that accept a request that breaks one rule: everywhere, or only for some values, or only without custom
parameters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from contract_tests.targets.behaviour import Behaviour
from contract_tests.targets.changes import Change, converting, reading, sparing, without
from contract_tests.targets.checks import Body, checks, is_number, is_text
from contract_tests.targets.edition import CUSTOM, FLAG, NUMBERS, STRINGS, WEIGHTS, Edition
from contract_tests.targets.faults.values import Family, choices, limits, numbers, spared, urls

OPTIONAL: Final = ("negativeTags", "vocalGender", "personaId", *WEIGHTS)
LEGAL: Final = ("personaId.known", "model.source")
"""Checks that the documents leave open."""
SAME: Final = ("model.enum", "model.type")
"""Checks without which a server refuses the same: no source has such a model."""
KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "a number": (int, Decimal, float),
    "a flag": bool,
    "a list": list,
    "an object": dict,
    "a text": str,
}


def _names(edition: Edition) -> list[str]:
    return [name for name in checks(edition) if name not in (*LEGAL, *SAME)]


def _rule(name: str) -> str:
    return "extend.callBackUrl.*" if name == "callBackUrl.format" else f"extend.{name}"


def _unchecked(edition: Edition) -> Family:
    for name in _names(edition):
        yield f"does not check {name}", _rule(name), without(name)


def _unchecked_originals(edition: Edition) -> Family:
    for name in _names(edition):
        held = not name.endswith((".custom", ".minimum")) and not name.startswith(FLAG)
        if held and name not in ("personaId.type", "prompt.required"):
            change = sparing(name, lambda body: body.get(FLAG) is False)
            yield f"does not check {name} with the original parameters", _rule(name), change


def _wrong_types(edition: Edition) -> Family:
    strings = [name for name in STRINGS if edition.personas or name != "personaId"]
    for number, name in enumerate((*strings, *NUMBERS, FLAG)):
        kinds = [kind for kind in KINDS if kind != _own_kind(name)]
        kind = kinds[number % 4]
        change = spared(f"{name}.type", name, _is(KINDS[kind]))
        yield f"accepts {kind} as {name}", _rule(f"{name}.type"), change


def _own_kind(name: str) -> str:
    return "a number" if name in NUMBERS else "a flag" if name == FLAG else "a text"


def _is(types: type | tuple[type, ...]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types) and (types is bool or not isinstance(value, bool))


def _nulls(edition: Edition) -> Family:
    for name in OPTIONAL:
        if edition.personas or name != "personaId":
            yield f"takes null for no {name}", f"extend.{name}.type", spared(f"{name}.type", name, lambda v: v is None)
    for name in ("style", "title", "continueAt"):
        change = sparing(f"{name}.type", partial(_null_original, name))
        yield f"takes null for no {name} with the original parameters", f"extend.{name}.type", change


def _null_original(name: str, body: Body) -> bool:
    return body.get(FLAG) is False and body.get(name, 1) is None


def _conversions(edition: Edition) -> Family:
    for name in NUMBERS:
        yield f"reads a number from a text in {name}", f"extend.{name}.type", converting(name, is_text, _number)
    yield "reads a flag from a text", f"extend.{FLAG}.type", converting(FLAG, is_text, lambda text: text == "true")
    yield "reads a flag from 0 and 1", f"extend.{FLAG}.type", converting(FLAG, is_number, bool)
    for name in ("prompt", "style", "title"):
        yield f"writes a number as {name}", f"extend.{name}.type", converting(name, is_number, str)
        yield (
            f"joins a list to {name}",
            f"extend.{name}.type",
            converting(name, _is(list), lambda v: ", ".join(map(str, v))),
        )


def _number(text: str) -> Any:
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _two_at_once(edition: Edition) -> Family:
    for most in (2, 3):
        yield f"accepts a body with {most} faults", "extend.*", partial(_giving_up, most)


def _giving_up(most: int, behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, refusals=_few(most))


def _few(most: int) -> Callable[[Iterable[str]], str]:
    def refusal(problems: Iterable[str]) -> str:
        found = list(problems)
        return found[0] if found and len(found) < most else ""

    return refusal


def _missing(edition: Edition) -> Family:
    yield "needs custom parameters only where the flag is missing", "extend.style.custom", _custom_less("style")
    for name in CUSTOM:
        if f"{name}.custom" in checks(edition):
            change = sparing(f"{name}.custom", lambda body: body.get("model") in ("V4", "V3_5"))
            yield f"needs no {name} for the first model", f"extend.{name}.custom", change
    for name in edition.required:
        change = reading(partial(_with_default, name))
        yield f"has a default of {name}", f"extend.{name}.required", change


def _with_default(name: str, body: Body) -> Body:
    return {name: DEFAULTS.get(name, ""), **body}


DEFAULTS: Final[Mapping[str, Any]] = {
    FLAG: False,
    "model": "V4",
    "audioId": "plain-track-4",
    "callBackUrl": "http://127.0.0.1:9/nobody",
    "prompt": "more",
}


def _custom_less(name: str) -> Change:
    return sparing(f"{name}.custom", lambda body: FLAG in body)


FAMILIES: Final[Mapping[str, Callable[[Edition], Family]]] = {
    "a rule unchecked": _unchecked,
    "the original parameters": _unchecked_originals,
    "wrong types": _wrong_types,
    "nulls": _nulls,
    "conversions": _conversions,
    "limits": limits,
    "choices": choices,
    "numbers": numbers,
    "two at once": _two_at_once,
    "URLs accepted": urls,
    "missing": _missing,
}
