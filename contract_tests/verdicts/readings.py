"""Reads from answers and callbacks how a target answers the open questions. A reading is no verdict. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.probes.request import Probe
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.of_refusals import OF_CAUSES, OF_REFUSALS
from contract_tests.verdicts.other_cause import NONE_KNOWN, OtherCauses
from contract_tests.verdicts.polling import recorded_ids
from contract_tests.verdicts.retries import (
    after_giving_up,
    callback_exception,
    callback_order,
    number_of_attempts,
    received_statuses,
    spacing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The readings of one question that were seen: several where a target is not consistent."""

    question: str
    readings: tuple[str, ...]

    @property
    def contradicts(self) -> bool:
        """Whether one target reads the question in two ways. One that lets a later stage overtake does not do so each
        time, and how often and when it retries are numbers."""
        return len(self.readings) > 1 and self.question not in MAY_DIFFER


def observed(
    refusals: Sequence[tuple[Probe, Exchange]],
    courses: Sequence[Course],
    terms: Terms = DOCUMENTED,
    others: OtherCauses = NONE_KNOWN,
) -> Iterator[Observed]:
    """The readings of every question that refusals, each with what was tried, and courses answer. `others` tell
    which refusals may have another cause."""
    seen = Readings(terms)
    for probe, exchange in refusals:
        seen.refused(probe, exchange, others)
    for course in courses:
        seen.course(course)
    return seen.observed()


class Readings:
    """The readings that refusals, each with what was tried, and courses show, one after the other."""

    def __init__(self, terms: Terms = DOCUMENTED, failures: Collection[int] = ()) -> None:
        """`failures` are the codes of callbacks that tell of a task that failed by itself."""
        self._terms = terms
        self._failures = failures
        self._seen: dict[str, set[str]] = {question: set() for question in (*OF_REFUSALS, *OF_COURSES, *OF_FAILURES)}

    def refused(self, probe: Probe, exchange: Exchange, others: OtherCauses = NONE_KNOWN) -> None:
        """What an answer tells that is no acceptance, whatever it lacks of one."""
        if exchange.code == ACCEPTED_BY:
            return
        for question, look in OF_REFUSALS.items():
            if question not in OF_CAUSES or not others.may_be(exchange):
                self._add(question, look(probe, exchange, self._terms))

    def course(self, course: Course) -> None:
        for question, follow in OF_COURSES.items():
            self._add(question, follow(course))
        failure = self._failure(course)
        for question, tell in OF_FAILURES.items():
            self._add(question, tell(course.data(failure)))

    def observed(self) -> Iterator[Observed]:
        for question, readings in self._seen.items():
            yield from _seen(question, readings)

    def _failure(self, course: Course) -> Any:
        """The first callback that tells of a failure, of one that was asked for or of any."""
        codes = (course.probe.fails,) if course.probe.fails else self._failures
        return next((body for body in course.bodies if isinstance(body, dict) and body.get("code") in codes), None)

    def _add(self, question: str, reading: str | None) -> None:
        if reading is not None:
            self._seen[question].add(reading)


def answered_questions(answers: Iterable[tuple[Probe, Exchange]]) -> Iterator[tuple[Probe, Exchange, str]]:
    """For each question that probes ask: the last of these probes, its answer, and the readings that agree with all.

    An answer that the probe does not expect, such as a 429 or none, tells nothing and is left out.
    """
    by_question: dict[str, list[tuple[Probe, Exchange]]] = {}
    for probe, exchange in answers:
        if probe.question and exchange.code in probe.expected.codes:
            by_question.setdefault(probe.question, []).append((probe, exchange))
    for pairs in by_question.values():
        agreeing = [
            name
            for name in pairs[0][0].readings
            if all(probe.readings[name] is (exchange.code == 200) for probe, exchange in pairs)
        ]
        yield *pairs[-1], " or ".join(agreeing) or NEITHER


