"""What an answer says, when it comes, and what it gives out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.probes.request import Expected, Probe, Reply
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.answers import (
    EARLY,
    again_findings,
    answer_findings,
    fresh_findings,
    is_excused,
    timing_findings,
    undecided,
)
from contract_tests.verdicts.course import Finding
from tests.contract_tests.verdicts.faults import ACCEPTANCES, REFUSALS, answered, anything
from tests.courses import ACCEPTED, BAD, GOOD, PROBES, PUBLISHED, REFUSED, arrival, exchange, stage

GET = next(probe for probe in PROBES if probe.method == "GET")
HOLDING = replace(ACCEPTED, replies=(Reply(holds=1.0),))
LATE: dict[str, Any] = {"started": 100.0, "answered": 103.0}


def test_an_answer_that_takes_fifteen_seconds_is_told() -> None:
    slow = exchange(started=100.0, answered=115.0)
    assert [each.rule for each in answer_findings(ACCEPTED, slow, PUBLISHED)] == ["answer.soon"]
    assert list(answer_findings(ACCEPTED, exchange(started=100.0, answered=109.0), PUBLISHED)) == []


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
    resumed = exchange(**LATE, resumed=True)
    assert list(timing_findings(HOLDING, resumed, [arrival(stage("text"), at=1.0)])) == []


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
    REFUSALS,
)
def test_a_refusal_with_one_fault_has_its_finding(changes: dict[str, Any], rule: str) -> None:
    assert rule in answered(REFUSED, exchange(**{"body": BAD, "probe": REFUSED, **changes}))


@pytest.mark.parametrize(
    ("body", "rules"),
    ACCEPTANCES,
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
    (finding,) = answer_findings(REFUSED, exchange(BAD | {"code": 401}, REFUSED), PUBLISHED)
    assert finding.expected == f"code 422, because {REFUSED.says}"
    assert finding.got == 'HTTP 200 {"code": 401, "msg": "title is too long", "data": null}'


def answers(*codes: int, probe: Probe = ACCEPTED) -> list[tuple[Probe, Exchange]]:
    return [(probe, exchange(GOOD if code == 200 else {**BAD, "code": code}, probe)) for code in codes]


@pytest.mark.parametrize(
    ("code", "later", "excused"),
    [
        (402, [], True),
        (402, answers(402, 402), True),
        (402, answers(402, 200), False),
        (402, answers(422, probe=REFUSED), True),
        (455, answers(200), False),
        (401, answers(401), True),
        (401, answers(422, probe=REFUSED), False),
        (429, answers(200), False),
    ],
)
def test_the_targets_state_is_what_every_later_request_meets(
    code: int, later: list[tuple[Probe, Exchange]], excused: bool
) -> None:
    ((probe, came),) = answers(code)
    assert undecided(probe, came)
    assert is_excused(probe, came, later) is excused


def test_a_key_of_its_own_has_a_state_of_its_own_but_for_the_rate() -> None:
    empty = replace(ACCEPTED, key="EMPTY_KEY", expected=Expected(codes=frozenset({402})))
    assert undecided(empty, exchange({**BAD, "code": 401}, empty)) == ""
    assert undecided(empty, exchange({**BAD, "code": 402}, empty)) == ""
    told = exchange({**BAD, "code": 429}, empty)
    assert undecided(empty, told)
    assert is_excused(empty, told, answers(429))
    assert not is_excused(empty, told, answers(200))


def test_a_refusal_that_is_due_is_no_state() -> None:
    assert undecided(REFUSED, exchange(BAD, REFUSED)) == ""
    assert undecided(GET, exchange({**BAD, "code": 401}, GET)) == ""


@settings(max_examples=60)
@given(
    st.sampled_from(PROBES[::10]),
    anything | st.binary() | st.dictionaries(st.sampled_from(["code", "msg", "data"]), anything),
)
def test_whatever_is_answered_is_judged_and_can_be_printed(probe: Probe, body: Any) -> None:
    for finding in answer_findings(probe, exchange(body, probe), PUBLISHED):
        f"{finding}".encode()


def test_a_task_that_comes_again_among_many_is_a_finding() -> None:
    assert [found.got for found in again_findings(["a", "b", "a", "a", "c"])] == ["taskId a again"]
    assert list(again_findings(["a", "b"])) == []
