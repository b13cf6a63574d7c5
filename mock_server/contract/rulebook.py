"""Reads every rule of one operation's request, from a document's schema, limits and prose, with its line there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from mock_server.contract.body_validator import Rule
from mock_server.contract.documents import OPENAPI, Document, Pointer, load
from mock_server.contract.operations import EXTEND, Operation, operations
from mock_server.core.text import allowed_by

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rules of one operation come from: the document that describes it, the entries of its prose
    (`openapi/rules/`), the profile's limits, and the models where the document leaves them to the profile."""

    operation: Operation
    document: Document
    prose: Sequence[Mapping[str, Any]]
    limits: Sequence[Mapping[str, Any]] = ()
    models: Sequence[str] = ()

    @classmethod
    def read(cls, operation: Operation, profile: Document, limits: Sequence[Mapping[str, Any]]) -> "Source":
        """Of one profile, whose document serves where the operation has none of its own."""
        file: dict[str, Any] = load(OPENAPI / "rules" / f"{operation.name}.yaml")
        own = "document" in file
        return cls(
            operation=operation,
            document=Document.read(OPENAPI / file["document"]) if own else profile,
            prose=file["rules"],
            limits=limits,
            models=models(profile) if own else (),
        )

    @property
    def request(self) -> Pointer:
        return request_pointer(self.operation)

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        """The documented properties of a request, by name."""
        found: Mapping[str, Mapping[str, Any]] = self.document.at(*self.request, "properties")
        return found


def request_pointer(operation: Operation) -> Pointer:
    """Where a document describes the operation's request body."""
    return ("paths", operation.path, operation.method.lower(), "requestBody", "content", "application/json", "schema")


def rules(source: Source) -> Iterator[Rule]:
    """What the schema says, then the limits per model, then what only the prose says."""
    conditions = {entry["id"]: entry.get("when", {}) for entry in source.prose}
    stated = [replace(rule, when=conditions.get(rule.id, {})) for rule in _schema_rules(source)]
    yield from stated
    yield from _limit_rules(source)
    ids = {rule.id for rule in stated}
    yield from _prose_rules(source, (entry for entry in source.prose if entry["id"] not in ids))


def _schema_rules(source: Source) -> Iterator[Rule]:
    """One rule per keyword of the published request schema, in its order."""
    schema = source.document.at(*source.request)
    yield _schema_rule(source, ("type",), "body.type", {"type": schema["type"]}, ("type", schema["type"]))
    for index, name in enumerate(schema["required"]):
        kind = source.properties[name]["type"]
        yield _schema_rule(source, ("required", index), f"{name}.required", {"required": [name]}, ("type", kind))
    for name, keywords in source.properties.items():
        for keyword, value in keywords.items():
            if keyword not in ANNOTATIONS:
                where = ("properties", name, keyword)
                fragment = {"properties": {name: {keyword: value}}}
                yield _schema_rule(source, where, f"{name}.{KEYWORDS[keyword]}", fragment, (keyword, value))
    if source.models and "model" in source.properties:
        fragment = {"properties": {"model": {"enum": list(source.models)}}}
        yield _schema_rule(source, ("properties", "model"), "model.enum", fragment, ("enum", source.models))


def _schema_rule(
    source: Source, where: Pointer, name: str, schema: Mapping[str, Any], allowed: tuple[str, Any]
) -> Rule:
    """`name` is the rule's id without the operation, `allowed` the keyword and value that tell what is."""
    return Rule(
        id=f"{source.operation.name}.{name}",
        field=name.partition(".")[0],
        place=source.document.place((*source.request, *where)),
        schema=schema,
        allowed=allowed_by(*allowed),
        when={},
    )


def _limit_rules(source: Source) -> Iterator[Rule]:
    """Characters per field and model."""
    for line in source.limits:
        for model in line["models"]:
            is_model = _both({"properties": {"model": {"const": model}}, "required": ["model"]}, line.get("if"))
            for name, limit in line["characters"].items():
                yield Rule(
                    id=f"{source.operation.name}.{name}.length",
                    field=name,
                    place=source.document.place_of(line["quote"]),
                    schema={"if": is_model, "then": {"properties": {name: {"maxLength": limit}}}},
                    allowed=f"{allowed_by('maxLength', limit)} for model {model}",
                    when=line.get("when", {}),
                    model=model,
                )


def _prose_rules(source: Source, entries: Iterable[Mapping[str, Any]]) -> Iterator[Rule]:
    """The rules that the schema does not state, of the fields that the document names."""
    for entry in entries:
        field = entry.get("field", "body")
        if field != "body" and field not in source.properties:
            continue
        schema = entry.get("schema")
        if schema is not None and "additionalProperties" in schema:
            schema = {"properties": {name: {} for name in source.properties}, **schema}
        after = source.request if field == "body" else (*source.request, "properties", field)
        yield Rule(
            id=entry["id"],
            field=field,
            place=_quoted(source.document, entry["quote"], after, source.request[:3]),
            schema=schema,
            allowed=entry.get("allowed", ""),
            when=entry.get("when", {}),
        )


def models(document: Document) -> tuple[str, ...]:
    """The models that a profile's document offers."""
    schema = document.at(*request_pointer(operations()[EXTEND]))
    return tuple(schema["properties"]["model"]["enum"])


def _both(schema: Mapping[str, Any], other: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"allOf": [schema, other]} if other else schema


def _quoted(document: Document, quote: str, *nodes: Pointer) -> str:
    """The quote's place: after the first of the nodes behind which the document has it."""
    for node in nodes:
        try:
            return document.place_of(quote, after=node)
        except LookupError:
            continue
    return document.place_of(quote)
