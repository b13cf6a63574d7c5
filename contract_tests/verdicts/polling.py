"""Finds where polling contradicts the callbacks, on the way and at the end. Pure."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.probes.request import STAGES, STATUSES
from contract_tests.verdicts.course import Course, Finding, Poll, finding, ids, parsed

AFTER: Final = dict(zip(STAGES, STATUSES[1:], strict=True))
"""By the stage that a callback tells of: the status that polling shows from then on."""


def step_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Every poll on the way is as far as the callbacks, lists their finished tracks, and never goes back."""
    polls = [poll for poll in course.polls if _of_its_task(course, poll)]
    for poll in polls:
        if poll.arrival is not None:
            yield from _behind(course, poll, parsed(poll.arrival.body))
    for one, other in combinations(polls, 2):
        before, after = _status(one), _status(other)
        if one.exchange.answered <= other.exchange.started and _rank(after) < _rank(before):
            yield finding("polling.forward", f"never back from {before}", after)


def _behind(course: Course, poll: Poll, body: Any) -> Iterator[Finding]:
    stage = course.data(body).get("callbackType")
    wanted = AFTER.get(stage) if isinstance(stage, str) else None
    if wanted is None:
        return
    if _rank(_status(poll)) < _rank(wanted):
        yield finding("polling.step", f"{wanted} or later, once the callback {stage} has come", _status(poll))
    # How many unfinished tracks either lists are open questions: first_items, text_items, record_items.
    told = [track.get("id") for track in course.tracks(body) if track.get("audio_url")]
    polled = recorded_ids(poll.exchange.record)
    if any(id not in polled for id in told):
        yield finding("polling.step.tracks", f"the finished tracks of the callback {stage}, {told}", polled)


def _of_its_task(course: Course, poll: Poll) -> bool:
    """Whether a poll asked for this task, and got an answer. A callback that names another task is another finding."""
    named = poll.arrival is None or course.data(parsed(poll.arrival.body)).get("task_id") == course.exchange.task_id
    return named and not poll.exchange.error and 429 not in (poll.exchange.status, poll.exchange.code)


def _status(poll: Poll) -> Any:
    return poll.exchange.record.get("status") if isinstance(poll.exchange.record, dict) else None


def _rank(status: Any) -> int:
    """How far a task is. A status of a failure, or one that is not documented, counts as the beginning."""
    return STATUSES.index(status) if status in STATUSES else 0


def record_findings(course: Course, published: Published) -> Iterator[Finding]:
    """After the last callback, polling agrees with all of them."""
    record = course.record
    if not isinstance(record, dict):
        yield finding("polling.record", "the task's record", record)
        return
    if record.get("taskId") != course.exchange.task_id:
        yield finding("polling.taskId", f"{course.exchange.task_id}", record.get("taskId"))
    if record.get("status") != "SUCCESS":
        yield finding("polling.status", "SUCCESS after complete", record.get("status"))
    if parsed(str(record.get("param"))) != course.request:
        yield finding("polling.param", "the request as JSON", f"{record.get('param')!r:.200}")
    polled = recorded_ids(record)
    told = ids(course)(course.finished) if course.bodies else polled
    if polled != told or not polled:
        yield finding("polling.tracks", f"the tracks of the last callback, {told}", polled)


def recorded_ids(record: Any) -> list[Any]:
    """The ids of the tracks that a record lists."""
    response = record.get("response") if isinstance(record, dict) else None
    items = response.get("sunoData") if isinstance(response, dict) else None
    return [item.get("id") for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def credits_findings(before: float | None, left: float | None) -> Iterator[Finding]:
    """Once a key's credits are told, they are told again, and they never rise."""
    if left is None or before is None or left > before:
        yield finding("credits.fall", f"at most {before} credits", left)


def failed_record_findings(course: Course, code: int) -> Iterator[Finding]:
    """Polling tells of the failure."""
    record = course.record if isinstance(course.record, dict) else {}
    if record.get("errorCode") != code:
        yield finding("failure.polling", f"errorCode {code} in polling", record.get("errorCode"))
    if record.get("status") in (*STATUSES, None):
        yield finding("failure.status", "a status that says that the task failed", record.get("status"))
