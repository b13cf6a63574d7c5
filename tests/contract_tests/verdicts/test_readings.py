"""What a target's answers and callbacks tell of the open questions."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.probes.request import UNKNOWN_AUDIO, Probe
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Course, Poll
from contract_tests.verdicts.readings import Readings, answered_questions, credits_number, observed, unknown_task
from tests.courses import BAD, GOOD, PROBES, PUBLISHED, REFUSED, arrival, course, exchange, stage, track

UNKNOWN = replace(REFUSED, body=UNKNOWN_AUDIO.encode())


def readings(refusals: list[Exchange], *courses: Course, probe: Probe = REFUSED) -> dict[str, tuple[str, ...]]:
    return {each.question: each.readings for each in observed([(probe, each) for each in refusals], courses)}


def refusal(body: Any = BAD, **changes: Any) -> Exchange:
    return exchange(body, REFUSED, **changes)


def test_nothing_seen_is_nothing_observed() -> None:
    assert readings([]) == {}
    assert readings([refusal(b"<html>")], course(arrivals=[])) == {}


@pytest.mark.parametrize(
    ("seen", "question", "reading"),
    [
        (refusal(), "refusal_status", "envelope"),
        (refusal(status=422), "refusal_status", "mirror"),
        (refusal({**BAD, "code": 500}, status=500), "server_error_status", "http_500"),
        (refusal({**BAD, "code": 500}), "server_error_status", "envelope"),
        (refusal(), "error_data", "null"),
        (refusal({"code": 422, "msg": "x"}), "error_data", "absent"),
        (refusal(), "content_type", "plain"),
        (refusal(content_type="application/json; charset=utf-8"), "content_type", "charset"),
    ],
)
def test_a_refusal_tells_a_reading(seen: Exchange, question: str, reading: str) -> None:
    assert readings([seen])[question] == (reading,)


@pytest.mark.parametrize(("code", "reading"), [(422, "invalid"), (404, "not_found")])
def test_an_audio_id_of_nobody_tells_a_reading_where_nothing_else_is_wrong(code: int, reading: str) -> None:
    seen = refusal({**BAD, "code": code}, sent=UNKNOWN_AUDIO.encode())
    assert readings([seen], probe=UNKNOWN)["unknown_audio"] == (reading,)
    assert "unknown_audio" not in readings([seen])


@pytest.mark.parametrize(
    ("seen", "question", "reading"),
    [
        (course(), "text_items", "none"),
        (course(stage("text", data=[track(0), track(1)])), "text_items", "both"),
        (course(), "first_items", "one"),
        (course(stage("first", data=[track(0), track(1)])), "first_items", "both"),
        (course(), "create_time", "string"),
        (course(stage("complete", data=[track(0, createTime=1735689600000)])), "create_time", "epoch_ms"),
        (course(stage("complete", data=[track(0, createTime="2025-01-01T00:00:00Z")])), "create_time", "rfc3339"),
        (course(stage("complete", data=[track(0, createTime=[])])), "create_time", "another"),
        (course(), "source_urls", "absent"),
        (course(stage("complete", data=[track(0, source_audio_url="x")])), "source_urls", "present"),
        (course(arrival(stage("first")), arrival(stage("text"))), "callback_order", "overtaking"),
    ],
)
def test_a_course_tells_a_reading(seen: Course, question: str, reading: str) -> None:
    assert readings([], seen)[question] == (reading,)


@pytest.mark.parametrize(
    ("status", "tracks", "reading"),
    [
        ("FIRST_SUCCESS", 1, ("one",)),
        ("FIRST_SUCCESS", 2, ("both",)),
        ("TEXT_SUCCESS", 2, ("both",)),
        ("TEXT_SUCCESS", 0, None),
        ("SUCCESS", 2, None),
        (None, 0, None),
        ([], 0, None),
    ],
)
def test_a_poll_on_the_way_tells_a_reading(status: Any, tracks: int, reading: tuple[str, ...] | None) -> None:
    items = [{"id": f"{number}"} for number in range(tracks)]
    record = {"status": status, "response": {"sunoData": items}}
    polls = [
        Poll(exchange=exchange({"code": 200, "data": None})),
        Poll(exchange=exchange({"code": 200, "data": record})),
    ]
    assert readings([], course(polls=polls)).get("record_items") == reading


def test_an_order_that_was_kept_proves_nothing() -> None:
    assert "callback_order" not in readings([], course())


def test_a_target_that_is_not_consistent_has_both_readings() -> None:
    assert readings([refusal(), refusal(status=422)])["refusal_status"] == ("envelope", "mirror")


def test_an_error_of_the_server_tells_nothing_of_refusals() -> None:
    assert "refusal_status" not in readings([refusal({**BAD, "code": 500}, status=500)])


FAILING = replace(PROBES[0], fails=501)


@pytest.mark.parametrize(
    ("data", "kind", "reading"),
    [
        ({"callbackType": "error", "data": None}, "failure_type", "error"),
        ({"callbackType": "complete", "data": []}, "failure_type", "complete"),
        ({"callbackType": "error", "data": None}, "failure_data", "null"),
        ({"callbackType": "error", "data": []}, "failure_data", "empty"),
        ({"callbackType": "error"}, "failure_data", "absent"),
    ],
)
def test_a_failure_tells_a_reading(data: dict[str, Any], kind: str, reading: str) -> None:
    failed = course({"code": 501, "msg": "x", "data": data}, probe=FAILING)
    assert readings([], failed)[kind] == (reading,)


LENGTHS = [probe for probe in PROBES if probe.question == "string_length" and "a title" in probe.says]


@pytest.mark.parametrize(
    ("accepted", "reading"),
    [
        ((True, True), "code_points"),
        ((False, True), "utf16"),
        ((False, False), "bytes"),
        ((True, False), "neither"),
    ],
)
def test_answers_to_one_question_are_read_together(accepted: tuple[bool, bool], reading: str) -> None:
    """Two probes ask how long a text is: no reading is taken for granted, and each answer rules some out."""
    answers = [(probe, exchange(GOOD if good else BAD, probe)) for probe, good in zip(LENGTHS, accepted, strict=True)]
    assert [found for _, _, found in answered_questions(answers)] == [reading]


def test_one_answer_may_leave_two_readings() -> None:
    assert [found for _, _, found in answered_questions([(LENGTHS[1], exchange(GOOD))])] == ["code_points or utf16"]
    assert [found for _, _, found in answered_questions([(LENGTHS[0], exchange(GOOD))])] == ["code_points"]


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        ({"code": 200, "msg": "success", "data": None}, "null_data"),
        ({"code": 404, "msg": "no such task"}, "not_found"),
        ({"code": 422, "msg": "recordInfo is null"}, "invalid"),
        ({"code": 500, "msg": "oops"}, None),
        ({"code": 200, "msg": "success", "data": {"taskId": "x"}}, None),
        (b"<html>", None),
    ],
)
def test_a_poll_for_a_task_that_nobody_started_tells_a_reading(answer: Any, reading: str | None) -> None:
    assert unknown_task(exchange(answer), PUBLISHED.questions["unknown_task"]) == reading


@pytest.mark.parametrize(("left", "reading"), [(988, "integer"), (988.0, "float"), (None, None)])
def test_credits_tell_a_reading(left: float | None, reading: str | None) -> None:
    assert credits_number(left) == reading


@pytest.mark.parametrize("code", [200, 201])
def test_an_acceptance_is_no_refusal_whatever_it_lacks(code: int) -> None:
    lacking = exchange({"code": code, "msg": "success", "data": {"taskId": {"a": 1}}})
    found = readings([lacking])
    assert ("refusal_status" in found) is (code != 200)


def test_a_task_that_fails_by_itself_tells_a_reading_where_its_code_is_a_failures() -> None:
    """As one does of a recording, where nobody brings a task to fail."""
    body = {"code": 501, "msg": "no", "data": {"callbackType": "error", "task_id": "5c79", "data": None}}
    for failures, told in (((501,), {"failure_type": ("error",), "failure_data": ("null",)}), ((), {})):
        seen = Readings(failures=failures)
        seen.course(course(arrival(body)))
        found = {each.question: each.readings for each in seen.observed() if each.question.startswith("failure_")}
        assert found == told
