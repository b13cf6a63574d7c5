"""Finds what is wrong with the callbacks of one accepted request. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, starmap
from typing import Any, Final

from contract_tests.documents.oracle import Oracle
from contract_tests.documents.published import Published
from contract_tests.probes.request import STAGES
from contract_tests.receiver.http_server import BODY_LIMIT
from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.answers import timing_findings
from contract_tests.verdicts.course import Course, Finding, finding, ids, parsed
from contract_tests.verdicts.polling import failed_record_findings, record_findings, step_findings
from contract_tests.verdicts.retries import received, retry_findings

TOGETHER: Final = 0.1
"""Seconds within which callbacks arrive that were sent at the same time: which of them comes first is chance."""


def callback_findings(course: Course, published: Published, oracle: Oracle) -> Iterator[Finding]:
    """What is wrong with the callbacks of one accepted request."""
    yield from timing_findings(course.probe, course.exchange, course.arrivals)
    if course.probe.fails is not None:
        yield from _failure_findings(course, course.probe.fails)
        return
    for arrival in course.arrivals:
        yield from _arrival_findings(course, arrival, oracle)
        yield from _success_findings(arrival)
    yield from retry_findings(course)
    if course.probe.gives_up:
        return
    course = replace(course, arrivals=received(course.arrivals))
    yield from _stage_findings(course, published)
    for check in COURSE_CHECKS:
        yield from check(course, published)


def _stage_findings(course: Course, published: Published) -> Iterator[Finding]:
    stages = course.stages()
    for number, stage in enumerate(stages):
        if stages.count(stage) > 1 and stages.index(stage) == number:
            yield finding("callback.once", f"{stage} once, it was answered with 200", stages)
        if stage not in STAGES and stages.index(stage) == number:
            yield finding("callback.stage", f"one of {', '.join(STAGES)}", stage)
    if "complete" not in stages:
        yield finding("callback.complete", "a callback with callbackType complete", stages or "no callback")
    known = [(stage, arrival.at) for stage, arrival in zip(stages, course.arrivals, strict=True) if stage in STAGES]
    in_order = published.picks["callback_order"] == "in_order"
    if in_order and not course.probe.disturbs and any(starmap(_overtakes, combinations(known, 2))):
        yield finding("callback.order", "text, first, complete", [stage for stage, _ in known])


def _overtakes(one: tuple[str, float], later: tuple[str, float]) -> bool:
    return STAGES.index(one[0]) > STAGES.index(later[0]) and later[1] - one[1] > TOGETHER


def _arrival_findings(course: Course, arrival: Arrival, oracle: Oracle) -> Iterator[Finding]:
    body = parsed(arrival.body)
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    if arrival.method != "POST":
        yield finding("callback.method", "POST", arrival.method)
    if not headers.get("content-type", "").lower().startswith("application/json"):
        yield finding("callback.contentType", "application/json", headers.get("content-type", "none"))
    if not isinstance(body, dict):
        cut = f" (read to {BODY_LIMIT} bytes)" if len(arrival.body) >= BODY_LIMIT else ""
        yield finding("callback.json", "a JSON object", arrival.body[:200].decode(errors="replace") + cut)
        return
    for problem in oracle.callback(arrival.body):
        if ".createTime" not in problem:  # an open question, observed elsewhere
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


def _track_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Complete lists as many tracks as the family makes, and each is finished."""
    wanted = published.family["tracks_per_task"]
    for body in course.bodies:
        if course.data(body).get("callbackType") != "complete":
            continue
        tracks = course.tracks(body)
        if len(tracks) != wanted:
            yield finding("callback.tracks.count", f"{wanted} tracks at complete", len(tracks))
        for track in tracks:
            yield from _finished_findings(track, published, course.request["model"])


def _finished_findings(track: Mapping[str, Any], published: Published, model: str) -> Iterator[Finding]:
    for field in ("id", "audio_url", "stream_audio_url", "image_url", "model_name", "title"):
        if not isinstance(track.get(field), str) or not track[field]:
            yield finding(f"callback.track.{field}", "a text that is not empty", track.get(field))
    for field in ("audio_url", "stream_audio_url", "image_url"):
        if not str(track.get(field)).startswith(("http://", "https://")):
            yield finding(f"callback.track.{field}", "a URL", track.get(field))
    duration = track.get("duration")
    longest = published.family["longest"][model]
    if isinstance(duration, bool) or not isinstance(duration, int | float) or not 0 < duration <= longest:
        yield finding("callback.track.duration", f"seconds, above 0 and at most {longest}", duration)
    if track.get("model_name") not in (published.family["model_names"][model], None):
        yield finding("callback.track.model_name", published.family["model_names"][model], track.get("model_name"))
    if "createTime" not in track:
        yield finding("callback.track.createTime", "createTime", "none")


def _identity_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Tracks keep their ids over the stages, and no two have the same."""
    last = ids(course)(course.finished)
    if any(last.count(id) > 1 for id in last):
        yield finding("callback.track.ids", "an id of its own for every track", last)
    for body in course.bodies:
        if any(id not in last for id in ids(course)(body)):
            yield finding("callback.track.stable", f"ids of {last} at every stage", ids(course)(body))


def _echo_findings(course: Course, published: Published) -> Iterator[Finding]:
    """With custom parameters the tracks carry what was asked for."""
    request = course.request
    if request.get("defaultParamFlag") is not True:
        return
    for body in course.bodies:
        for track in course.tracks(body):
            for field, asked in (("title", "title"), ("tags", "style"), ("prompt", "prompt")):
                if asked in request and track.get(field) != request[asked]:
                    expected = f"{asked} of the request, {request[asked]!r:.80}"
                    yield finding(f"callback.echo.{field}", expected, f"{track.get(field)!r:.80}")


def mixed_findings(courses: Sequence[Course]) -> Iterator[tuple[Course, list[Finding]]]:
    """No callback of a task carries the title of a task that was started at the same time."""
    for course in courses:
        together = [each for each in courses if each.probe.group and each.probe.group == course.probe.group]
        others = [each.request["title"] for each in together if each is not course]
        tracks = [track for body in course.bodies for track in course.tracks(body)]
        if others and tracks:
            own = f"{course.request['title']!r}, as its own request, which was sent beside others"
            wrong = [track["title"] for track in tracks if track.get("title") in others]
            yield course, [finding("callback.mixed", own, title) for title in wrong[:1]]


COURSE_CHECKS: Final[Sequence[Callable[[Course, Published], Iterator[Finding]]]] = (
    _track_findings,
    _identity_findings,
    _echo_findings,
    record_findings,
    step_findings,
)
