"""Where the rules of one operation's request come from: its document, its prose, and what the profile says. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Document, Pointer, packaged
from mock_server.contract.models import Models
from mock_server.contract.operation_files import OPERATIONS
from mock_server.contract.operations import EXTEND, Operation, operations

BODY: Final = "body"
"""In place of a property: the whole request."""
PROPERTIES: Final = "properties"
RULES: Final = "rules"
"""The keys of what a profile says itself of an operation's request."""


def _nowhere(*pointer: str | int) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rules of one operation come from: the document that describes it, the entries of its prose
    (`openapi/rules/`, its own file, or the profile), the profile's limits, and the models where the document leaves
    them to the profile, or the profile has others (`has_own_models`). `where` finds a line of the profile itself. A
    model that is none of them is taken for `other`, if that is not empty; some models only stand for others
    (`stands_for`)."""

    operation: Operation
    document: Document
    prose: Sequence[Mapping[str, Any]]
    limits: Sequence[Mapping[str, Any]] = ()
    models: Sequence[str] = ()
    has_own_models: bool = False
    other: str = ""
    stands_for: Collection[str] = ()
    where: Callable[..., str] = _nowhere

    @classmethod
    def read(
        cls,
        operation: Operation,
        profile: Document,
        limits: Sequence[Mapping[str, Any]],
        known: Models | None = None,
        where: Callable[..., str] = _nowhere,
    ) -> "Source":
        """Of one profile, whose document serves where the operation has none of its own."""
        described = Document.read(Path(operation.file)) if operation.file else None
        rules = OPENAPI / "rules" / f"{operation.name}.yaml"
        file: Mapping[str, Any] = packaged(rules) if described is None else described.tree
        own = described is not None or "document" in file
        offered = known.offered if known else models(profile)
        offered = tuple(model for model in offered if model in operation.models) if operation.models else offered
        has_own_models = known is not None and bool(known.other or not known.documented)
        return cls(
            operation=operation,
            document=described or (Document.read(OPENAPI / file["document"]) if own else profile),
            prose=_with_own(file["rules"], operation.rules),
            limits=limits,
            models=offered if own or has_own_models else (),
            has_own_models=has_own_models,
            other=known.other if known else "",
            stands_for=known.stands_for if known else (),
            where=where,
        )

    @property
    def request(self) -> Pointer:
        return request_pointer(self.operation)

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        """The properties of a request, by name: the documented ones, and those of the profile."""
        found: Mapping[str, Mapping[str, Any]] = self.document.at(*self.request, "properties")
        return {**found, **self.operation.properties}

    def where_property(self, name: str, keyword: str) -> str:
        """The place of what is said of a property."""
        if name in self.operation.properties:
            return self.where(OPERATIONS, self.operation.name, PROPERTIES, name, keyword)
        return self.document.place((*self.request, "properties", name, keyword))

    def where_prose(self, entry: Mapping[str, Any], field: str) -> str:
        """The place of a rule of the prose: where the document has its quote, else where the profile has the rule.
        Raises LookupError for one of ours whose quote is nowhere."""
        if entry["id"] in self.operation.rules:
            place = self.document.find(entry["quote"]) if "quote" in entry else ""
            return place or self.where(OPERATIONS, self.operation.name, RULES, entry["id"])
        after = self.request if field == BODY else (*self.request, "properties", field)
        return self.document.quoted(entry["quote"], after, self.request[:3])


def _with_own(
    ours: Sequence[Mapping[str, Any]], own: Mapping[str, Mapping[str, Any] | None]
) -> Sequence[Mapping[str, Any]]:
    """The entries of the prose, with what a profile says in place of theirs, and those that it has beside them."""
    said = {entry["id"]: entry for entry in reversed(ours)}
    return [
        *(entry for entry in ours if entry["id"] not in own),
        *(
            {"id": id, "field": field_of(id), **said.get(id, {}), **entry}
            for id, entry in own.items()
            if entry is not None
        ),
    ]


def field_of(rule: str) -> str:
    """The property that a rule is about, by the rule's id."""
    return rule.split(".")[1] if rule.count(".") > 1 else BODY


def request_pointer(operation: Operation) -> Pointer:
    """Where a document describes the operation's request body."""
    return (
        "paths",
        operation.documented,
        operation.method.lower(),
        "requestBody",
        "content",
        "application/json",
        "schema",
    )


def models(document: Document) -> tuple[str, ...]:
    """The models that a profile's document offers."""
    schema = document.at(*request_pointer(operations()[EXTEND]))
    return tuple(schema["properties"]["model"]["enum"])
