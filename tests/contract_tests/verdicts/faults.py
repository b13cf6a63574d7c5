"""Answers, callbacks and records with one planted fault each, and the rule that the fault breaks."""

import json
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from hypothesis import strategies as st

from contract_tests.documents.published import Published
from contract_tests.probes.request import Probe, Reply
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.agreement import shown_findings, unique_findings
from contract_tests.verdicts.answers import answer_findings, envelope_findings, fresh_findings, stable_finding
from contract_tests.verdicts.callbacks import callback_findings
from contract_tests.verdicts.course import Course, Poll
from contract_tests.verdicts.polling import credits_findings, step_findings
from contract_tests.verdicts.tracks import mixed_findings
from contract_tests.verdicts.unasked import silence_findings, size_findings, stray_findings
from tests.courses import (
    ACCEPTED,
    BAD,
    GOOD,
    PUBLISHED,
    REFUSED,
    STAGES,
    arrival,
    course,
    exchange,
    record,
    stage,
    track,
)

FAILING = replace(ACCEPTED, fails=501)
FAILURE = {"code": 501, "msg": "Generation failed.", "data": {"callbackType": "error", "task_id": "5c79", "data": None}}
FAILED = record(status="GENERATE_AUDIO_FAILED", errorCode=501)
REACHED = {"text": "TEXT_SUCCESS", "first": "FIRST_SUCCESS", "complete": "SUCCESS"}


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner), max_leaves=8
)
"""Any JSON value."""


def poll(name: str, at: float = 101.0, came: bool = True, answer: Any = None, **changes: Any) -> Poll:
    """A look while a stage's callback waits; the changes are of the record."""
    ids = [{"id": f"track-{number}"} for number in range(STAGES[name])]
    seen = record(**{"status": REACHED[name], "response": {"sunoData": ids}, **changes})
    body = {"code": 200, "data": seen} if answer is None else answer
    return Poll(
        exchange=exchange(body, started=at, answered=at + 0.1), arrival=arrival(stage(name), at=at) if came else None
    )


def answered(probe: Probe, exchange: Exchange) -> list[str]:
    """The rules that an answer breaks."""
    return [each.rule for each in answer_findings(probe, exchange, PUBLISHED)]


def called(course: Course, published: Published = PUBLISHED) -> list[str]:
    """The rules that the callbacks and the record of a task break."""
    return [each.rule for each in callback_findings(course, published)]


def steps(*polls: Poll) -> dict[str, str]:
    """The rules that looks at a task break, and what came."""
    return {each.rule: each.got for each in step_findings(course(polls=polls), PUBLISHED)}


def wrong_track(**changes: Any) -> Course:
    """A course whose first finished track is another, but keeps its id at `first`."""
    first = {name: value for name, value in changes.items() if name == "id"}
    early = stage("first", data=[track(0, **first)])
    return course(stage("text"), early, stage("complete", data=[track(0, **changes), track(1)]))


def together(*titles: str, told: dict[str, str] | None = None) -> list[Course]:
    """Tasks that were started at the same time; `told` is another title that callbacks carry in place of one."""
    courses = []
    for title in titles:
        sent = json.dumps({**json.loads(exchange().sent), "title": title}).encode()
        shown = (told or {}).get(title, title)
        done = stage("complete", data=[track(0, title=shown), track(1, title=shown)])
        courses.append(course(done, probe=replace(ACCEPTED, group="x"), exchange=exchange(sent=sent)))
    return courses


