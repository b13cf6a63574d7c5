"""What the documents demand of a request, as named checks in order: a fault leaves one out or puts another there.

A check takes the body and what is known of its source, and says why the request is refused, or nothing. None relies on
another: each looks only at values of its own type.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from contract_tests.targets.edition import CUSTOM, FLAG, NUMBERS, STRINGS, TEXTS, WEIGHTS, Edition, Source

Body = Mapping[str, Any]
Check = Callable[[Body, Source | None], str]
GENDERS: Final = ("m", "f")


def is_number(value: object) -> TypeGuard[Decimal]:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def typed(name: str, fits: Callable[[object], bool]) -> Check:
    return lambda body, source: f"{name} has the wrong type." if name in body and not fits(body[name]) else ""


def required(name: str) -> Check:
    return lambda body, source: "" if name in body else f"{name} is required."


def required_with_custom(name: str) -> Check:
    return lambda body, source: (
        f"{name} is required when defaultParamFlag is true." if body.get(FLAG) is True and name not in body else ""
    )


def listed(name: str, values: tuple[str, ...]) -> Check:
    def check(body: Body, source: Source | None) -> str:
        return (
            f"{name} is not one of {', '.join(values)}."
            if is_text(value := body.get(name)) and value not in values
            else ""
        )

    return check


def at_least(name: str, least: Decimal) -> Check:
    return lambda body, source: f"{name} is below {least}." if is_number(v := body.get(name)) and v < least else ""


def at_most(name: str, most: Decimal) -> Check:
    return lambda body, source: f"{name} is above {most}." if is_number(v := body.get(name)) and v > most else ""


def in_steps(name: str, step: Decimal) -> Check:
    def check(body: Body, source: Source | None) -> str:
        value = body.get(name)
        return f"{name} is no multiple of {step}." if is_number(value) and abs(value) < 10**9 and value % step else ""

    return check


def short_enough(name: str, edition: Edition, more: int = 0, measure: Callable[[str], int] = len) -> Check:
    """Limits per model; `more` shifts them, `measure` says what a character is."""

    def check(body: Body, source: Source | None) -> str:
        value, limit = body.get(name), edition.limit(body.get("model"), name)
        too_long = limit is not None and isinstance(value, str) and measure(value) > limit + more
        return f"{name} has more than {limit} characters." if too_long else ""

    return check


def is_url(text: object) -> bool:
    """Whether a text is a URI as the format says: absolute, with something behind its scheme."""
    if not isinstance(text, str) or not text.isascii() or any(character <= " " for character in text):
        return False
    scheme, colon, rest = text.partition(":")
    if scheme.lower() in ("http", "https") and not urlsplit(text).hostname:
        return False
    return bool(colon and rest and scheme.isalnum() and scheme[0].isalpha())


def callable_url(body: Body, source: Source | None) -> str:
    url = body.get("callBackUrl")
    called = is_url(url) and urlsplit(str(url)).scheme.lower() in ("http", "https")
    return "callBackUrl must be a URL that can be called." if is_text(url) and not called else ""


def known_source(body: Body, source: Source | None) -> str:
    return "audioId is of nobody." if is_text(body.get("audioId")) and source is None else ""


def own_model(body: Body, source: Source | None) -> str:
    another = source is not None and body.get("model") not in (None, source[0])
    return "model is not that of the source." if another else ""


def after_start(body: Body, source: Source | None) -> str:
    at = body.get("continueAt")
    return "continueAt must be above 0." if is_number(at) and at <= 0 else ""


def before_end(body: Body, source: Source | None) -> str:
    at = body.get("continueAt")
    late = source is not None and is_number(at) and at >= Decimal(str(source[1]))
    return "continueAt must be before the end of the source." if late else ""


def nobodys_persona(body: Body, source: Source | None) -> str:
    return "personaId is of nobody." if is_text(body.get("personaId")) else ""


def checks(edition: Edition) -> dict[str, Check]:
    """All checks of a document by name, in the order in which a request is looked at."""
    strings = [name for name in STRINGS if edition.personas or name != "personaId"]
    found: dict[str, Check] = {f"{name}.required": required(name) for name in edition.required}
    found |= {f"{name}.custom": required_with_custom(name) for name in CUSTOM if name not in edition.required}
    found[f"{FLAG}.type"] = typed(FLAG, is_flag)
    found |= {f"{name}.type": typed(name, is_text) for name in strings}
    found |= {f"{name}.type": typed(name, is_number) for name in NUMBERS}
    found |= {"model.enum": listed("model", edition.models), "vocalGender.enum": listed("vocalGender", GENDERS)}
    for name in WEIGHTS:
        found[f"{name}.minimum"] = at_least(name, Decimal(0))
        found[f"{name}.maximum"] = at_most(name, Decimal(1))
        found[f"{name}.multipleOf"] = in_steps(name, edition.step)
    found |= {f"{name}.length": short_enough(name, edition) for name in TEXTS}
    found["callBackUrl.format"] = callable_url
    found["continueAt.start"] = after_start
    if edition.personas:
        found["personaId.known"] = nobodys_persona
    found |= {"audioId.known": known_source, "model.source": own_model, "continueAt.end": before_end}
    return found
