"""Servers that accept a value that a document forbids: too long, too large, not listed, or of no use."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any, Final

from contract_tests.targets.behaviour import Behaviour
from contract_tests.targets.changes import Change, checking, converting, measured, sparing
from contract_tests.targets.checks import Check, is_number, is_text, listed, short_enough
from contract_tests.targets.edition import TEXTS, WEIGHTS, Edition

LEFT: Final = ("V3_5", "V4_5ALL", "V5_5", "V3")
"""Models that came or left with some edition."""


Family = Iterator[tuple[str, str, Change]]


def spared(check: str, name: str, fits: Callable[[Any], object]) -> Change:
    return sparing(check, lambda body: name in body and fits(body[name]))


def both(one: Callable[[Any], object], other: Callable[[Any], object], value: Any) -> object:
    return one(value) and other(value)


def limits(edition: Edition) -> Family:
    for model in edition.models:
        for name in TEXTS:
            change = _limited_for(name, model, 1)
            yield f"accepts one character more of {name} for {model}", f"extend.{name}.length", change
    for name in TEXTS:
        change = checking(f"{name}.length", measured(name, _words))
        yield f"leaves blanks at the ends out of the length of {name}", f"extend.{name}.length", change


def _words(text: str) -> int:
    return len(text.strip())


def _limited_for(name: str, model: str, more: int) -> Change:
    def change(behaviour: Behaviour) -> Behaviour:
        check, other = behaviour.checks[f"{name}.length"], short_enough(name, behaviour.edition, more)

        def shifted(body: Any, source: Any) -> str:
            return (other if body.get("model") == model else check)(body, source)

        return behaviour.checked_by({f"{name}.length": shifted})

    return change


def choices(edition: Edition) -> Family:
    for name, values in (("model", edition.models), ("vocalGender", ("m", "f"))):
        rule = f"extend.{name}.enum"
        yield f"takes {name} in capitals", rule, converting(name, _known(values, str.upper), str.upper)
        yield f"takes {name} in any case", rule, _sparing(name, _known(values, str.upper))
        yield f"takes blanks around {name}", rule, converting(name, is_text, str.strip)
        yield f"takes an empty {name}", rule, _sparing(name, lambda value: value == "")
    for word in ("male", "female"):
        yield f"takes {word} as vocalGender", "extend.vocalGender.enum", _longer_list("vocalGender", ("m", "f", word))
    for model in LEFT:
        if model not in edition.models:
            yield f"takes the model {model}", "extend.model.enum", _sparing("model", model.__eq__)


def _sparing(name: str, applies: Callable[[Any], bool]) -> Change:
    """Takes some values that are not listed; of models for a source of any, or that would be refused all the same."""
    unlisted = spared(f"{name}.enum", name, applies)
    if name != "model":
        return unlisted
    of_any = spared("model.source", name, applies)
    return lambda behaviour: of_any(unlisted(behaviour))


def _known(values: tuple[str, ...], how: Callable[[str], str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and how(value) in {how(each) for each in values}


def _longer_list(name: str, values: tuple[str, ...]) -> Change:
    return checking(f"{name}.enum", lambda behaviour: listed(name, values))


def numbers(edition: Edition) -> Family:
    for name in WEIGHTS:
        for says, check, wrong in (
            ("1.01", "maximum", lambda value: value < Decimal("1.02")),
            ("up to 2", "maximum", lambda value: value <= 2),
            ("-0.01", "minimum", lambda value: value > Decimal("-0.02")),
            ("three places", "multipleOf", lambda value: not value % Decimal("0.001")),
            ("0.6505, which is near 0.65", "multipleOf", lambda value: abs(value - round(value, 2)) < Decimal("0.001")),
            ("any number below 0.01", "multipleOf", lambda value: 0 <= value < Decimal("0.01")),
        ):
            change = spared(f"{name}.{check}", name, partial(both, is_number, wrong))
            yield f"accepts {says} as {name}", f"extend.{name}.{check}", change
        yield f"rounds {name}", f"extend.{name}.multipleOf", converting(name, is_number, lambda value: round(value, 2))
        yield (
            f"cuts {name} to what is allowed",
            f"extend.{name}.m*imum",
            converting(name, is_number, lambda v: max(0, min(1, v))),
        )
    for says, rule, fits in (
        ("0", "start", lambda at: at == 0),
        ("-0.01", "start", lambda at: -1 < at < 0),
        ("any negative number", "start", lambda at: at < 0),
    ):
        yield (
            f"accepts {says} as continueAt",
            f"extend.continueAt.{rule}",
            spared("continueAt.start", "continueAt", fits),
        )
    for seconds in (0, 1, 60):
        change = checking("continueAt.end", partial(_late_end, seconds))
        yield f"accepts continueAt up to {seconds} s past the end", "extend.continueAt.end", change
    yield (
        "takes 240 s for the end of every source",
        "extend.continueAt.end",
        checking("continueAt.end", lambda b: _end(240)),
    )


def _late_end(seconds: int, behaviour: Behaviour) -> Check:
    return lambda body, source: (
        "continueAt is too late."
        if source and is_number(body.get("continueAt")) and body["continueAt"] > Decimal(str(source[1])) + seconds
        else ""
    )


def _end(seconds: int) -> Check:
    return lambda body, source: (
        "Too late." if is_number(body.get("continueAt")) and body["continueAt"] >= seconds else ""
    )


def urls(edition: Edition) -> Family:
    rule = "extend.callBackUrl.*"
    for says, fits in (
        ("an empty text", lambda url: url == ""),
        ("a path", lambda url: url.startswith("/")),
        ("a host without a scheme", lambda url: "://" not in url and url.startswith("callback")),
        ("http:// without a host", lambda url: url == "http://"),
    ):
        change = spared("callBackUrl.format", "callBackUrl", partial(both, is_text, fits))
        yield f"accepts {says} as callBackUrl", rule, change