REFUSALS: Final[list[tuple[dict[str, Any], str]]] = [
    ({"error": "ReadTimeout: slow"}, "answer.given"),
    ({"answered": 115.0}, "answer.soon"),
    ({"content_type": "text/html"}, "answer.contentType"),
    ({"content_type": ""}, "answer.contentType"),
    ({"body": b"\xef\xbb\xbf" + json.dumps(GOOD).encode()}, "answer.bom"),
    ({"body": b"<html>"}, "answer.json"),
    ({"body": b"[" * 100_000}, "answer.json"),
    ({"body": {**BAD, "code": "422"}}, "answer.code.type"),
    ({"body": {**BAD, "code": True}}, "answer.code.type"),
    ({"body": {**BAD, "code": 418}}, "answer.code.listed"),
    ({"body": {**BAD, "msg": ""}}, "answer.msg"),
    ({"body": {**BAD, "msg": ["x"]}}, "answer.msg"),
    ({"status": 400}, "answer.status"),
    ({"body": {**BAD, "code": 500}}, "refusal.server_error"),
    ({"status": 500}, "refusal.server_error"),
    ({"body": {**BAD, "code": 401}}, "extend.title.length"),
    ({"body": GOOD}, "extend.title.length"),
    ({"body": {**BAD, "data": {"taskId": "5c79"}}}, "refusal.taskId"),
    ({"body": {**BAD, "data": {"error": "x"}}}, "refusal.data"),
    ({"body": {**BAD, "data": {}}}, "refusal.data"),
    ({"body": GOOD, "status": 201}, "answer.success"),
]
"""Changes of a refusal that is as it should be."""
ACCEPTANCES: Final[list[tuple[Any, set[str]]]] = [
    (BAD, {"extend.example"}),
    ({**BAD, "code": 500}, {"extend.example"}),
    ({"code": 200, "msg": "success", "data": {}}, {"answer.taskId"}),
    ({"code": 200, "msg": "success", "data": {"taskId": 5}}, {"answer.taskId", "answer.schema"}),
]
"""Bodies of the answer to a request that must be accepted."""
OTHERWISE: Final = {"sunoData": [{"id": f"track-{number}", "title": "Another"} for number in range(2)]}
COURSES: Final[list[tuple[str, Course, str]]] = [
    ("no complete", course(stage("text"), stage("first")), "callback.complete"),
    ("another title in the record", course(record=record(response=OTHERWISE)), "polling.members"),
    (
        "another order",
        course(arrival(stage("first")), arrival(stage("text"), at=102.0), arrival(stage("complete"), at=103.0)),
        "callback.order",
    ),
    ("text twice", course(*map(stage, ("text", "text", "first", "complete"))), "callback.once"),
    ("no stage", course(stage("text", callbackType="TEXT"), stage("complete")), "callback.stage"),
    ("a list as stage", course(stage("text", callbackType=[]), stage("complete")), "callback.stage"),
    ("PUT", course(arrival(stage("text"), method="PUT")), "callback.method"),
    ("no content type", course(arrival(stage("text"), headers={})), "callback.contentType"),
    ("marked", course(arrival(b"\xef\xbb\xbf" + json.dumps(stage("text")).encode())), "callback.bom"),
    ("early", course(arrival(stage("text"), at=99.0)), "callback.early"),
    ("no JSON", course(b"<html>"), "callback.json"),
    ("nested deeply", course(b"[" * 100_000), "callback.json"),
    ("against the schema", course(stage("text") | {"msg": 5}), "callback.schema"),
    ("no msg", course(stage("text") | {"msg": ""}), "callback.msg"),
    ("code 500", course(stage("text") | {"code": 500}, stage("complete")), "callback.code"),
    ("code 418", course(stage("text") | {"code": 418}), "callback.code"),
    ("another task", course(stage("text", task_id="other")), "callback.task_id"),
    ("one track", course(stage("complete", data=[track(0)])), "callback.tracks.count"),
    ("the same id", course(stage("complete", data=[track(0), track(0)])), "callback.track.ids"),
    ("objects as ids", course(stage("complete", data=[track(0, id={})] * 2)), "callback.track.ids"),
    ("other ids", course(stage("first", data=[track(9)]), stage("complete")), "callback.track.stable"),
    ("a path as URL", wrong_track(audio_url="/a.mp3"), "callback.track.audio_url"),
    ("a number as stream", wrong_track(stream_audio_url=5), "callback.track.stream_audio_url"),
    ("no URL of audio", wrong_track(audio_url=""), "callback.track.audio_url"),
    ("a path of an image", wrong_track(image_url="/a.jpg"), "callback.track.image_url"),
    ("no image", wrong_track(image_url=""), "callback.track.whole"),
    ("an empty title", wrong_track(title=""), "callback.echo.title"),
    ("no title", wrong_track(title=...), "callback.track.whole"),
    ("a number as id", wrong_track(id=5), "callback.track.id"),
    ("no duration", wrong_track(duration=0), "callback.track.duration"),
    ("too long", wrong_track(duration=240.5), "callback.track.longest"),
    ("true as duration", wrong_track(duration=True), "callback.track.duration"),
    ("the public name", wrong_track(model_name="V4"), "callback.track.model_name"),
    ("no createTime", wrong_track(createTime=...), "callback.track.whole"),
    ("created yesterday", wrong_track(createTime="yesterday"), "callback.track.createTime"),
    ("created on a day", wrong_track(createTime="2025-01-01"), "callback.track.createTime"),
    ("created at an object", wrong_track(createTime={"at": 1}), "callback.track.createTime"),
    ("another title", wrong_track(title="Other"), "callback.echo.title"),
    ("another style", wrong_track(tags="other"), "callback.echo.tags"),
    ("another prompt", wrong_track(prompt="other"), "callback.echo.prompt"),
    (
        "an answer that waits",
        course(arrival(stage("text"), at=99.0), probe=replace(ACCEPTED, replies=(Reply(holds=1.0),))),
        "answer.waits",
    ),
    ("no retry", course(arrival(stage("text"), status=500)), "delivery.retry"),
    (
        "a record behind the callback",
        course(polls=[Poll(exchange=exchange(), arrival=arrival(stage("text")))]),
        "polling.step",
    ),
    ("no record", course(record=None), "polling.record"),
    ("a record of another", course(record=record(taskId="other")), "polling.taskId"),
    ("a record without a taskId", course(record=record(taskId="")), "polling.record"),
    ("pending", course(record=record(status="PENDING")), "polling.status"),
    ("failed", course(record=record(status="GENERATE_AUDIO_FAILED")), "polling.status"),
    ("a lost callback", course(record=record(status="CALLBACK_EXCEPTION")), "polling.status"),
    ("another word", course(record=record(status="DONE")), "polling.word"),
    ("another param", course(record=record(param="\ud800")), "polling.param"),
    ("no tracks in the record", course(record=record(response=None)), "polling.listed"),
    (
        "tracks of another",
        course(record=record(response={"sunoData": [{"id": "x"}]})),
        "polling.tracks",
    ),
]
"""What came for a request that was accepted."""
FAILURES: Final[list[tuple[Course, str]]] = [
    (course(b"x", probe=FAILING, record=FAILED), "failure.callback"),
    (course(arrivals=[], probe=FAILING, record=FAILED), "failure.callback"),
    (course(FAILURE | {"code": 500}, probe=FAILING, record=FAILED), "failure.code"),
    (course(FAILURE | {"msg": None}, probe=FAILING, record=FAILED), "failure.msg"),
    (course(FAILURE | {"data": None}, probe=FAILING, record=FAILED), "failure.task_id"),
    (course(stage("complete") | {"code": 501}, probe=FAILING, record=FAILED), "failure.data"),
    (course(FAILURE, probe=FAILING, record=FAILED | {"errorCode": 500}), "failure.polling"),
    (course(FAILURE, probe=FAILING, record=FAILED | {"status": "SUCCESS"}), "failure.status"),
    (course(FAILURE, probe=FAILING, record=None), "polling.record"),
]
"""What came of a task that was to fail."""
LOOKS: Final[list[tuple[Poll, str, str]]] = [
    (poll("text", status="PENDING"), "polling.step", "PENDING"),
    (poll("complete", status="FIRST_SUCCESS"), "polling.step", "FIRST_SUCCESS"),
    (poll("first", status="DONE"), "polling.step", "DONE"),
    (poll("first", status=[]), "polling.step", "[]"),
    (poll("first", answer={"code": 200, "data": None}), "polling.step", "null"),
    (poll("first", response=None), "polling.step.tracks", "[]"),
    (poll("first", response={"sunoData": [{"id": "x"}]}), "polling.step.tracks", '["x"]'),
]
"""Looks at a task while a callback waits for its answer, and what they show."""
GOING_BACK: Final = (poll("first", 1.0, came=False), poll("text", 2.0, came=False))
"""Two looks at a task whose status goes back."""