def unknown_task(exchange: Exchange, question: Mapping[str, Any], terms: Terms = DOCUMENTED) -> str | None:
    """What polling answers for a task that does not exist, by the answer to a poll for one."""
    own = {200: 200, DOCUMENTED.not_found: terms.not_found}
    codes = {name: own.get(reading["value"], terms.invalid) for name, reading in question["readings"].items()}
    agreeing = [name for name, code in codes.items() if code == exchange.code]
    return next(iter(agreeing), None) if exchange.record is None else None


def credits_number(left: float | None) -> str | None:
    """What kind of number the credits are; None where the target does not tell them."""
    return None if left is None else "float" if isinstance(left, float) else "integer"


def looked(
    unknown: Exchange,
    left: float | None,
    questions: Mapping[str, Mapping[str, Any]],
    terms: Terms = DOCUMENTED,
) -> Iterator[Observed]:
    """The readings that the answer to a poll for an unknown task and the credits of the key tell."""
    yield from _seen("unknown_task", iter([unknown_task(unknown, questions["unknown_task"], terms)]))
    yield from _seen("credits_number", iter([credits_number(left)]))


def _seen(question: str, readings: Iterable[str | None]) -> Iterator[Observed]:
    found = tuple(sorted({reading for reading in readings if reading is not None}))
    if found:
        yield Observed(question=question, readings=found)


def _text_items(course: Course) -> str | None:
    tracks = _tracks_at(course, "text")
    return None if tracks is None else "both" if tracks else "none"


def _first_items(course: Course) -> str | None:
    tracks = _tracks_at(course, "first")
    return None if tracks is None else "both" if len(tracks) > 1 else "one"


def _record_items(course: Course) -> str | None:
    """How many tracks polling lists before SUCCESS; one alone is seen at FIRST_SUCCESS. None where no poll told."""
    records = [poll.exchange.record for poll in course.polls if isinstance(poll.exchange.record, dict)]
    listed = {str(record.get("status")): len(recorded_ids(record)) for record in records}
    _, text, first, _ = course.statuses
    if max(listed.get(text, 0), listed.get(first, 0)) > 1:
        return "both"
    return "one" if first in listed else None


def _create_time(course: Course) -> str | None:
    times = [track.get("createTime") for track in _tracks_at(course, "complete") or ()]
    if not times:
        return None
    return next((name for name, form in CREATE_TIMES.items() if re.fullmatch(form, str(times[0]))), "another")


def _source_urls(course: Course) -> str | None:
    tracks = _tracks_at(course, "complete")
    if not tracks:
        return None
    return "present" if any(name.startswith("source_") for name in tracks[0]) else "absent"


def _failure_type(data: Mapping[str, Any]) -> str | None:
    stage = data.get("callbackType")
    return stage if stage in ("complete", "error", "failed") else None


def _failure_data(data: Mapping[str, Any]) -> str | None:
    if not data:
        return None
    return "absent" if "data" not in data else "null" if data["data"] is None else "empty"


def _tracks_at(course: Course, stage: str) -> list[Mapping[str, Any]] | None:
    """The tracks of a stage's callback; None where none came."""
    body = course.at(stage)
    return None if body is None else course.tracks(body)


MAY_DIFFER: Final = ("callback_order", "delivery.attempts", "delivery.spacing")
ACCEPTED_BY: Final = 200
NEITHER: Final = "neither"
"""In place of a reading: answers of which no reading of the question gives all."""
CREATE_TIMES: Final = {
    "string": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "rfc3339": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "epoch_ms": r"\d{13}",
}
OF_COURSES: Final[Mapping[str, Callable[[Course], str | None]]] = {
    "text_items": _text_items,
    "first_items": _first_items,
    "record_items": _record_items,
    "create_time": _create_time,
    "source_urls": _source_urls,
    "callback_order": callback_order,
    "received_statuses": received_statuses,
    "after_giving_up": after_giving_up,
    "callback_exception": callback_exception,
    "delivery.attempts": number_of_attempts,
    "delivery.spacing": spacing,
}
OF_FAILURES: Final[Mapping[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "failure_type": _failure_type,
    "failure_data": _failure_data,
}
"""By the `data` of a callback that tells of a failure; empty where none came."""
