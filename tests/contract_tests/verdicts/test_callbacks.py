"""Every finding comes of one change to something good, and of nothing good comes a finding."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.verdicts.callbacks import callback_findings
from contract_tests.verdicts.course import Course, Finding
from contract_tests.verdicts.polling import failed_record_findings, record_findings
from contract_tests.verdicts.readings import observed
from contract_tests.verdicts.tracks import mixed_findings
from tests.contract_tests.verdicts.faults import (
    COURSES,
    FAILED,
    FAILING,
    FAILURE,
    FAILURES,
    anything,
    called,
    together,
)
from tests.courses import ACCEPTED, PUBLISHED, arrival, course, exchange, record, stage, track


def test_a_good_course_has_no_finding() -> None:
    assert called(course()) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [pytest.param(changed, rule, id=name) for name, changed, rule in COURSES],
)
def test_a_course_with_one_fault_has_its_finding(changed: Course, rule: str) -> None:
    assert rule in called(changed)


def test_tasks_at_the_same_time_carry_their_own_texts() -> None:
    assert [found for _, found in mixed_findings(together("one", "two"))] == [[], []]


def test_a_text_of_a_task_beside_it_is_a_finding() -> None:
    _, (_, found) = mixed_findings(together("one", "two", told={"two": "one"}))
    (mixed,) = found
    assert (mixed.rule, mixed.got) == ("callback.mixed", "one")
    assert mixed.expected == '"two", as its own request, which was sent beside others'


@pytest.mark.parametrize("alone", [together("one"), [course(), course()]])
def test_a_task_alone_is_mixed_with_none(alone: list[Course]) -> None:
    assert list(mixed_findings(alone)) == []


def test_a_silent_course_lacks_its_last_callback() -> None:
    findings = list(callback_findings(course(arrivals=[]), PUBLISHED))
    assert findings == [
        Finding(rule="callback.complete", expected="a callback with callbackType complete", got="no callback")
    ]


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
    FAILURES,
)
def test_a_failure_with_one_fault_has_its_finding(changed: Course, rule: str) -> None:
    assert called(changed) == [rule] or rule in called(changed)


def test_without_callbacks_the_record_is_judged_alone() -> None:
    assert list(record_findings(course(arrivals=[]), PUBLISHED)) == []
    assert list(failed_record_findings(course(probe=FAILING, arrivals=[], record=FAILED), 501)) == []


def test_a_timeline_tells_when_the_answer_and_each_callback_came() -> None:
    times = course(arrival(stage("text"), at=102.0), arrival(stage("text", callbackType="\ud800"), at=103.0)).timeline()
    assert times == ((0.5, "answer"), (2.0, "text"), (3.0, "\\ud800"))


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
    for finding in callback_findings(judged, PUBLISHED):
        f"{finding}".encode()
    for each in observed([(judged.probe, exchange(body)) for body in bodies], [judged]):
        assert each.readings
    "".join(what for _, what in judged.timeline()).encode()
