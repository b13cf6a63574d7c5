"""Answers and callbacks → findings: which rule is broken, what was expected and what came. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from contract_tests.courses import STAGES, Course, Finding, finding, ids, parsed
from contract_tests.exchanges import Exchange
from contract_tests.oracle import Oracle
from contract_tests.published import Published
from contract_tests.receiver import Arrival
from contract_tests.requests import Probe


def answer_findings(probe: Probe, exchange: Exchange, published: Published, oracle: Oracle) -> Iterator[Finding]:
    """What is wrong with an answer: first its form, then what it decided."""
    if exchange.error:
        yield Finding(rule="answer.given", expected="an answer", got=exchange.error)
        return
    if probe.method != "POST":
        if exchange.task_id is not None or exchange.code == 200:
            yield Finding(rule=probe.rule, expected="no success", got=_shown(exchange))
        return
    yield from _envelope_findings(exchange, published)
    if exchange.code is not None:
        yield from _decision_findings(probe, exchange, published, oracle)


def _decision_findings(probe: Probe, exchange: Exchange, published: Published, oracle: Oracle) -> Iterator[Finding]:
    code = exchange.code
    if code not in probe.expected.codes:
        wanted = " or ".join(map(str, sorted(probe.expected.codes)))
        yield Finding(rule=probe.rule, expected=f"code {wanted}, because {probe.says}", got=_shown(exchange))
    if code == 200:
        if exchange.task_id is None:
            yield Finding(rule="answer.taskId", expected="data.taskId, a text", got=_shown(exchange))
        for problem in oracle.answer(exchange.status, exchange.content_type, exchange.body):
            yield Finding(rule="answer.schema", expected=published.document.name, got=problem)
    elif exchange.task_id is not None:
        yield Finding(rule="refusal.taskId", expected="no taskId in a refusal", got=_shown(exchange))
    elif exchange.envelope.get("data") not in (None, [], ""):
        yield Finding(rule="refusal.data", expected="data null or absent in a refusal", got=_shown(exchange))


def _envelope_findings(exchange: Exchange, published: Published) -> Iterator[Finding]:
    envelope = exchange.envelope
    if "json" not in exchange.content_type.lower():
        yield Finding(rule="answer.contentType", expected="application/json", got=exchange.content_type or "none")
    if not isinstance(envelope, dict):
        yield Finding(rule="answer.json", expected="a JSON object {code, msg, data}", got=_shown(exchange))
        return
    if exchange.code is None:
        yield Finding(rule="answer.code.type", expected="code, an integer", got=_shown(exchange))
    elif exchange.code not in published.codes:
        listed = ", ".join(map(str, published.codes))
        yield Finding(rule="answer.code.listed", expected=f"one of {listed}", got=str(exchange.code))
    if not isinstance(envelope.get("msg"), str) or not envelope["msg"]:
        yield Finding(rule="answer.msg", expected="msg, a text that is not empty", got=_shown(exchange))
    if exchange.status not in (200, exchange.code):
        expected = f"HTTP 200 or the envelope's code {exchange.code}"
        yield Finding(rule="answer.status", expected=expected, got=f"HTTP {exchange.status}")


def callback_findings(course: Course, published: Published, oracle: Oracle) -> Iterator[Finding]:
    """What is wrong with the callbacks of one accepted request."""
    if course.probe.fails is not None:
        yield from _failure_findings(course, course.probe.fails)
        return
    if course.probe.answers and course.arrivals:
        failed, *others = course.arrivals
        if failed.body not in [arrival.body for arrival in others]:
            yield finding("delivery.retry", f"the same callback again after HTTP {course.probe.answers[0]}", "none")
        course = replace(course, arrivals=others)
    for arrival in course.arrivals:
        yield from _arrival_findings(course, arrival, oracle)
        yield from _success_findings(arrival)
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
    known = [stage for stage in stages if stage in STAGES]
    in_order = published.picks["callback_order"] == "in_order"
    if in_order and known != sorted(known, key=STAGES.index):
        yield finding("callback.order", "text, first, complete", known)


def _arrival_findings(course: Course, arrival: Arrival, oracle: Oracle) -> Iterator[Finding]:
    body = parsed(arrival.body)
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    if arrival.method != "POST":
        yield finding("callback.method", "POST", arrival.method)
    if not headers.get("content-type", "").lower().startswith("application/json"):
        yield finding("callback.contentType", "application/json", headers.get("content-type", "none"))
    if arrival.at < course.exchange.started:
        yield finding("callback.early", "no callback before the request", arrival.at)
    if not isinstance(body, dict):
        yield finding("callback.json", "a JSON object", arrival.body[:200].decode(errors="replace"))
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
    """A task that fails says so in a callback, which others may overtake, and in polling."""
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


def failed_record_findings(course: Course, code: int) -> Iterator[Finding]:
    """Polling tells of the failure."""
    record = course.record if isinstance(course.record, dict) else {}
    if record.get("errorCode") != code:
        yield finding("failure.polling", f"errorCode {code} in polling", record.get("errorCode"))
    if record.get("status") in ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS", None):
        yield finding("failure.status", "a status that says that the task failed", record.get("status"))


def _track_findings(course: Course, published: Published) -> Iterator[Finding]:
    """The finished tracks of complete."""
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
    last = next((ids for ids in map(ids(course), reversed(course.bodies)) if ids), [])
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


def record_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Polling agrees with the callbacks once they have all come."""
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
    response = record.get("response")
    items = response.get("sunoData") if isinstance(response, dict) else None
    polled = [item.get("id") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    last = ids(course)(course.bodies[-1]) if course.bodies else polled
    if polled != last or not polled:
        yield finding("polling.tracks", f"the tracks of the last callback, {last}", polled)


COURSE_CHECKS: Final[Sequence[Callable[[Course, Published], Iterator[Finding]]]] = (
    _track_findings,
    _identity_findings,
    _echo_findings,
    record_findings,
)


def _shown(exchange: Exchange) -> str:
    return f"HTTP {exchange.status} {exchange.body[:300].decode(errors='replace')}"
