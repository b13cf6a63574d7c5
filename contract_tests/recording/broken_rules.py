"""Which rules of the documents a request of anybody breaks, and which it may break. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator

from contract_tests.documents.extend import Rule
from contract_tests.documents.published import Published

FLAG: Final = "defaultParamFlag"
NO_OBJECT: Final = "extend.body.json"
NOT_JSON: Final = "extend.contentType"
OPEN_ALWAYS: Final = ("extend.personaId.custom", "extend.model.source", "extend.body.properties")
"""Rules that hold under some reading alone, whatever their `when` says."""

Body = Mapping[str, Any]
Check = Callable[[Rule, Body], bool]


@dataclass(frozen=True, slots=True)
class Broken:
    """`surely` are rules that the request breaks under every reading, `maybe` those that it breaks under one, or that
    hang on what the server knows."""

    surely: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()


def broken_rules(sent: bytes, content_type: str, published: Published) -> Broken:
    """The rules that the body of an extend request breaks, each once, in the documents' order."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return Broken((NOT_JSON,))
    body = read_exactly(sent)
    if body is None:
        return Broken((NO_OBJECT,))
    surely: dict[str, None] = {}
    maybe: dict[str, None] = {}
    for question, rules in _by_question(published).items():
        broken = [rule for rule in rules if _breaks(rule, body)]
        if not broken:
            continue
        told = {rule.when[question] for rule in broken} if question else set()
        certain = not question or {*published.questions[question]["readings"]} <= told
        for rule in broken:
            if not certain or rule.id in OPEN_ALWAYS:
                maybe[rule.id] = None
            elif not question or rule.when[question] == published.picks[question]:
                surely[rule.id] = None
    _lengths(body, published, surely, maybe)
    if {*body} - {*published.properties}:
        maybe["extend.body.properties"] = None
    if body.get("personaId") is not None and "extend.personaId.known" in {rule.id for rule in published.rules}:
        maybe["extend.personaId.known"] = None
    return Broken(tuple(surely), tuple(rule for rule in maybe if rule not in surely))


def in_words(rule: str, sent: bytes, published: Published) -> str:
    """How a body breaks a rule about the length of a text, or about one that has to be there; empty for another, whose
    value may be a secret."""
    body, field = read_exactly(sent) or {}, rule.split(".")[1]
    text, model = body.get(field), body.get("model")
    most = [each.characters for each in published.limits if (each.rule, each.model) == (rule, model)]
    if most and isinstance(text, str):
        return f"{field} has {len(text)} characters, of which {max(most)} are allowed for {model}"
    return f"{field} is missing" if field in published.properties and field not in body else ""


def read_exactly(sent: bytes) -> Body | None:
    """The body with its numbers as they are written; None where it is no JSON object."""
    try:
        body = json.loads(sent.decode(), parse_float=Decimal, parse_constant=_refused)
    except (ValueError, RecursionError, InvalidOperation):
        return None
    return body if isinstance(body, dict) else None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _by_question(published: Published) -> Mapping[str, list[Rule]]:
    """The rules by field and the question that decides whether they hold; those of every reading by themselves."""
    found: dict[str, list[Rule]] = {}
    for rule in published.rules:
        found.setdefault(next(iter(rule.when), ""), []).append(rule)
    return found


def _breaks(rule: Rule, body: Body) -> bool:
    if rule.schema is not None:
        return not Draft202012Validator({**rule.schema}).is_valid(body)
    check = BY_RULE.get(rule.id) or BY_KEYWORD.get(rule.keyword)
    return check is not None and check(rule, body)


def _lengths(body: Body, published: Published, surely: dict[str, None], maybe: dict[str, None]) -> None:
    """A text that is too long however its characters are counted, or under one reading."""
    for field in dict.fromkeys(limit.field for limit in published.limits):
        limits = [limit for limit in published.limits if (limit.field, limit.model) == (field, body.get("model"))]
        text = body.get(field)
        if limits and isinstance(text, str):
            least, most = len(text), len(text.encode(errors="surrogatepass"))
            characters = [limit.characters for limit in limits]
            if least > max(characters):
                surely[limits[0].rule] = None
            elif most > min(characters):
                maybe[limits[0].rule] = None


def _is_number(value: Any) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _wrong_type(rule: Rule, body: Body) -> bool:
    fits = {"string": lambda value: isinstance(value, str), "boolean": lambda value: isinstance(value, bool)}
    return rule.field in body and not fits.get(rule.value, _is_number)(body[rule.field])


def _missing(rule: Rule, body: Body) -> bool:
    return rule.field not in body


def _missing_when_custom(rule: Rule, body: Body) -> bool:
    return body.get(FLAG) is True and rule.field not in body


def _empty_when_custom(rule: Rule, body: Body) -> bool:
    return body.get(FLAG) is True and body.get(rule.field) == ""


def _not_listed(rule: Rule, body: Body) -> bool:
    value = body.get(rule.field)
    return isinstance(value, str) and value not in rule.value


def _number(compare: Callable[[Decimal, Decimal], bool]) -> Check:
    def check(rule: Rule, body: Body) -> bool:
        value = body.get(rule.field)
        try:
            return _is_number(value) and compare(Decimal(value), Decimal(str(rule.value)))
        except InvalidOperation:  # more digits than can be divided
            return True

    return check


def _before_start(rule: Rule, body: Body) -> bool:
    value, least = body.get("continueAt"), 1 if rule.when.get("continue_at_min") == "at_least_1" else 0
    return _is_number(value) and (value < least or value == least == 0)


def _no_uri(rule: Rule, body: Body) -> bool:
    value = body.get(rule.field)
    return isinstance(value, str) and not _scheme(value)


def _not_callable(rule: Rule, body: Body) -> bool:
    value = body.get(rule.field)
    if not isinstance(value, str) or not _scheme(value):
        return False
    try:
        return _scheme(value) not in ("http", "https") or not urlsplit(value).hostname
    except ValueError:
        return True


def _scheme(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    is_one = scheme.isascii() and scheme[:1].isalpha() and scheme.replace("+", "").replace("-", "").isalnum()
    return scheme.lower() if colon and rest and is_one else ""


def _persona_without_custom(rule: Rule, body: Body) -> bool:
    return body.get(FLAG) is False and "personaId" in body


BY_KEYWORD: Final[Mapping[str, Check]] = {
    "type": _wrong_type,
    "required": _missing,
    "custom": _missing_when_custom,
    "empty": _empty_when_custom,
    "enum": _not_listed,
    "minimum": _number(lambda value, least: value < least),
    "maximum": _number(lambda value, most: value > most),
    "multipleOf": _number(lambda value, step: value % step != 0),
    "format": _no_uri,
    "http": _not_callable,
    "start": _before_start,
}
BY_RULE: Final[Mapping[str, Check]] = {
    "extend.personaId.custom": _persona_without_custom,
}
