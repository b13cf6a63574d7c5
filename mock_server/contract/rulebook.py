"""Reads every rule of one operation's request, from a document's schema, limits and prose, with its line there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mock_server.contract.body_validator import MEASURES, UNITS, Rule
from mock_server.contract.documents import OPENAPI
from mock_server.contract.operation_files import OPERATIONS
from mock_server.contract.rule_source import BODY, Source
from mock_server.core.errors import BadSetting
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
OTHERS: Final = ", or another with --model NAME={}"
"""How a model is accepted that a profile has not."""
ANNOTATIONS: Final = {
    *("title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "x-source")
}
"""Schema keywords that say nothing of what is accepted, as all do that begin with x-."""


def rules(source: Source) -> Iterator[Rule]:
    """What the schema says, then the limits per model, then what only the prose says, but for what the profile takes
    away, or has a schema of its own for."""
    own = source.operation.rules
    gone = {id for id, entry in own.items() if entry is None or "schema" in entry}
    conditions = {entry["id"]: entry.get("when", {}) for entry in source.prose}
    stated = [replace(rule, when=conditions.get(rule.id, {})) for rule in _schema_rules(source) if rule.id not in gone]
    yield from stated
    yield from (rule for rule in (*_limit_rules(source), *_own_limits(source)) if rule.id not in gone)
    ids = {rule.id for rule in stated}
    yield from _prose_rules(source, (entry for entry in source.prose if entry["id"] not in ids))


def _schema_rules(source: Source) -> Iterator[Rule]:
    """One rule per keyword of the published request schema, in its order."""
    schema = source.document.at(*source.request)
    place = source.document.place((*source.request, "type"))
    yield _schema_rule(source, place, "body.type", {"type": schema["type"]}, ("type", schema["type"]))
    for index, name in enumerate(schema["required"]):
        kind = source.properties[name]["type"]
        place = source.document.place((*source.request, "required", index))
        yield _schema_rule(source, place, f"{name}.required", {"required": [name]}, ("type", kind))
    for name, keywords in source.properties.items():
        for keyword, value in keywords.items():
            if not _says_nothing(keyword) and not (source.models and (name, keyword) == ("model", "enum")):
                where = source.where_property(name, keyword)
                fragment = {"properties": {name: {keyword: value}}}
                if keyword not in KEYWORDS:
                    raise BadSetting(f"{where}: {keyword} of {name} is not read. Allowed: {', '.join(KEYWORDS)}.")
                yield _schema_rule(source, where, f"{name}.{KEYWORDS[keyword]}", fragment, (keyword, value))
    if source.models and not source.other and "model" in source.properties:
        fragment = {"properties": {"model": {"enum": list(source.models)}}}
        place = source.document.place((*source.request, "properties", "model"))
        yield _schema_rule(source, place, "model.enum", fragment, ("enum", source.models))


def _says_nothing(keyword: str) -> bool:
    return keyword in ANNOTATIONS or keyword.startswith("x-")


def _schema_rule(source: Source, place: str, name: str, schema: Mapping[str, Any], allowed: tuple[str, Any]) -> Rule:
    """`name` is the rule's id without the operation, `allowed` the keyword and value that tell what is."""
    of_profile = source.where("models") if name == "model.enum" and source.has_own_models else ""
    return Rule(
        id=f"{source.operation.name}.{name}",
        field=name.partition(".")[0],
        place=of_profile or place,
        schema=schema,
        allowed=allowed_by(*allowed) + (_others(source, allowed[1]) if name == "model.enum" else ""),
        when={},
    )


def _others(source: Source, offered: Sequence[str]) -> str:
    """How a model is accepted that is not offered: as the last one that does not stand for another itself."""
    return OTHERS.format([model for model in offered if model not in source.stands_for][-1])


def _limit_rules(source: Source) -> Iterator[Rule]:
    """Characters per field and model."""
    for line in source.limits:
        for model in line["models"]:
            is_model = _both({"properties": {"model": _is(model, source)}, "required": ["model"]}, line.get("if"))
            for name, limit in line["characters"].items():
                keyword, longest, allowed = most(limit)
                yield Rule(
                    id=f"{source.operation.name}.{name}.length",
                    field=name,
                    place=_stated(source, line, name),
                    schema={"if": is_model, "then": {"properties": {name: {keyword: longest}}}},
                    allowed=f"{allowed} for model {model}",
                    when=line.get("when", {}),
                    model=model,
                )


def _own_limits(source: Source) -> Iterator[Rule]:
    """Characters per field, whatever the model."""
    for field, limit in source.operation.characters.items():
        keyword, longest, allowed = most(limit)
        yield Rule(
            id=f"{source.operation.name}.{field}.length",
            field=field,
            place=source.where(OPERATIONS, source.operation.name, "characters", field),
            schema={"properties": {field: {keyword: longest}}},
            allowed=allowed,
            when={},
        )


def _is(model: str, source: Source) -> Mapping[str, Any]:
    """What a model is like in a request; that for which others are taken is like none of the rest."""
    if model != source.other:
        return {"const": model}
    return {"type": "string", "not": {"enum": [each for each in source.models if each != model]}}


def most(limit: int | Mapping[str, Any]) -> tuple[str, int, str]:
    """The keyword of a limit, its number, and what it allows; a plain number is counted as the profile reads it."""
    if isinstance(limit, int):
        return "maxLength", limit, allowed_by("maxLength", limit)
    keyword = UNITS[limit["unit"]]
    return keyword, limit["most"], f"at most {limit['most']} {MEASURES[keyword][1]}"


def _stated(source: Source, line: Mapping[str, Any], field: str) -> str:
    """Where a limit stands: in the document that a line quotes, or in the profile, if that document is not ours."""
    document, quote = source.document, line.get("quote", "")
    place = document.find(quote) if quote else ""
    if place or (quote and (OPENAPI / document.name).is_file()):
        return place or document.place_of(quote)
    if "of" not in line:
        return source.where("limits", source.operation.name)
    model, operation = line["of"]
    return source.where("models", model, "limits", operation, field)


def _prose_rules(source: Source, entries: Iterable[Mapping[str, Any]]) -> Iterator[Rule]:
    """The rules that the schema does not state, of the fields that the document names."""
    for entry in entries:
        field = entry.get("field", BODY)
        if field != BODY and field not in source.properties:
            continue
        schema = entry.get("schema")
        if schema is not None and "additionalProperties" in schema:
            schema = {"properties": {name: {} for name in source.properties}, **schema}
        yield Rule(
            id=entry["id"],
            field=field,
            place=source.where_prose(entry, field),
            schema=schema,
            allowed=entry.get("allowed", ""),
            when=entry.get("when", {}),
        )


def _both(schema: Mapping[str, Any], other: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"allOf": [schema, other]} if other else schema
