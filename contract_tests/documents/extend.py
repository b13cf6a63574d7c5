"""The extend operation in a document: the rules of its request, how long texts may be, and the codes that it lists."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.documents import models
from contract_tests.documents.files import Citation, Document, load
from contract_tests.documents.prose import prose

EXTEND: Final = "/api/v1/generate/extend"
PROFILE: Final = "the profile"
"""In place of a line: no document says it, and the profile does."""
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
    `source` is where it stands: see openapi/judged.yaml. A profile's own has the `schema` of what keeps it, and members
    of a request that break it, None for one that is left out."""

    id: str
    field: str
    keyword: str
    value: Any
    citation: Citation
    when: Mapping[str, str]
    demand: str
    source: str = "document"
    schema: Mapping[str, Any] | None = None
    breaks: Mapping[str, Any] | None = None


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


def properties(document: Document, file: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The properties of a request: those of the document, and those that a profile adds."""
    own: Mapping[str, Any] = _said(file).get("properties", {})
    return {**request_schema(document)["properties"], **own}


def rules(document: Document, offered: Iterable[str], file: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of the schema, with the models that are `offered` in place of its own, of the prose, and of a profile's
    `file`. A rule that holds in another way under another reading comes twice."""
    schema, known = request_schema(document), properties(document, file)
    own: Mapping[str, Any] = _said(file).get("rules", {})
    said, gone = prose(load("openapi/rules/extend.yaml")["rules"], own)
    conditions = {entry["id"]: entry.get("when", {}) for entry in said}
    stated = set()
    added = _said(file).get("properties", {})
    for rule in (*_required(document, schema, conditions), *_keywords(document, known, added, [*offered])):
        if rule.id not in gone:
            stated.add(rule.id)
            yield rule
    for entry in said:
        about = entry.get("field", field_of(entry["id"]) if entry["id"] in own else "body")
        if entry["id"] not in stated and about in (*known, "body"):
            cited = (
                document.found(entry["quote"], f"{about}:") if "quote" in entry else Citation(PROFILE, entry["allowed"])
            )
            rule = _rule(entry["id"], about, entry["id"].split(".")[-1], None, cited, entry.get("when", {}))
            more = own_rule(own[entry["id"]]) if entry["id"] in own else {}
            yield replace(rule, demand=f"{about}: {entry['allowed']}", source=entry.get("source", rule.source), **more)


def own_rule(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule of a profile's own has beside."""
    return {"schema": entry.get("schema"), "breaks": entry.get("breaks")}


def field_of(rule: str) -> str:
    """The property that a rule is about, by the rule's id."""
    return rule.split(".")[1]


def _said(file: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a profile says of the operation itself."""
    said: Mapping[str, Any] = file.get("operations", {}).get("extend", {})
    return said


def _required(
    document: Document, schema: Mapping[str, Any], conditions: Mapping[str, Mapping[str, str]]
) -> Iterator[Rule]:
    for name in schema["required"]:
        rule = f"extend.{name}.required"
        cited = document.found(f"- {name}", "required:")
        yield _rule(rule, name, "required", True, cited, conditions.get(rule, {}))


def demands(keyword: str) -> bool:
    """Whether a keyword of a schema is a rule, and no remark."""
    return keyword not in ANNOTATIONS and not keyword.startswith("x-")


def _keywords(
    document: Document, known: Mapping[str, Any], added: Collection[str], offered: list[str]
) -> Iterator[Rule]:
    """The rules of the properties; those that are `added` stand in the profile."""
    for name, keywords in known.items():
        for keyword, value in keywords.items():
            if demands(keyword):
                own = Citation(PROFILE, f"{keyword}: {value}")
                cited = own if name in added else document.found(f"{keyword}:", f"{name}:")
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


def limits(
    document: Document, lines: Iterable[Mapping[str, Any]], offered: Iterable[str], file: Mapping[str, Any]
) -> Iterator[Limit]:
    """The limits of a profile's `lines`, one per model and field, and those of the schema and of the properties that
    the profile's `file` adds, which hold for every model that is `offered`."""
    for line in lines:
        cited = document.found(line["quote"]) if "quote" in line else Citation()
        for model in line["models"]:
            for field, characters in line["characters"].items():
                yield _limit(model, field, characters, cited, line.get("when", {}))
    for field, keywords in properties(document, file).items():
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
