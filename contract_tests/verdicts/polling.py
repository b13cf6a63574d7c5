"""Finds where polling contradicts the callbacks, on the way and at the end. Pure."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.probes.request import STAGES
from contract_tests.verdicts.course import Course, Finding, Poll, finding, ids, notation

FAILED_WORDS: Final = ("CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR")
"""Statuses of a task that failed, as the siblings document them for Get Music Details."""


def step_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Every poll on the way is as far as the callbacks, lists their finished tracks, and never goes back."""
    polls = [poll for poll in course.polls if _of_its_task(course, poll, published.terms.rate)]
    for poll in polls:
        if poll.arrival is not None:
            yield from _behind(course, poll, parsed(poll.arrival.body))
    for one, other in combinations(polls, 2):
        before, after = _status(one), _status(other)
        if one.exchange.answered <= other.exchange.started and _rank(course, after) < _rank(course, before):
            yield finding("polling.forward", f"never back from {before}", after)


def _behind(course: Course, poll: Poll, body: Any) -> Iterator[Finding]:
    stage = course.data(body).get("callbackType")
    if stage not in STAGES:
        return
    wanted = course.statuses[STAGES.index(stage) + 1]
    if _rank(course, _status(poll)) < _rank(course, wanted):
        yield finding("polling.step", f"{wanted} or later, once the callback {stage} has come", _status(poll))
    # How many unfinished tracks either lists are open questions: first_items, text_items, record_items.
    told = [track.get("id") for track in course.tracks(body) if track.get("audio_url")]
    polled = recorded_ids(poll.exchange.record)
    if any(id not in polled for id in told):
        yield finding("polling.step.tracks", f"the finished tracks of the callback {stage}, {notation(told)}", polled)


def _of_its_task(course: Course, poll: Poll, rate: int) -> bool:
    """Whether a poll asked for this task, and got an answer. A callback that names another task is another finding."""
    named = poll.arrival is None or course.data(parsed(poll.arrival.body)).get("task_id") == course.exchange.task_id
    return named and not poll.exchange.error and rate not in (poll.exchange.status, poll.exchange.code)


def _status(poll: Poll) -> Any:
    return poll.exchange.record.get("status") if isinstance(poll.exchange.record, dict) else None


def _rank(course: Course, status: Any) -> int:
    """How far a task is. A status of a failure, or one that is not documented, counts as the beginning."""
    return course.statuses.index(status) if status in course.statuses else 0


def record_findings(course: Course, published: Published) -> Iterator[Finding]:
    """After the last callback, polling agrees with all of them."""
    record, status = course.record, course.status
    if not isinstance(record, dict) or record.get("taskId") in (None, ""):
        yield finding("polling.record", "the task's record, with its taskId", record)
    if not isinstance(record, dict) or course.is_late:
        return
    if record.get("taskId") not in (course.exchange.task_id, None, ""):
        yield finding("polling.taskId", f"{course.exchange.task_id}", record.get("taskId"))
    if status in course.statuses[:-1] or has_failed(course):
        yield finding("polling.status", f"{course.statuses[-1]} after complete", status)
    elif status not in (course.statuses[-1], *_words(course)):
        yield finding("polling.word", f"one of {', '.join((*course.statuses, *_words(course)))}", status)
    if not _tells(record.get("param"), course.request):
        yield finding("polling.param", "the request as JSON", notation(record.get("param"), 200))
    yield from _listed_findings(course, recorded_ids(record))


def has_failed(course: Course) -> bool:
    """Whether polling shows a failure. That a callback was lost is none where the receiver may have been away."""
    lost = course.status == course.lost
    return course.status in _words(course) and (course.heard or not lost)


def _words(course: Course) -> tuple[str, ...]:
    """Statuses of a task that did not go well."""
    return (course.lost, *FAILED_WORDS)


def _tells(param: Any, request: Mapping[str, Any]) -> bool:
    """Whether it is the request as JSON, if with more members."""
    told = parsed(str(param))
    return isinstance(told, dict) and all(name in told and told[name] == value for name, value in request.items())


def _listed_findings(course: Course, polled: list[Any]) -> Iterator[Finding]:
    told = ids(course)(course.finished) if course.bodies else polled
    if not polled and course.status != course.lost:
        yield finding("polling.listed", f"the tracks of the last callback, {notation(told)}", polled)
    if polled and not _same_ids(polled, told):
        yield finding("polling.tracks", f"the tracks of the last callback, {notation(told)}", polled)


def _same_ids(one: list[Any], other: list[Any]) -> bool:
    return all(id in other for id in one) and all(id in one for id in other)


def recorded_ids(record: Any) -> list[Any]:
    """The ids of the tracks that a record lists."""
    return [track.get("id") for track in recorded_tracks(record)]


def recorded_tracks(record: Any) -> list[Mapping[str, Any]]:
    """The tracks that a record lists."""
    response = record.get("response") if isinstance(record, dict) else None
    items = response.get("sunoData") if isinstance(response, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def credits_findings(before: float | None, left: float | None) -> Iterator[Finding]:
    """Once a key's credits are told, they are told again, and they never rise."""
    if left is None or before is None or left > before:
        yield finding("credits.fall", f"at most {before} credits", left)


def failed_record_findings(course: Course, code: int) -> Iterator[Finding]:
    """Polling tells of the failure."""
    if not isinstance(course.record, dict):
        yield finding("polling.record", "the task's record", course.record)
        return
    told = course.record.get("errorCode")
    if told != code:
        yield finding("failure.polling", f"errorCode {code} in polling", told)
    if course.status in course.statuses:
        yield finding("failure.status", "a status that says that the task failed", course.status)
