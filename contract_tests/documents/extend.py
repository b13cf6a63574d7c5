"""The extend operation in a document: the rules of its request, how long texts may be, and the codes that it lists."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.documents import models
from contract_tests.documents.files import Citation, Document, load

EXTEND: Final = "/api/v1/generate/extend"
ENDINGS: Final = {"maxLength": "length"}
"""Schema keywords by which a rule's id does not end, and what it ends by."""
ANNOTATIONS: Final = {
    *("title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly")
}
WORDS: Final = {
    "type": "is a {}",
    "required": "is sent",
    "enum": "is one of {}",
    "minimum": "is {} or more",
    "maximum": "is {} or less",
    "multipleOf": "is a multiple of {}",
    "format": "is a {}",
    "maxLength": "has {} characters or fewer",
}
"""By keyword of a schema: what it demands of a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that a request must satisfy, as `demand` says in words. `when` names the readings under which it holds,
    `source` is where it stands: see openapi/judged.yaml."""

    id: str
    field: str
    keyword: str
    value: Any
    citation: Citation
    when: Mapping[str, str]
    demand: str
    source: str = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many characters a field may have for a model. `when` names the readings under which it holds."""

    model: str
    field: str
    characters: int
    citation: Citation
    when: Mapping[str, str]

    @property
    def rule(self) -> str:
        """The id of the rule that a longer text breaks."""
        return f"extend.{self.field}.length"

    @property
    def demand(self) -> str:
        return f"{self.field} has {self.characters} characters or fewer for {self.model}"


def request_schema(document: Document) -> Mapping[str, Any]:
    """The schema of the request's body."""
    body = document.tree["paths"][EXTEND]["post"]["requestBody"]
    schema: Mapping[str, Any] = body["content"]["application/json"]["schema"]
    return schema


def rules(document: Document, offered: Iterable[str]) -> Iterator[Rule]:
    """The rules of the schema, with the models that are `offered` in place of its own, and of the prose. A
    rule that holds in another way under another reading comes twice."""
    schema = request_schema(document)
    prose = load("openapi/rules/extend.yaml")["rules"]
    conditions = {entry["id"]: entry.get("when", {}) for entry in prose}
    stated = set()
    for rule in (*_required(document, schema, conditions), *_keywords(document, schema, [*offered])):
        stated.add(rule.id)
        yield rule
    for entry in prose:
        field = entry.get("field", "body")
        if entry["id"] not in stated and field in (*schema["properties"], "body"):
            cited = document.found(entry["quote"], f"{field}:")
            rule = _rule(entry["id"], field, entry["id"].split(".")[-1], None, cited, entry.get("when", {}))
            demand = f"{field}: {entry['allowed']}"
            yield replace(rule, demand=demand, source=entry.get("source", rule.source))


def _required(
    document: Document, schema: Mapping[str, Any], conditions: Mapping[str, Mapping[str, str]]
) -> Iterator[Rule]:
    for name in schema["required"]:
        rule = f"extend.{name}.required"
        cited = document.found(f"- {name}", "required:")
        yield _rule(rule, name, "required", True, cited, conditions.get(rule, {}))


def _keywords(document: Document, schema: Mapping[str, Any], offered: list[str]) -> Iterator[Rule]:
    for name, keywords in schema["properties"].items():
        for keyword, value in keywords.items():
            if keyword not in ANNOTATIONS and not keyword.startswith("x-"):
                cited = document.found(f"{keyword}:", f"{name}:")
                id = f"extend.{name}.{ENDINGS.get(keyword, keyword)}"
                said = offered if (name, keyword) == ("model", "enum") else value
                yield _rule(id, name, keyword, said, cited, {})


def _rule(id: str, field: str, keyword: str, value: Any, cited: Citation, when: Mapping[str, str]) -> Rule:
    demand = WORDS.get(keyword, "").format(", ".join(value) if isinstance(value, list) else value)
    return Rule(id=id, field=field, keyword=keyword, value=value, citation=cited, when=when, demand=f"{field} {demand}")


def limit_lines(file: Mapping[str, Any], document: Document) -> list[Mapping[str, Any]]:
    """The limits that a profile states, for the models that it offers."""
    entries = file.get("models", {})
    offered = models.offered(request_schema(document)["properties"]["model"]["enum"], entries)
    return list(models.limits(entries, offered, file.get("limits", {}).get("extend", ())))


def limits(document: Document, lines: Iterable[Mapping[str, Any]], offered: Iterable[str]) -> Iterator[Limit]:
    """The limits of a profile's `lines`, one per model and field, and those of the schema, which hold for every model
    that is `offered`."""
    for line in lines:
        cited = document.found(line["quote"]) if "quote" in line else Citation()
        for model in line["models"]:
            for field, characters in line["characters"].items():
                yield _limit(model, field, characters, cited, line.get("when", {}))
    properties = request_schema(document)["properties"]
    for field, keywords in properties.items():
        if "maxLength" in keywords:
            cited = document.found("maxLength:", f"{field}:")
            for model in offered:
                yield _limit(model, field, keywords["maxLength"], cited, {})


def _limit(model: str, field: str, characters: int, cited: Citation, when: Mapping[str, str]) -> Limit:
    return Limit(model=model, field=field, characters=characters, citation=cited, when=when)


def answer_codes(document: Document, file: Mapping[str, Any]) -> dict[int, str]:
    """The codes that an answer may carry, with what each means; `file` is the profile's."""
    return _own(_codes(document.tree["paths"][EXTEND]["post"]["responses"]["200"]), file.get("codes", {}))


def callback_codes(document: Document, file: Mapping[str, Any]) -> dict[int, str]:
    """The codes that a callback may carry, with what each means; `file` is the profile's."""
    (expressions,) = document.tree["paths"][EXTEND]["post"]["callbacks"].values()
    (item,) = expressions.values()
    return _own(_codes(item["post"]["responses"]["200"]), file.get("callback_codes", {}))


def _own(codes: Mapping[int, str], said: Mapping[int, str | None]) -> dict[int, str]:
    """The document's codes with those of a profile; None takes one away."""
    both: dict[int, str | None] = {**codes, **said}
    return {code: text for code, text in sorted(both.items()) if text is not None}


def _codes(response: Mapping[str, Any]) -> dict[int, str]:
    """The lines `- **402**: Insufficient …` of a description, by code."""
    schema = response["content"]["application/json"]["schema"]["allOf"][0]["properties"]["code"]
    return {int(code): text.strip() for code, text in re.findall(r"- \**(\d+)\**: (.+)", schema["description"])}
