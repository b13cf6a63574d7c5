"""What a target's answers and callbacks tell of the open questions."""

from typing import Any

import pytest

from contract_tests.courses import Course
from contract_tests.exchanges import Exchange
from contract_tests.observing import observed
from tests.courses import BAD, REFUSED, arrival, course, exchange, stage, track


def readings(refusals: list[Exchange], *courses: Course) -> dict[str, tuple[str, ...]]:
    return {each.question: each.readings for each in observed(refusals, courses)}


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
        (refusal(), "error_data", "null"),
        (refusal({"code": 422, "msg": "x"}), "error_data", "absent"),
        (refusal(), "content_type", "plain"),
        (refusal(content_type="application/json; charset=utf-8"), "content_type", "charset"),
    ],
)
def test_a_refusal_tells_a_reading(seen: Exchange, question: str, reading: str) -> None:
    assert readings([seen])[question] == (reading,)


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


def test_an_order_that_was_kept_proves_nothing() -> None:
    assert "callback_order" not in readings([], course())


def test_a_target_that_is_not_consistent_has_both_readings() -> None:
    assert readings([refusal(), refusal(status=422)])["refusal_status"] == ("envelope", "mirror")


def test_an_error_of_the_server_tells_nothing_of_refusals() -> None:
    assert "refusal_status" not in readings([refusal({**BAD, "code": 500}, status=500)])
