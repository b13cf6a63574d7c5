"""When the next attempt of a callback is made, and what follows when it is given up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.callbacks.chain import Chain

from mock_server.domain.attempt import Outcome
from mock_server.domain.timeline import plan
from tests.builders import COMPLETE, CREATED, FIRST, TEXT, edition, task

RETRIED = (Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.UNREACHABLE)
FAILED = (*RETRIED, Outcome.BLOCKED)
LAST = 2


def chain(*readings: str, position: int = 0, retries: int = 0, pace: str = "realtime") -> Chain:
    mine = task(pace=pace, under=edition("apikley", *readings))
    return Chain(mine, plan(mine), position, retries)


def test_a_chain_tells_what_is_owed_next() -> None:
    owed = [
        (each.step.stage, each.planned_at - CREATED, each.ended) for each in (chain(position=at) for at in range(3))
    ]
    assert owed == [("text", TEXT, False), ("first", FIRST, False), ("complete", COMPLETE, False)]


def test_a_chain_ends_behind_its_plan() -> None:
    assert chain(position=3).ended


@pytest.mark.parametrize("outcome", RETRIED)
def test_a_failed_attempt_is_repeated_three_times(outcome: Outcome) -> None:
    assert [chain(retries=made).retry_after(outcome) for made in range(4)] == [60, 300, 900, None]


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.BLOCKED])
def test_some_outcomes_are_final(outcome: Outcome) -> None:
    assert chain().retry_after(outcome) is None


def test_a_retry_follows_the_pace() -> None:
    assert chain(pace="60x").retry_after(Outcome.REFUSED) == 1


def test_retries_may_come_at_once() -> None:
    spaced = chain("retry_spacing=at_once")
    assert spaced.retry_after(Outcome.REFUSED) == 0


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, *FAILED])
def test_going_on_begins_anew(outcome: Outcome) -> None:
    going = chain(retries=3)
    going.go_on(outcome)
    assert (going.position, going.retries) == (1, 0)


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, *FAILED])
def test_the_last_callback_decides_whether_a_task_is_lost(outcome: Outcome, position: int) -> None:
    going = chain(position=position)
    assert going.go_on(outcome) is ((outcome not in FAILED) if position == LAST else None)
    assert not going.task.given_up


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, *FAILED])
def test_a_task_may_be_lost_with_any_callback(outcome: Outcome, position: int) -> None:
    going = chain("after_giving_up=stop", position=position)
    received = going.go_on(outcome)
    assert (received is False) == going.task.given_up == (outcome in FAILED)


def test_a_later_success_does_not_take_a_task_up_again() -> None:
    going = chain("after_giving_up=stop")
    going.go_on(Outcome.REFUSED)
    going.go_on(Outcome.ACCEPTED)
    assert going.task.given_up


@given(st.lists(st.sampled_from([Outcome.ACCEPTED, *FAILED]), min_size=12, max_size=12))
def test_every_callback_has_its_turn(outcomes: list[Outcome]) -> None:
    """Whatever happens, each stage is attempted once to four times, in order, and the chain ends."""
    going, attempted = chain(), list[str]()
    for outcome in outcomes:
        if not going.ended:
            attempted.append(going.step.stage)
            if going.retry_after(outcome) is None:
                going.go_on(outcome)
            else:
                going.retries += 1
    assert going.ended
    assert list(dict.fromkeys(attempted)) == ["text", "first", "complete"]
    assert attempted == sorted(attempted, key=["text", "first", "complete"].index)
    assert all(1 <= attempted.count(stage) <= 4 for stage in attempted)


def test_a_retried_callback_holds_up_the_next() -> None:
    going = chain()
    assert going.retried() is going
    assert (going.step.stage, going.retries) == ("text", 1)


def test_a_retried_callback_may_be_overtaken() -> None:
    going = chain("callback_order=overtaking", retries=1)
    alone = going.retried()
    assert ([each.step.stage for each in alone.planned], alone.retries, alone.ended) == (["text"], 2, False)
    assert (going.step.stage, going.retries) == ("first", 0)
