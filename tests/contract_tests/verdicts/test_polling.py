"""Polling agrees with the callbacks at every step."""

import pytest

from contract_tests.verdicts.course import Poll
from tests.contract_tests.verdicts.faults import GOING_BACK, LOOKS, poll, steps
from tests.courses import STAGES, arrival, exchange, record, stage, track


def test_how_many_unfinished_tracks_polling_lists_is_open() -> None:
    told = stage("first", data=[track(0), track(1, audio_url="")])
    seen = {"status": "FIRST_SUCCESS", "response": {"sunoData": [{"id": "track-0"}]}}
    assert steps(Poll(exchange=exchange({"code": 200, "data": record(**seen)}), arrival=arrival(told))) == {}


def test_a_record_that_goes_along_has_no_finding() -> None:
    assert steps(*(poll(name, at=float(number)) for number, name in enumerate(STAGES))) == {}


def test_a_record_may_be_ahead_of_the_callbacks() -> None:
    assert steps(poll("first", status="SUCCESS", response=record()["response"])) == {}


@pytest.mark.parametrize(
    ("wrong", "rule", "got"),
    LOOKS,
)
def test_a_record_behind_the_callback_that_came_is_a_finding(wrong: Poll, rule: str, got: str) -> None:
    assert steps(wrong)[rule] == got


def test_a_status_that_goes_back_is_a_finding() -> None:
    assert steps(*GOING_BACK) == {"polling.forward": "TEXT_SUCCESS"}


def test_looks_at_the_same_time_have_no_order() -> None:
    assert steps(poll("first", 1.0, came=False), poll("text", 1.05, came=False)) == {}


@pytest.mark.parametrize("code", [429, 500])
def test_a_look_that_the_rate_refused_says_nothing(code: int) -> None:
    refused = poll("first", answer={"code": code, "msg": "slow down"})
    assert (steps(refused) == {}) is (code == 429)


def test_a_look_at_the_task_that_a_wrong_callback_names_says_nothing() -> None:
    wrong = Poll(exchange=exchange({"code": 200, "data": None}), arrival=arrival(stage("text", task_id="other")))
    assert steps(wrong) == {}
