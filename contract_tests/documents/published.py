"""What the documents say of one profile, read from `openapi/` and `fixtures/`: rules, codes, limits, examples.

The harness reads the same data as the mock and shares none of its code, so that a mistake of one is seen by the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contract_tests.documents import extend, models, operations
from contract_tests.documents.extend import Limit, Rule
from contract_tests.documents.files import Document, examples, laid_over, lineage, load, profile_file
from contract_tests.documents.operation import Operation
from contract_tests.documents.rules import CALLBACK, Registry, registry
from contract_tests.documents.terms import DOCUMENTED, FAMILY, Terms, track_members, unread

if TYPE_CHECKING:
    from contract_tests.documents.oracle import Oracle

RECORD_INFO: Final = DOCUMENTED.record_info
MODEL: Final = "extend.model.enum"
"""The rule that no profile has which takes every model for one that it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One profile as the documents have it. `rules` and `limits` are those of an extend request, `registry` has every
    rule that the profile is judged by; `picks` is the reading of each question that the profile takes,
    `terms` is what it says beside its document, `takes_any_model` whether it accepts models that nobody knows, and
    `lineage` are the names of the profile and of those that it extends, `tracks` those that it has in place of ours,
    `operations` those beside extend that can be judged."""

    profile: str
    lineage: tuple[str, ...]
    tracks: list[dict[str, Any]]
    document: Path
    callback_document: Path
    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...]
    registry: Registry
    models: tuple[str, ...]
    properties: Mapping[str, Mapping[str, Any]]
    codes: Mapping[int, str]
    callback_codes: Mapping[int, str]
    example: Mapping[str, Any]
    callback_example: Mapping[str, Any]
    picks: Mapping[str, str]
    questions: Mapping[str, Mapping[str, Any]]
    family: Mapping[str, Any]
    terms: Terms
    takes_any_model: bool
    operations: tuple[Operation, ...]

    @classmethod
    def read(cls, profile: str) -> "Published":
        """Raises LookupError, with the names that exist, for a profile that does not, and for one that says what is not
        read."""
        file, names = profile_file(profile), lineage(profile)
        if ignored := ", ".join(unread(file)):
            raise LookupError(f"profile {profile!r} says what suno-contract does not read: {ignored}.")
        document, callbacks = Document.read(file["document"]), Document.read(file["callback_document"])
        schema = extend.request_schema(document)
        own = file.get("readings", {})
        questions = {
            entry["id"]: {**entry, "readings": {**entry["readings"], **own.get(entry["id"], {})}}
            for entry in load("openapi/questions.yaml")
        }
        takes_any = "unknown_model" in file
        example = examples(file["document"]) / "extend-request.json"
        entries = file.get("models", {})
        offered = models.offered(schema["properties"]["model"]["enum"], entries)
        family = laid_over(load(FAMILY), file)
        for key, said in (("model_names", "name"), ("longest", "longest")):
            family[key] = models.told(entries, offered, said, family[key])
        callback_example = examples(file["callback_document"]) / "callback-complete.json"
        return cls(
            profile=profile,
            lineage=names,
            tracks=file.get("tracks", []),
            document=document.path,
            callback_document=callbacks.path,
            rules=tuple(rule for rule in extend.rules(document, offered, file) if rule.id != MODEL or not takes_any),
            limits=tuple(extend.limits(document, extend.limit_lines(file, document), offered, file)),
            registry=registry(profile),
            models=offered,
            properties=extend.properties(document, file),
            codes=extend.answer_codes(document, file),
            callback_codes=extend.callback_codes(callbacks, file),
            example=json.loads(example.read_text("utf-8")),
            callback_example=json.loads(callback_example.read_text("utf-8")),
            picks=file["picks"],
            questions=questions,
            family=family,
            terms=Terms.of(family),
            takes_any_model=takes_any,
            operations=operations.operations(file),
        )

    @property
    def oracle(self) -> "Oracle":
        """Judges requests and answers by the schemas of the document."""
        return _oracle(self.document)

    @property
    def callback_oracle(self) -> "Oracle":
        """Judges callbacks by the schemas of their document."""
        return _oracle(self.callback_document)

    def making(self, tracks: int) -> "Published":
        """The same of an operation whose tasks make another number of tracks."""
        return replace(self, family={**self.family, "tracks_per_task": tracks})

    @property
    def failing_callbacks(self) -> list[int]:
        """The codes of callbacks that tell of a failure."""
        return [code for code in self.callback_codes if code != 200]

    @property
    def failures(self) -> list[str]:
        """The codes of failures: `429` of an answer, `callback-501` of a callback."""
        of_callbacks = [f"{CALLBACK}{code}" for code in self.failing_callbacks]
        return [f"{code}" for code in self.codes if code != 200] + of_callbacks

    def track_members(self, kind: str, stage: str = "complete") -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Members of tracks that the profile sets to a value, and those that it leaves out, in `callbacks` or
        `records`."""
        return track_members(self.family, kind, stage)

    def holding(self, picks: Mapping[str, str]) -> tuple[Rule, ...]:
        """The rules that hold under these readings."""
        return tuple(rule for rule in self.rules if all(picks[name] == pick for name, pick in rule.when.items()))


@cache
def _oracle(document: Path) -> "Oracle":
    """One for all profiles of a document. To import openapi-core takes longer than all else that most commands do."""
    from contract_tests.documents.oracle import Oracle

    return Oracle(document)
