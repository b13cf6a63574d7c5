"""How long the texts of a request may be under a profile, by field, operation and model. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_server.contract.documents import Pointer
from mock_server.contract.models import Line
from mock_server.contract.profile_sides import Fact, Facts, Side, holding
from mock_server.contract.rulebook import most

QUOTE: Final = "quote"


def lengths(side: Side) -> Facts:
    """Those of the documents' schemas, and those of the profile per model, under the readings that are picked."""
    found: dict[str, Fact] = {}
    for about, fact in (*_of_schemas(side), *_of_lines(side)):
        before = found.get(about)
        found[about] = Fact(f"{before.text}; {fact.text}", before.keys + fact.keys) if before else fact
    return found


def _of_schemas(side: Side) -> Iterator[tuple[str, Fact]]:
    for rule in [each for each in holding(side) if each.id.endswith(".length") and not each.model]:
        operation, field, _ = rule.id.split(".")
        for model in side.models:
            yield f"{field} of {operation} with {model}", Fact(rule.allowed.format(unit="characters"))


def _of_lines(side: Side) -> Iterator[tuple[str, Fact]]:
    for operation in side.posts:
        for line in side.edition.profile.known_models.limits(operation):
            holds = all(side.edition.names[question] == name for question, name in line.get("when", {}).items())
            for model in [each for each in line["models"] if holds and each in side.models]:
                for field in line["characters"]:
                    key = of_limit(operation, model, line, field)
                    if "of" in line:
                        key = ("models", line["of"][0], "limits", operation, field)
                    yield f"{field} of {operation} with {model}", Fact(limit_of(line, field), (key,))


def of_limit(operation: str, model: str, line: Line, field: str) -> Pointer:
    """The key of a limit: by its model and the readings under which it holds."""
    readings = " ".join(f"{question}={reading}" for question, reading in line.get("when", {}).items())
    return "limits", operation, model, field, *([f"with {readings}"] if readings else [])


def limit_of(line: Line, field: str) -> str:
    """How long a text may be, and of which requests."""
    _, _, allowed = most(line["characters"][field])
    return allowed.format(unit="characters") + (f" where {_is_so(line['if'])}" if "if" in line else "")


def _is_so(schema: Mapping[str, Any]) -> str:
    """A condition in words where it is about the value of one property."""
    match schema:
        case {"properties": dict(properties)} if len(schema) == len(properties) == 1:
            ((name, value),) = properties.items()
            if isinstance(value, dict) and [*value] == ["const"]:
                return f"{name} is {json.dumps(value['const'])}"
    return json.dumps(schema, sort_keys=True)


def quotes(tree: Mapping[str, Any]) -> Iterator[Pointer]:
    """The keys of the lines of the document that limits quote."""
    for operation, lines in tree.get("limits", {}).items():
        for line in lines:
            yield from (of_limit(operation, model, line, QUOTE) for model in line["models"])


def said(operation: str, lines: list[Line]) -> Iterator[tuple[Pointer, str]]:
    """All that the lines of a profile say of an operation, by key."""
    for line in lines:
        for model in line["models"]:
            for field in line["characters"]:
                yield of_limit(operation, model, line, field), limit_of(line, field)
            if QUOTE in line:
                yield of_limit(operation, model, line, QUOTE), line[QUOTE]
