"""Every finding comes of one change to something good, and of nothing good comes a finding."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.documents.oracle import Oracle
from contract_tests.documents.published import Published
from contract_tests.probes.request import Probe, Reply
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.answers import answer_findings
from contract_tests.verdicts.callbacks import callback_findings, mixed_findings
from contract_tests.verdicts.course import Course, Finding, Poll
from contract_tests.verdicts.polling import failed_record_findings, record_findings
from contract_tests.verdicts.readings import observed
from tests.courses import (
    ACCEPTED,
    BAD,
    GOOD,
    PROBES,
    PUBLISHED,
    REFUSED,
    arrival,
    course,
    exchange,
    record,
    stage,
    track,
)

ORACLE = Oracle(PUBLISHED.document)
GET = next(probe for probe in PROBES if probe.method == "GET")
LONG = json.dumps({"code": 200, "msg": "x", "data": {"callbackType": "text"}}).encode()
FAILING = replace(ACCEPTED, fails=501)
FAILURE = {"code": 501, "msg": "Generation failed.", "data": {"callbackType": "error", "task_id": "5c79", "data": None}}
FAILED = record(status="GENERATE_AUDIO_FAILED", errorCode=501)


def answered(probe: Probe, exchange: Exchange) -> list[str]:
    return [each.rule for each in answer_findings(probe, exchange, PUBLISHED, ORACLE)]


def called(course: Course, published: Published = PUBLISHED) -> list[str]:
    return [each.rule for each in callback_findings(course, published, ORACLE)]


def wrong_track(**changes: Any) -> Course:
    """A course whose first finished track is another, but keeps its id at `first`."""
    first = {name: value for name, value in changes.items() if name == "id"}
    early = stage("first", data=[track(0, **first)])
    return course(stage("text"), early, stage("complete", data=[track(0, **changes), track(1)]))


@pytest.mark.parametrize("status", [200, 422])
def test_a_refusal_in_either_style_has_no_finding(status: int) -> None:
    assert answered(REFUSED, exchange(BAD, REFUSED, status=status)) == []


def test_an_acceptance_has_no_finding() -> None:
    assert answered(ACCEPTED, exchange()) == []


def test_no_probe_has_a_finding_on_what_it_expects() -> None:
    for probe in (probe for probe in PROBES if probe.method == "POST"):
        for code in probe.expected.codes & PUBLISHED.codes.keys():
            body = GOOD if code == 200 else {**BAD, "code": code}
            assert answered(probe, exchange(body, probe)) == [], probe.id


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"error": "ReadTimeout: slow"}, "answer.given"),
        ({"content_type": "text/html"}, "answer.contentType"),
        ({"content_type": ""}, "answer.contentType"),
        ({"body": b"<html>"}, "answer.json"),
        ({"body": b"[" * 100_000}, "answer.json"),
        ({"body": {**BAD, "code": "422"}}, "answer.code.type"),
        ({"body": {**BAD, "code": True}}, "answer.code.type"),
        ({"body": {**BAD, "code": 418}}, "answer.code.listed"),
        ({"body": {**BAD, "msg": ""}}, "answer.msg"),
        ({"body": {**BAD, "msg": ["x"]}}, "answer.msg"),
        ({"status": 400}, "answer.status"),
        ({"body": {**BAD, "code": 401}}, "extend.title.length"),
        ({"body": GOOD}, "extend.title.length"),
        ({"body": {**BAD, "data": {"taskId": "5c79"}}}, "refusal.taskId"),
        ({"body": {**BAD, "data": {"error": "x"}}}, "refusal.data"),
    ],
)
def test_a_refusal_with_one_fault_has_its_finding(changes: dict[str, Any], rule: str) -> None:
    assert rule in answered(REFUSED, exchange(**{"body": BAD, "probe": REFUSED, **changes}))


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        (BAD, {"extend.example"}),
        ({"code": 200, "msg": "success", "data": {}}, {"answer.taskId"}),
        ({"code": 200, "msg": "success", "data": {"taskId": 5}}, {"answer.taskId", "answer.schema"}),
    ],
)
def test_an_acceptance_with_one_fault_has_its_finding(body: Any, rules: set[str]) -> None:
    assert set(answered(ACCEPTED, exchange(body))) == rules


@pytest.mark.parametrize("body", [GOOD, {"data": {"taskId": "x"}}])
def test_another_method_must_not_succeed(body: Any) -> None:
    assert answered(GET, exchange(body, GET)) == ["extend.method"]
    assert answered(GET, exchange(b"<html>", GET, status=405)) == []


def test_another_method_must_not_get_a_page_with_http_200() -> None:
    assert answered(GET, exchange(b"<html>", GET)) == ["extend.method"]


def test_a_finding_says_what_was_expected_and_what_came() -> None:
    (finding,) = answer_findings(REFUSED, exchange(BAD | {"code": 401}, REFUSED), PUBLISHED, ORACLE)
    assert finding.expected == f"code 422, because {REFUSED.says}"
    assert finding.got == 'HTTP 200 {"code": 401, "msg": "title is too long", "data": null}'


def test_a_good_course_has_no_finding() -> None:
    assert called(course()) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        pytest.param(course(stage("text"), stage("first")), "callback.complete", id="no complete"),
        pytest.param(
            course(arrival(stage("first")), arrival(stage("text"), at=102.0), arrival(stage("complete"), at=103.0)),
            "callback.order",
            id="another order",
        ),
        pytest.param(course(*map(stage, ("text", "text", "first", "complete"))), "callback.once", id="text twice"),
        pytest.param(course(stage("text", callbackType="TEXT"), stage("complete")), "callback.stage", id="no stage"),
        pytest.param(course(stage("text", callbackType=[]), stage("complete")), "callback.stage", id="a list as stage"),
        pytest.param(course(arrival(stage("text"), method="PUT")), "callback.method", id="PUT"),
        pytest.param(course(arrival(stage("text"), headers={})), "callback.contentType", id="no content type"),
        pytest.param(course(arrival(stage("text"), at=99.0)), "callback.early", id="early"),
        pytest.param(course(b"<html>"), "callback.json", id="no JSON"),
        pytest.param(course(b"[" * 100_000), "callback.json", id="nested deeply"),
        pytest.param(course(stage("text") | {"msg": 5}), "callback.schema", id="against the schema"),
        pytest.param(course(stage("text") | {"msg": ""}), "callback.msg", id="no msg"),
        pytest.param(course(stage("text") | {"code": 500}), "callback.code", id="code 500"),
        pytest.param(course(stage("text", task_id="other")), "callback.task_id", id="another task"),
        pytest.param(course(stage("complete", data=[track(0)])), "callback.tracks.count", id="one track"),
        pytest.param(course(stage("complete", data=[track(0), track(0)])), "callback.track.ids", id="the same id"),
        pytest.param(course(stage("complete", data=[track(0, id={})] * 2)), "callback.track.ids", id="objects as ids"),
        pytest.param(
            course(stage("first", data=[track(9)]), stage("complete")), "callback.track.stable", id="other ids"
        ),
        pytest.param(wrong_track(audio_url="/a.mp3"), "callback.track.audio_url", id="a path as URL"),
        pytest.param(wrong_track(id=5), "callback.track.id", id="a number as id"),
        pytest.param(wrong_track(duration=0), "callback.track.duration", id="no duration"),
        pytest.param(wrong_track(duration=240.5), "callback.track.duration", id="too long"),
        pytest.param(wrong_track(duration=True), "callback.track.duration", id="true as duration"),
        pytest.param(wrong_track(model_name="V4"), "callback.track.model_name", id="the public name"),
        pytest.param(wrong_track(createTime=...), "callback.track.createTime", id="no createTime"),
        pytest.param(wrong_track(title="Other"), "callback.echo.title", id="another title"),
        pytest.param(wrong_track(tags="other"), "callback.echo.tags", id="another style"),
        pytest.param(wrong_track(prompt="other"), "callback.echo.prompt", id="another prompt"),
        pytest.param(
            course(arrival(stage("text"), at=99.0), probe=replace(ACCEPTED, replies=(Reply(holds=1.0),))),
            "answer.waits",
            id="an answer that waits",
        ),
        pytest.param(course(arrival(stage("text"), status=500)), "delivery.retry", id="no retry"),
        pytest.param(course(polls=[Poll(exchange=exchange(), arrival=arrival(stage("text")))]), "polling.step", id="-"),
        pytest.param(course(record=None), "polling.record", id="no record"),
        pytest.param(course(record=record(taskId="other")), "polling.taskId", id="a record of another"),
        pytest.param(course(record=record(status="PENDING")), "polling.status", id="pending"),
        pytest.param(course(record=record(param="\ud800")), "polling.param", id="another param"),
        pytest.param(course(record=record(response=None)), "polling.tracks", id="no tracks in the record"),
    ],
)
def test_a_course_with_one_fault_has_its_finding(changed: Course, rule: str) -> None:
    assert rule in called(changed)


def together(*titles: str, told: dict[str, str] | None = None) -> list[Course]:
    """Tasks that were started at the same time; `told` is another title that callbacks carry in place of one."""
    courses = []
    for title in titles:
        sent = json.dumps({**json.loads(exchange().sent), "title": title}).encode()
        shown = (told or {}).get(title, title)
        done = stage("complete", data=[track(0, title=shown), track(1, title=shown)])
        courses.append(course(done, probe=replace(ACCEPTED, group="x"), exchange=exchange(sent=sent)))
    return courses


def test_tasks_at_the_same_time_carry_their_own_texts() -> None:
    assert [found for _, found in mixed_findings(together("one", "two"))] == [[], []]


def test_a_text_of_a_task_beside_it_is_a_finding() -> None:
    _, (_, found) = mixed_findings(together("one", "two", told={"two": "one"}))
    (mixed,) = found
    assert (mixed.rule, mixed.got) == ("callback.mixed", "one")
    assert mixed.expected == "'two', as its own request, which was sent beside others"


@pytest.mark.parametrize("alone", [together("one"), [course(), course()]])
def test_a_task_alone_is_mixed_with_none(alone: list[Course]) -> None:
    assert list(mixed_findings(alone)) == []


def test_a_silent_course_lacks_its_last_callback() -> None:
    findings = list(callback_findings(course(arrivals=[]), PUBLISHED, ORACLE))
    assert findings == [
        Finding(rule="callback.complete", expected="a callback with callbackType complete", got="no callback")
    ]


def test_where_callbacks_may_overtake_each_other_no_order_is_asked_for() -> None:
    shuffled = course(arrival(stage("first")), arrival(stage("text"), at=102.0), arrival(stage("complete"), at=103.0))
    assert called(shuffled, Published.read("observed")) == []


def test_callbacks_that_come_at_the_same_time_have_no_order() -> None:
    assert called(course(stage("first"), stage("text"), stage("complete"))) == []


def test_original_parameters_are_not_echoed() -> None:
    body = {**json.loads(exchange().sent), "defaultParamFlag": False}
    sent = json.dumps(body)
    titled = stage("complete", data=[track(0, title="Other"), track(1)])
    assert called(course(titled, exchange=exchange(sent=sent.encode()), record=record(param=sent))) == []


def test_a_failure_as_it_should_be_has_no_finding() -> None:
    assert called(course(FAILURE, probe=FAILING, record=FAILED)) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (course(b"x", probe=FAILING, record=FAILED), "failure.callback"),
        (course(arrivals=[], probe=FAILING, record=FAILED), "failure.callback"),
        (course(FAILURE | {"code": 500}, probe=FAILING, record=FAILED), "failure.code"),
        (course(FAILURE | {"msg": None}, probe=FAILING, record=FAILED), "failure.msg"),
        (course(FAILURE | {"data": None}, probe=FAILING, record=FAILED), "failure.task_id"),
        (course(stage("complete") | {"code": 501}, probe=FAILING, record=FAILED), "failure.data"),
        (course(FAILURE, probe=FAILING, record=FAILED | {"errorCode": 500}), "failure.polling"),
        (course(FAILURE, probe=FAILING, record=FAILED | {"status": "SUCCESS"}), "failure.status"),
        (course(FAILURE, probe=FAILING, record=None), "failure.status"),
    ],
)
def test_a_failure_with_one_fault_has_its_finding(changed: Course, rule: str) -> None:
    assert called(changed) == [rule] or rule in called(changed)


def test_without_callbacks_the_record_is_judged_alone() -> None:
    assert list(record_findings(course(arrivals=[]), PUBLISHED)) == []
    assert list(failed_record_findings(course(probe=FAILING, arrivals=[], record=FAILED), 501)) == []


def test_a_timeline_tells_when_the_answer_and_each_callback_came() -> None:
    times = course(arrival(stage("text"), at=102.0), arrival(stage("text", callbackType="\ud800"), at=103.0)).timeline()
    assert times == ((0.5, "answer"), (2.0, "text"), (3.0, "\\ud800"))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner), max_leaves=8
)
near = st.builds(
    lambda name, changes: stage(name, **changes),
    st.sampled_from(["text", "complete"]),
    st.dictionaries(
        st.sampled_from(["callbackType", "task_id", "data"]),
        anything
        | st.lists(
            st.builds(lambda changes: track(0, **changes), st.dictionaries(st.sampled_from(sorted(track(0))), anything))
        ),
    ),
)


@settings(max_examples=60)
@given(
    st.lists(anything | near | st.binary(), max_size=3),
    anything
    | st.builds(
        lambda value: record(**value),
        st.dictionaries(st.sampled_from(["taskId", "status", "param", "response", "errorCode"]), anything),
    ),
    st.sampled_from([None, 501]),
)
def test_whatever_comes_is_judged_and_can_be_printed(bodies: list[Any], polled: Any, fails: int | None) -> None:
    came = [arrival(body) for body in bodies]
    judged = course(arrivals=came, record=polled, probe=replace(ACCEPTED, fails=fails))
    for finding in callback_findings(judged, PUBLISHED, ORACLE):
        f"{finding}".encode()
    for each in observed([exchange(body) for body in bodies], [judged]):
        assert each.readings
    "".join(what for _, what in judged.timeline()).encode()


@settings(max_examples=60)
@given(
    st.sampled_from(PROBES[::10]),
    anything | st.binary() | st.dictionaries(st.sampled_from(["code", "msg", "data"]), anything),
)
def test_whatever_is_answered_is_judged_and_can_be_printed(probe: Probe, body: Any) -> None:
    for finding in answer_findings(probe, exchange(body, probe), PUBLISHED, ORACLE):
        f"{finding}".encode()
