"""The form of a test request: its fields as the document and the rules in force have them, and a body of it. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jsonschema_rs import validator_for

from mock_server.contract.body_validator import MEASURES, Rule
from mock_server.core.errors import Violation

MEMBER: Final = "body."
"""What the name of a form's field begins with that is a member of the request."""
LONG: Final = 40
"""Characters of an example from which on a text has several lines."""
ROOMY: Final = 1000
"""Characters of a limit from which on it has, too."""
TEXT, SEVERAL_LINES, CHOICE = "text", "lines", "choice"
"""How a field is filled in."""
TRUTHS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How much of a limit a text has: `has` and `most` in `unit`."""

    has: int
    most: int
    unit: str

    @property
    def over(self) -> bool:
        return self.has > self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of the request: how it is filled in, with what, what the document says of it, and what is wrong.
    `type` is the document's, `counted` is None where no limit holds; each of `wrong` is a sentence, a rule's id and
    its place."""

    name: str
    type: str
    kind: str
    value: str
    says: str
    required: bool
    choices: Sequence[str]
    counted: Counted | None
    wrong: Sequence[tuple[str, str, str]]


def fields(
    properties: Mapping[str, Mapping[str, Any]],
    rules: Sequence[Rule],
    body: Mapping[str, Any],
    length: str,
    wrong: Sequence[Violation],
) -> list[Field]:
    """The fields of a request; `rules` are those in force, `length` is the keyword that counts a text."""
    return [
        Field(
            name=name,
            type=schema.get("type", ""),
            kind=_kind(name, schema, rules),
            value=_written(body[name]) if name in body else "",
            says=schema.get("description", ""),
            required=any(rule.id.endswith(f".{name}.required") for rule in rules),
            choices=_choices(name, schema, rules),
            counted=_counted(name, rules, body, length),
            wrong=[(each.message, each.rule, each.place or "") for each in wrong if each.field == name],
        )
        for name, schema in properties.items()
    ]


def body_of(form: Mapping[str, str], properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The body that a form asks for: what is empty is left out, and what is no value of its type goes as the text."""
    typed = ((name, form.get(MEMBER + name, ""), schema.get("type", "")) for name, schema in properties.items())
    return {name: _value(text.replace("\r\n", "\n"), kind) for name, text, kind in typed if text}


def example(properties: Mapping[str, Mapping[str, Any]], required: Sequence[str]) -> dict[str, Any]:
    """The document's own values, of what it demands and of what has a text."""
    return {name: schema["example"] for name, schema in properties.items() if name in required and "example" in schema}


def _value(text: str, kind: str) -> Any:
    if kind == "string":
        return text
    if kind == "boolean":
        return TRUTHS.get(text, text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kind(name: str, schema: Mapping[str, Any], rules: Sequence[Rule]) -> str:
    if _choices(name, schema, rules):
        return CHOICE
    if schema.get("type") != "string" or "format" in schema:
        return TEXT
    limits = [most for rule in rules if rule.field == name for _, most in _limits(rule.schema, name, None)]
    roomy = any(most >= ROOMY for most in limits)
    return SEVERAL_LINES if roomy or len(str(schema.get("example", ""))) > LONG else TEXT


def _choices(name: str, schema: Mapping[str, Any], rules: Sequence[Rule]) -> Sequence[str]:
    """The values of a field that has few."""
    if schema.get("type") == "boolean":
        return list(TRUTHS)
    said = [(rule.schema or {}).get("properties", {}).get(name, {}).get("enum") for rule in rules]
    return next((each for each in said if each), [])


def _counted(name: str, rules: Sequence[Rule], body: Mapping[str, Any], length: str) -> Counted | None:
    """How much of its smallest limit a text has."""
    text = body.get(name, "")
    found = [limit for rule in rules if rule.field == name for limit in _limits(rule.schema, name, body)]
    if not found or not isinstance(text, str):
        return None
    keyword, most = min(found, key=lambda limit: limit[1])
    count, unit = MEASURES[length if keyword == "maxLength" else keyword]
    return Counted(has=count(text), most=most, unit=unit)


def _limits(schema: Any, name: str, body: Mapping[str, Any] | None) -> Iterator[tuple[str, int]]:
    """The limits of a text in the schema of a rule, by keyword; with a body, those alone that hold for it."""
    if not isinstance(schema, Mapping):
        return
    if "if" in schema:
        holds = body is None or validator_for(schema["if"]).is_valid(body)
        yield from _limits(schema.get("then" if holds else "else"), name, body)
    said = schema.get("properties", {}).get(name, {})
    yield from ((keyword, most) for keyword, most in said.items() if keyword in MEASURES)
