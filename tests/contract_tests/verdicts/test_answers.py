"""When an answer comes, and what it gives out."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.probes.request import Reply
from contract_tests.verdicts.answers import EARLY, fresh_findings, timing_findings
from contract_tests.verdicts.course import Finding
from tests.courses import ACCEPTED, BAD, PROBES, REFUSED, arrival, exchange, stage

HOLDING = replace(ACCEPTED, replies=(Reply(holds=1.0),))
LATE: dict[str, Any] = {"started": 100.0, "answered": 103.0}


def test_a_task_id_that_was_given_out_before_is_a_finding() -> None:
    (found,) = fresh_findings(ACCEPTED, exchange(), {"5c79": PROBES[-1]})
    expected = f"a taskId of its own, not that of the request before: {PROBES[-1].says}"
    assert found == Finding(rule="answer.taskId.fresh", expected=expected, got="taskId 5c79 again")


def test_a_new_task_id_and_a_refusal_are_fresh() -> None:
    assert list(fresh_findings(ACCEPTED, exchange(), {"other": REFUSED})) == []
    assert list(fresh_findings(REFUSED, exchange(BAD, REFUSED), {"5c79": ACCEPTED})) == []


def test_an_answer_after_a_callback_is_early_by_the_moment_it_came() -> None:
    (found,) = timing_findings(replace(ACCEPTED, replies=()), exchange(**LATE), [arrival(stage("text"), at=101.0)])
    assert found.rule == "callback.early"
    assert found.got == "a callback after 1.00 s, the answer after 3.00 s"


@pytest.mark.parametrize("at", [103.0 - EARLY, 103.0, 140.0])
def test_an_answer_before_the_callback_has_no_finding(at: float) -> None:
    assert list(timing_findings(HOLDING, exchange(**LATE), [arrival(stage("text"), at=at)])) == []


def test_an_answer_that_waits_for_the_callback_is_told_from_an_early_callback() -> None:
    rules = [each.rule for each in timing_findings(HOLDING, exchange(**LATE), [arrival(stage("text"), at=102.0)])]
    assert rules == ["callback.early", "answer.waits"]
    rules = [each.rule for each in timing_findings(HOLDING, exchange(**LATE), [arrival(stage("text"), at=102.1)])]
    assert rules == ["callback.early"]


def test_a_recorded_answer_has_no_time() -> None:
    recorded = exchange(**LATE, recorded=True)
    assert list(timing_findings(HOLDING, recorded, [arrival(stage("text"), at=1.0)])) == []
