"""The register of open questions: what the documents leave open, and the readings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, packaged
from mock_server.core import seeded
from mock_server.core.errors import unknown

VARY: Final = "vary"
"""In place of a reading: draw one per request from the seed. In place of a question, `all`: every question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read an open place. `value` is what the code uses."""

    name: str
    says: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One open place of the documents. `stages` are those whose callback or polling it decides about, `why` says in an
    error text why it is open."""

    id: str
    question: str
    decided_by: str
    sources: tuple[str, ...]
    readings: Mapping[str, Reading]
    stages: tuple[str, ...] = ()
    why: str = "the documents leave it open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The values of the questions that Python reads, settled. A field is a question's id; the register says what a
    value means. The other questions decide which rules hold, by `when` in openapi/rules/ and in the profiles' limits.
    """

    refusal_status: int | None
    server_error_status: int
    error_data: Mapping[str, None]
    content_type: str
    string_length: str
    unknown_audio: int
    model_mismatch: bool
    unknown_task: int
    text_items: int
    first_items: int
    record_items: Mapping[str, int]
    create_time: str | None
    source_urls: bool
    failure_type: str
    failure_data: Mapping[str, list[None] | None]
    received_statuses: tuple[int, int]
    retry_spacing: tuple[float, ...]
    after_giving_up: bool
    callback_order: bool
    callback_exception: bool
    persona_twice: bool
    credits_number: bool


READ: Final = tuple(field.name for field in fields(Readings))
"""The questions that Python reads."""
Names = tuple[str, ...]
"""One reading's name per question, in the register's order."""


class Register:
    """All questions, in the order of the file."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = {question.id: question for question in questions}

    @classmethod
    def read(cls) -> "Register":
        return cls.of({})

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> "Register":
        """With the readings that a profile adds."""
        own = tree.get("readings", {})
        entries = packaged(OPENAPI / "questions.yaml")
        return cls(_question({**each, "readings": {**each["readings"], **own.get(each["id"], {})}}) for each in entries)

    def named(self, question: str) -> Question:
        """Raises BadSetting, with the nearest name, for one that does not exist."""
        if question not in self.questions:
            raise unknown("question", question, self.questions)
        return self.questions[question]

    def choices(self, picks: Mapping[str, str], overrides: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
        """Per question the names to choose from: the pick, the override, or all readings where it varies.

        Raises BadSetting for a question or reading that does not exist.
        """
        for question, reading in overrides.items():
            self._check(question, reading)
        everything = overrides.get("all")
        return tuple(
            tuple(question.readings) if wanted == VARY else (wanted,)
            for question in self.questions.values()
            for wanted in [overrides.get(question.id) or everything or picks[question.id]]
        )

    def draw(self, choices: Iterable[tuple[str, ...]], seed: int, *request: str | int) -> Names:
        """Settle the questions that vary, for one request."""
        return tuple(
            names[0] if len(names) == 1 else seeded.pick(names, seed, *request, question)
            for question, names in zip(self.questions, choices, strict=True)
        )

    def settle(self, names: Names) -> Readings:
        """The values that stand behind the names, of the questions that Python reads."""
        picked = dict(zip(self.questions, names, strict=True))
        return Readings(**{name: self.questions[name].readings[picked[name]].value for name in READ})

    def _check(self, question: str, reading: str) -> None:
        if question == "all":
            if reading != VARY:
                raise unknown("reading of all", reading, [VARY])
            return
        known = self.named(question).readings
        if reading not in known and reading != VARY:
            raise unknown(f"reading of {question}", reading, [*known, VARY])


@cache
def received_under(status: int) -> tuple[str, ...]:
    """The readings of the question which statuses of a receiver count as received, by `QUESTION=READING`, that take
    an HTTP status; the one that takes least comes first."""
    question = Register.read().questions["received_statuses"]
    taking = [each for each in question.readings.values() if each.value[0] <= status <= each.value[1]]
    return tuple(f"{question.id}={each.name}" for each in sorted(taking, key=lambda each: each.value))


def _question(entry: Mapping[str, Any]) -> Question:
    readings = {
        name: Reading(name=name, says=reading["says"], value=_frozen(reading.get("value", name)))
        for name, reading in entry["readings"].items()
    }
    lists = {"sources": tuple(entry["sources"]), "stages": tuple(entry.get("stages", ()))}
    return Question(**{**entry, **lists, "readings": readings})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
