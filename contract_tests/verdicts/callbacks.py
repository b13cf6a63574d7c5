"""Finds what is wrong with the callbacks of one accepted request. Pure."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, starmap
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.probes.request import STAGES
from contract_tests.receiver.http_server import BODY_LIMIT
from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.agreement import member_findings
from contract_tests.verdicts.answers import timing_findings
from contract_tests.verdicts.course import Course, Finding, finding
from contract_tests.verdicts.polling import failed_record_findings, has_failed, record_findings, step_findings
from contract_tests.verdicts.retries import received, retry_findings
from contract_tests.verdicts.tracks import echo_findings, identity_findings, track_findings

AGAIN: Final = 10
"""Tasks that failed at the target and are tried again."""
TOGETHER: Final = 0.1
"""Seconds within which callbacks arrive that were sent at the same time: which of them comes first is chance."""


def callback_findings(course: Course, published: Published) -> Iterator[Finding]:
    """What is wrong with the callbacks of one accepted request."""
    yield from timing_findings(course.probe, course.exchange, course.arrivals)
    code = failed_with(course, published) if course.probe.fails is None else course.probe.fails
    if code is not None:
        yield from _failure_findings(course, code)
        return
    for arrival in course.arrivals:
        yield from _arrival_findings(course, arrival, published)
        yield from _success_findings(arrival)
    yield from retry_findings(course)
    if course.probe.gives_up:
        return
    course = replace(course, arrivals=received(course.arrivals))
    yield from _stage_findings(course)
    for check in COURSE_CHECKS:
        yield from check(course, published)


def failed_with(course: Course, published: Published) -> int | None:
    """The documented code with which a task failed that was to go well: the service's business, and no breach. None
    where it did not fail so. Where no callback could be heard, polling tells the code."""
    if any(track.get("audio_url") for body in course.bodies for track in course.tracks(body)):
        return None
    codes = [body.get("code") for body in course.bodies if isinstance(body, dict)]
    if not course.heard and has_failed(course):
        codes = [course.record.get("errorCode")]
    return next((code for code in published.failing_callbacks if code in codes), None)


def failed_ones(courses: Sequence[Course], published: Published) -> Iterator[tuple[Course, str]]:
    """The courses of tasks that were to go well and failed at the target, and why one is not worth another task: a
    server whose tasks mostly fail is not asked more than once."""
    failed = [each for each in courses if each.probe.fails is None and failed_with(each, published) is not None]
    most = AGAIN if 2 * len(failed) <= len(courses) else 1
    for number, course in enumerate(failed):
        yield course, "" if number < most else f"{len(failed)} of {counted(len(courses), 'task')} failed"


def polled_findings(course: Course, published: Published) -> Iterator[Finding]:
    """What is wrong with the polls of a task whose callbacks could not be heard."""
    yield from step_findings(course, published)
    code = failed_with(course, published) if course.probe.fails is None else course.probe.fails
    yield from record_findings(course, published) if code is None else failed_record_findings(course, code)


def left_open(course: Course, published: Published) -> str:
    """Why the callbacks of a task that was to go well tell nothing of the target; empty where they do."""
    if course.probe.fails is not None:
        return ""
    if (code := failed_with(course, published)) is not None:
        told = "a callback with code" if course.heard else "polling shows errorCode"
        return f"failed at the target: {told} {code}, {published.callback_codes[code]}"
    unheard = ", and no callback complete has come" if course.heard else ""
    return f"late: polling still shows {course.status}{unheard}" if course.is_late else ""


def _stage_findings(course: Course) -> Iterator[Finding]:
    stages = course.stages()
    for number, stage in enumerate(stages):
        if stages.count(stage) > 1 and stages.index(stage) == number:
            yield finding("callback.once", f"{stage} once, it was answered with 200", stages)
        if stage not in STAGES and stages.index(stage) == number:
            yield finding("callback.stage", f"one of {', '.join(STAGES)}", stage)
    if "complete" not in stages and not course.is_late:
        yield finding("callback.complete", "a callback with callbackType complete", stages or "no callback")
    known = [(stage, arrival.at) for stage, arrival in zip(stages, course.arrivals, strict=True) if stage in STAGES]
    if not course.probe.disturbs and any(starmap(_overtakes, combinations(known, 2))):
        yield finding("callback.order", "text, first, complete", [stage for stage, _ in known])


def _overtakes(one: tuple[str, float], later: tuple[str, float]) -> bool:
    return STAGES.index(one[0]) > STAGES.index(later[0]) and later[1] - one[1] > TOGETHER


def _arrival_findings(course: Course, arrival: Arrival, published: Published) -> Iterator[Finding]:
    body = parsed(arrival.body)
    own, _ = published.track_members("callbacks", str(course.data(body).get("callbackType")))
    open_yet = [f".{name}" for name in ("createTime", *own)]  # an open question, observed elsewhere
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    if arrival.method != "POST":
        yield finding("callback.method", "POST", arrival.method)
    if not headers.get("content-type", "").lower().startswith("application/json"):
        yield finding("callback.contentType", "application/json", headers.get("content-type", "none"))
    if arrival.body.startswith(BOM_UTF8):
        yield finding("callback.bom", "JSON, which begins without one", "a byte order mark")
    if not isinstance(body, dict):
        cut = f" (read to {BODY_LIMIT} bytes)" if len(arrival.body) >= BODY_LIMIT else ""
        yield finding("callback.json", "a JSON object", arrival.body[:200].decode(errors="replace") + cut)
        return
    for problem in published.callback_oracle.callback(arrival.body):
        if not any(name in problem for name in open_yet):
            yield finding("callback.schema", "the document's callback", problem)
    if not isinstance(body.get("msg"), str) or not body["msg"]:
        yield finding("callback.msg", "msg, a text that is not empty", body.get("msg"))
    task_id = course.data(body).get("task_id")
    if task_id != course.exchange.task_id:
        yield finding("callback.task_id", f"the taskId of the answer, {course.exchange.task_id}", task_id)


def _success_findings(arrival: Arrival) -> Iterator[Finding]:
    body = parsed(arrival.body)
    if isinstance(body, dict) and body.get("code") != 200:
        yield finding("callback.code", "code 200", body.get("code"))


def _failure_findings(course: Course, code: int) -> Iterator[Finding]:
    """A task that fails says so in a callback, in any order with others, and in polling."""
    with_code = [body for body in course.bodies if isinstance(body, dict) and body.get("code") == code]
    last = next(iter(with_code or course.bodies[-1:]), None)
    if not isinstance(last, dict):
        yield finding("failure.callback", f"a callback with code {code}", "none")
        return
    if last.get("code") != code:
        yield finding("failure.code", f"code {code} in the last callback", last.get("code"))
    if not isinstance(last.get("msg"), str) or not last["msg"]:
        yield finding("failure.msg", "msg, a text that is not empty", last.get("msg"))
    if course.data(last).get("task_id") != course.exchange.task_id:
        yield finding("failure.task_id", f"{course.exchange.task_id}", course.data(last).get("task_id"))
    if course.tracks(last):
        yield finding("failure.data", "no tracks", course.tracks(last))
    yield from failed_record_findings(course, code)


COURSE_CHECKS: Final[Sequence[Callable[[Course, Published], Iterator[Finding]]]] = (
    track_findings,
    identity_findings,
    echo_findings,
    record_findings,
    step_findings,
    member_findings,
)
