"""Where the rules of one operation's request come from: its document, its prose, and what the profile says. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.contract.documents import OPENAPI, Document, Pointer, packaged
from mock_server.contract.models import Models
from mock_server.contract.operations import EXTEND, Operation, operations


def _nowhere(*pointer: str | int) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rules of one operation come from: the document that describes it, the entries of its prose
    (`openapi/rules/`, or its own file), the profile's limits, and the models where the document leaves them to the
    profile, or the profile has others (`has_own_models`). `where` finds a line of the profile itself. A model that is
    none of them is taken for `other`, if that is not empty; some models only stand for others (`stands_for`)."""

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
            prose=file["rules"],
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
        """The documented properties of a request, by name."""
        found: Mapping[str, Mapping[str, Any]] = self.document.at(*self.request, "properties")
        return found


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
