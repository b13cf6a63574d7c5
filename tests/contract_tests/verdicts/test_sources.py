"""What is no violation: a server that does so conforms, and is told of at most as one that deviates."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.documents import rules
from contract_tests.verdicts.callbacks import failed_with, left_open
from contract_tests.verdicts.course import Course, Finding
from contract_tests.verdicts.readings import Observed, observed
from contract_tests.verdicts.results import Verdict, judged, otherwise, two_ways
from tests.contract_tests.verdicts.faults import FAILED, FAILING, FAILURE, answered, called, wrong_track
from tests.courses import (
    ACCEPTED,
    BAD,
    GOOD,
    PUBLISHED,
    REFUSED,
    arrival,
    course,
    exchange,
    record,
    stage,
    track,
)

UNDER_WAY = record(status="FIRST_SUCCESS")


def binding(found: list[str]) -> list[str]:
    """The rules among these of which a violation is told."""
    return [rule for rule in found if rules.source(rule).binds]


def finished(**changes: Any) -> Course:
    """A course whose finished tracks have these members."""
    return wrong_track(**changes)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": 200, "data": GOOD["data"]}, 200),
        ({**GOOD, "msg": ""}, 200),
        ({**BAD, "data": {}}, 200),
        ({"code": 422, "msg": "x"}, 400),
    ],
)
def test_an_answer_may_be_otherwise(body: Any, status: int) -> None:
    probe = ACCEPTED if body["code"] == 200 else REFUSED
    assert binding(answered(probe, exchange(body, probe, status=status))) == []


@pytest.mark.parametrize(
    "conforming",
    [
        finished(prompt="[Verse] Night city lights shining bright", tags="electrifying, rock"),
        finished(model_name="V4"),
        finished(model_name="chirp-v3-5"),
        finished(duration=240.04),
        finished(duration=520),
        finished(image_url=...),
        finished(createTime=1735689600000),
        finished(createTime="2025-01-01T00:00:00Z"),
        course(*(stage(name) for name in ("text", "first", "complete") for _ in range(2))),
        course(*(arrival(stage(name), at=101.0 + at) for at, name in enumerate(("first", "complete", "text")))),
        course(record=record(param=exchange().sent.decode().replace("{", '{"more": 1, ', 1))),
        course(record=record(status="DONE")),
        course(stage("text") | {"msg": ""}, stage("complete")),
    ],
)
def test_callbacks_and_records_may_be_otherwise(conforming: Course) -> None:
    assert binding(called(conforming)) == []


@pytest.mark.parametrize("code", sorted(set(PUBLISHED.callback_codes) - {200}))
def test_a_task_that_ends_with_a_documented_failure_failed_at_the_target(code: int) -> None:
    failed = course(stage("text"), FAILURE | {"code": code}, record=FAILED | {"errorCode": 500})
    assert binding(called(failed)) == []
    assert failed_with(failed, PUBLISHED) == code
    assert left_open(failed, PUBLISHED).startswith(f"failed at the target: a callback with code {code}, ")


def test_a_failure_that_nobody_told_of_is_a_violation() -> None:
    assert "callback.code" in binding(called(course(stage("text") | {"code": 418}, stage("complete"))))
    assert "failure.status" in binding(called(course(FAILURE, record=record())))


def test_a_task_that_fails_as_it_should_leaves_nothing_open() -> None:
    assert left_open(course(FAILURE, probe=FAILING, record=FAILED), PUBLISHED) == ""
    assert left_open(course(), PUBLISHED) == ""


def test_callbacks_that_come_after_the_run_has_waited_are_late() -> None:
    late = course(stage("text"), record=UNDER_WAY)
    assert called(late) == []
    assert left_open(late, PUBLISHED) == "late: polling still shows FIRST_SUCCESS, and no callback complete has come"


def test_callbacks_that_polling_no_longer_waits_for_are_missing() -> None:
    assert "callback.complete" in binding(called(course(stage("text"))))


def test_a_lost_callback_is_no_failure_where_the_receiver_was_away() -> None:
    lost = course(arrivals=[], record=record(status="CALLBACK_EXCEPTION", response=None))
    assert binding(called(replace(lost, heard=False))) == ["callback.complete"]
    assert "polling.status" in binding(called(lost))


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ("answer.taskId", Verdict.VIOLATED),
        ("refusal.callback", Verdict.VIOLATED),
        ("callback.tracks.count", Verdict.DEVIATED),
        ("callback.once", Verdict.DEVIATED),
        ("text_items", Verdict.VIOLATED),
    ],
)
def test_where_a_rule_stands_decides_what_is_told_of_it(rule: str, verdict: Verdict) -> None:
    assert otherwise(rule, None, (), None).verdict is verdict


def test_a_rule_is_kept_though_the_answer_deviates_from_another() -> None:
    data, msg = (Finding(rule=rule, expected="", got="") for rule in ("refusal.data", "answer.msg"))
    found = [(each.rule, each.verdict) for each in judged(REFUSED, exchange(BAD, REFUSED), [data])]
    assert found == [("refusal.data", Verdict.DEVIATED), (REFUSED.rule, Verdict.PASSED)]
    assert [each.rule for each in judged(REFUSED, exchange(BAD, REFUSED), [msg, data])] == [msg.rule, data.rule]
    assert [each.verdict for each in judged(REFUSED, exchange(), [data], "refusal.data")] == [Verdict.DEVIATED]


def test_what_is_kept_is_a_pass() -> None:
    (kept,) = judged(ACCEPTED, exchange(), [])
    assert (kept.rule, kept.verdict, kept.broken) == (ACCEPTED.rule, Verdict.PASSED, False)


# Open questions.


@pytest.mark.parametrize(
    ("question", "readings", "contradicts"),
    [
        ("refusal_status", ("envelope",), False),
        ("refusal_status", ("envelope", "mirror"), True),
        ("callback_order", ("in_order", "overtaking"), False),
        ("delivery.spacing", ("1, 1, 1", "1, 1, 2"), False),
    ],
)
def test_one_server_that_reads_a_question_in_two_ways_contradicts_itself(
    question: str, readings: tuple[str, ...], contradicts: bool
) -> None:
    assert Observed(question=question, readings=readings).contradicts is contradicts


def test_two_ways_are_a_violation() -> None:
    told = two_ways("refusal_status", "envelope and mirror")
    assert (told.verdict, told.findings[0].got) == (Verdict.VIOLATED, "envelope and mirror")


def test_a_reading_that_no_source_has_is_none() -> None:
    seen = observed([(REFUSED, exchange({**BAD, "data": {}}, REFUSED, status=400))], [])
    assert {"refusal_status", "error_data"}.isdisjoint(each.question for each in seen)


def test_an_answer_to_an_open_question_that_no_reading_gives_is_no_violation() -> None:
    asking = replace(REFUSED, rule="question.empty_text", question="empty_text")
    assert answered(asking, exchange({**BAD, "code": 409, "msg": "x"}, asking)) == []


def test_tracks_of_two_tasks_may_be_alike() -> None:
    assert called(course(stage("complete", data=[track(0), track(1)]))) == []
