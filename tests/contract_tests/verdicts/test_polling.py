"""Polling agrees with the callbacks at every step."""

from typing import Any

import pytest

from contract_tests.verdicts.course import Poll
from contract_tests.verdicts.polling import step_findings
from tests.courses import PUBLISHED, STAGES, arrival, course, exchange, record, stage

REACHED = {"text": "TEXT_SUCCESS", "first": "FIRST_SUCCESS", "complete": "SUCCESS"}


def poll(name: str, at: float = 101.0, came: bool = True, answer: Any = None, **changes: Any) -> Poll:
    """A look while a stage's callback waits; the changes are of the record."""
    ids = [{"id": f"track-{number}"} for number in range(STAGES[name])]
    seen = record(**{"status": REACHED[name], "response": {"sunoData": ids}, **changes})
    body = {"code": 200, "data": seen} if answer is None else answer
    return Poll(
        exchange=exchange(body, started=at, answered=at + 0.1), arrival=arrival(stage(name), at=at) if came else None
    )


def steps(*polls: Poll) -> dict[str, str]:
    return {each.rule: each.got for each in step_findings(course(polls=polls), PUBLISHED)}


def test_a_record_that_goes_along_has_no_finding() -> None:
    assert steps(*(poll(name, at=float(number)) for number, name in enumerate(STAGES))) == {}


def test_a_record_may_be_ahead_of_the_callbacks() -> None:
    assert steps(poll("first", status="SUCCESS", response=record()["response"])) == {}


@pytest.mark.parametrize(
    ("wrong", "rule", "got"),
    [
        (poll("text", status="PENDING"), "polling.step", "PENDING"),
        (poll("complete", status="FIRST_SUCCESS"), "polling.step", "FIRST_SUCCESS"),
        (poll("first", status="DONE"), "polling.step", "DONE"),
        (poll("first", status=[]), "polling.step", "[]"),
        (poll("first", answer={"code": 200, "data": None}), "polling.step", "None"),
        (poll("first", response=None), "polling.step.tracks", "[]"),
        (poll("first", response={"sunoData": [{"id": "x"}]}), "polling.step.tracks", "['x']"),
    ],
)
def test_a_record_behind_the_callback_that_came_is_a_finding(wrong: Poll, rule: str, got: str) -> None:
    assert steps(wrong)[rule] == got


def test_a_status_that_goes_back_is_a_finding() -> None:
    assert steps(poll("first", 1.0, came=False), poll("text", 2.0, came=False)) == {"polling.forward": "TEXT_SUCCESS"}


def test_looks_at_the_same_time_have_no_order() -> None:
    assert steps(poll("first", 1.0, came=False), poll("text", 1.05, came=False)) == {}


@pytest.mark.parametrize("code", [429, 500])
def test_a_look_that_the_rate_refused_says_nothing(code: int) -> None:
    refused = poll("first", answer={"code": code, "msg": "slow down"})
    assert (steps(refused) == {}) is (code == 429)


def test_a_look_at_the_task_that_a_wrong_callback_names_says_nothing() -> None:
    wrong = Poll(exchange=exchange({"code": 200, "data": None}), arrival=arrival(stage("text", task_id="other")))
    assert steps(wrong) == {}
