"""One document and its profile file → every rule of a request, with its place in the document."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mock_server import wording
from mock_server.contract import Rule
from mock_server.documents import Document, Pointer

EXTEND: Final = "/api/v1/generate/extend"
OPERATION: Final[Pointer] = ("paths", EXTEND, "post")
REQUEST: Final[Pointer] = (*OPERATION, "requestBody", "content", "application/json", "schema")
KEYWORDS: Final = {
    "type": "type",
    "enum": "enum",
    "minimum": "minimum",
    "maximum": "maximum",
    "multipleOf": "multipleOf",
    "maxLength": "length",
    "format": "format",
}
"""Schema keywords that become a rule of their own, and the last part of its id."""
ANNOTATIONS: Final = {"description", "example", "x-source"}


def rules(document: Document, file: Mapping[str, Any]) -> Iterator[Rule]:
    """What the schema says, then the limits per model, then what only the prose says."""
    yield from _schema_rules(document, file.get("schema_rules", {}))
    yield from _limit_rules(document, file.get("limits", ()))
    yield from _prose_rules(document, file["rules"])


def _schema_rules(document: Document, conditions: Mapping[str, Any]) -> Iterator[Rule]:
    """One rule per keyword of the published request schema, in its order."""
    schema = document.at(*REQUEST)
    yield Rule(
        id="extend.body.type",
        field="body",
        place=document.place((*REQUEST, "type")),
        schema={"type": schema["type"]},
        allowed=wording.allowed("type", schema["type"]),
        when={},
    )
    for index, name in enumerate(schema["required"]):
        rule = f"extend.{name}.required"
        yield Rule(
            id=rule,
            field=name,
            place=document.place((*REQUEST, "required", index)),
            schema={"required": [name]},
            allowed=wording.allowed("type", schema["properties"][name]["type"]),
            when=conditions.get(rule, {}),
        )
    for name, keywords in schema["properties"].items():
        for keyword, value in keywords.items():
            if keyword in ANNOTATIONS:
                continue
            yield Rule(
                id=f"extend.{name}.{KEYWORDS[keyword]}",
                field=name,
                place=document.place((*REQUEST, "properties", name, keyword)),
                schema={"properties": {name: {keyword: value}}},
                allowed=wording.allowed(keyword, value),
                when={},
            )


def _limit_rules(document: Document, limits: Iterable[Mapping[str, Any]]) -> Iterator[Rule]:
    """Characters per field and model."""
    for line in limits:
        for model in line["models"]:
            is_model = {"properties": {"model": {"const": model}}, "required": ["model"]}
            for name, limit in line["characters"].items():
                yield Rule(
                    id=f"extend.{name}.length",
                    field=name,
                    place=document.place_of(line["quote"]),
                    schema={"if": is_model, "then": {"properties": {name: {"maxLength": limit}}}},
                    allowed=f"{wording.allowed('maxLength', limit)} for model {model}",
                    when=line.get("when", {}),
                )


def _prose_rules(document: Document, entries: Iterable[Mapping[str, Any]]) -> Iterator[Rule]:
    """The rules that a profile's file adds."""
    documented = document.at(*REQUEST, "properties")
    for entry in entries:
        schema = entry.get("schema")
        if schema is not None and "additionalProperties" in schema:
            schema = {"properties": {name: {} for name in documented}, **schema}
        field = entry.get("field", "body")
        after = (*REQUEST, "properties", field) if field in documented else REQUEST
        yield Rule(
            id=entry["id"],
            field=field,
            place=_quoted(document, entry["quote"], after),
            schema=schema,
            allowed=entry.get("allowed", ""),
            when=entry.get("when", {}),
        )


def _quoted(document: Document, quote: str, after: Pointer) -> str:
    try:
        return document.place_of(quote, after=after)
    except LookupError:
        return document.place_of(quote)