ANOTHER: Final = exchange({**GOOD, "data": {"taskId": "another"}})


def found() -> set[str]:
    """Every rule that the judges find broken in one of these."""
    strays, twice = [arrival(b"")], exchange()
    own = replace(PUBLISHED.terms, members={"ok": True})
    findings = [
        *envelope_findings(exchange(), own),
        *fresh_findings(ACCEPTED, twice, {"5c79": ACCEPTED}),
        *chain.from_iterable(findings for _, findings in mixed_findings(together("one", "two", told={"two": "one"}))),
        *chain.from_iterable(findings for _, findings in unique_findings([course(), course(exchange=ANOTHER)])),
        *shown_findings(["an answer"]),
        *credits_findings(1, 2),
        *silence_findings(strays),
        *stray_findings(strays),
        *size_findings(1),
        *(stable_finding(exchange({**BAD, "code": code}), twice) for code in (422, 500)),
    ]
    return {
        *(finding.rule for finding in findings),
        *chain.from_iterable(answered(REFUSED, exchange(**{"body": BAD, "probe": REFUSED, **c})) for c, _ in REFUSALS),
        *chain.from_iterable(answered(ACCEPTED, exchange(body)) for body, _ in ACCEPTANCES),
        *chain.from_iterable(called(each) for _, each, _ in COURSES),
        *chain.from_iterable(called(each) for each, _ in FAILURES),
        *chain.from_iterable(steps(each) for each, _, _ in LOOKS),
        *steps(*GOING_BACK),
    }
