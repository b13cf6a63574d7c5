"""What a task owes, when the next attempt of a callback is made, and what follows when it is given up."""

import re
from collections import Counter
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.editions import Edition
from mock_server.contract.scenarios import STAGES
from mock_server.domain.attempt import Outcome
from mock_server.domain.owed import Owed, Settlement, owed_at, owed_first, receiver_of, settled
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan, reached_at
from tests.builders import COMPLETE, CREATED, FIRST, SCENARIOS, TEXT, edition, task

RETRIED = (Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.UNREACHABLE)
ENDS = (Outcome.ACCEPTED, *RETRIED, Outcome.BLOCKED)
LAST = 2
NOW = CREATED + 1000

each_outcome = pytest.mark.parametrize("outcome", ENDS)
each_made = pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, *RETRIED])
each_position = pytest.mark.parametrize("position", range(3))


def first(mine: Task) -> Owed:
    """What a task with callbacks owes first."""
    owed = owed_first(mine.record, plan(mine))
    assert owed is not None
    return owed


def at(mine: Task, position: int = 0, retries: int = 0) -> Owed:
    """What a task owes once it has gone on to a position, and tried that one so often in vain."""
    owed = first(mine)
    for _ in range(position):
        owed = owed.turned()
    return owed.changed(retries=retries)


def after(outcome: Outcome, *readings: str, position: int = 0, retries: int = 0, pace: str = "realtime") -> Settlement:
    """What follows from an attempt that ended NOW."""
    mine = task(pace=pace, under=edition("apikley", *readings))
    return settled(at(mine, position, retries), outcome, mine, NOW)


def told(settlement: Settlement) -> list[tuple[float, str, int]]:
    """(due, stage, attempts before) of what is owed then."""
    return [(each.due, each.step.stage, each.retries) for each in settlement.owed]


def test_a_task_owes_its_callbacks_one_after_the_other() -> None:
    owed = first(task(id="5c79", key="mine", callBackUrl="http://127.0.0.1:3000/cb"))
    assert (owed.task_id, owed.key, owed.url, owed.receiver) == (
        "5c79",
        "mine",
        "http://127.0.0.1:3000/cb",
        "127.0.0.1:3000",
    )
    turns = [owed, owed.turned(), owed.turned().turned()]
    assert [(each.step.stage, each.due - CREATED, each.ended) for each in turns] == [
        ("text", TEXT, False),
        ("first", FIRST, False),
        ("complete", COMPLETE, False),
    ]
    assert turns[-1].turned().ended


def test_a_silent_scenario_owes_nothing() -> None:
    silent = task(scenario="silent")
    assert owed_first(silent.record, plan(silent)) is None


def test_a_callback_has_the_code_of_its_envelope() -> None:
    owed = first(task(scenario="callback-531"))
    assert [owed.code, owed.turned().code, owed.turned().turned().code] == [200, 200, 531]


@each_position
def test_one_callback_can_be_owed_by_itself(position: int) -> None:
    owed = owed_at(task(), position)
    assert (owed.step.stage, owed.retries, owed.turned().ended) == (STAGES[position], 0, True)


def test_what_is_owed_is_in_due_order_then_in_that_of_requests() -> None:
    mine = first(task())
    later, other, next_of_key = (
        mine.changed(due=mine.due + 1, key="a"),
        mine.changed(key="kez"),
        mine.changed(ordinal=2),
    )
    retried = mine.changed(chain=1)
    assert sorted([later, other, next_of_key, retried, mine]) == [mine, retried, next_of_key, other, later]


@pytest.mark.parametrize("outcome", RETRIED)
def test_a_failed_attempt_is_repeated_three_times(outcome: Outcome) -> None:
    again = [told(after(outcome, retries=made)) for made in range(4)]
    assert again == [
        [(NOW + 60, "text", 1)],
        [(NOW + 300, "text", 2)],
        [(NOW + 900, "text", 3)],
        [(CREATED + FIRST, "first", 0)],
    ]


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.BLOCKED])
def test_some_outcomes_are_final(outcome: Outcome) -> None:
    assert told(after(outcome)) == [(CREATED + FIRST, "first", 0)]


def test_a_retry_follows_the_pace() -> None:
    assert told(after(Outcome.REFUSED, pace="60x")) == [(NOW + 1, "text", 1)]


def test_retries_may_come_at_once() -> None:
    assert told(after(Outcome.REFUSED, "retry_spacing=at_once")) == [(NOW, "text", 1)]


@each_outcome
def test_going_on_begins_anew(outcome: Outcome) -> None:
    assert told(after(outcome, retries=3)) == [(CREATED + FIRST, "first", 0)]


@each_position
@each_made
def test_the_last_callback_decides_whether_a_task_is_lost(outcome: Outcome, position: int) -> None:
    settlement = after(outcome, position=position, retries=3)
    assert settlement.received is ((outcome not in RETRIED) if position == LAST else None)
    assert not settlement.given_up


@each_position
@each_made
def test_a_task_may_be_lost_with_any_callback(outcome: Outcome, position: int) -> None:
    settlement = after(outcome, "after_giving_up=stop", position=position, retries=3)
    assert (settlement.received is False) == settlement.given_up == (outcome in RETRIED)


@each_position
@pytest.mark.parametrize("reading", ["go_on", "stop"])
def test_what_the_mock_may_not_call_loses_nothing(position: int, reading: str) -> None:
    settlement = after(Outcome.BLOCKED, f"after_giving_up={reading}", position=position)
    assert (settlement.given_up, settlement.received) == (False, None)


@pytest.mark.parametrize("retries", range(3))
def test_nothing_is_decided_while_a_callback_is_tried_again(retries: int) -> None:
    for readings in product(("after_giving_up=stop", "after_giving_up=go_on"), ("in_order", "overtaking")):
        settlement = after(
            Outcome.REFUSED, readings[0], f"callback_order={readings[1]}", position=LAST, retries=retries
        )
        assert (settlement.given_up, settlement.received) == (False, None)


def test_a_retried_callback_holds_up_the_next() -> None:
    assert told(after(Outcome.REFUSED)) == [(NOW + 60, "text", 1)]


def test_a_retried_callback_may_be_overtaken() -> None:
    alone, following = after(Outcome.REFUSED, "callback_order=overtaking", retries=1).owed
    assert (alone.step.stage, alone.retries, alone.due, alone.turned().ended) == ("text", 2, NOW + 300, True)
    assert (following.step.stage, following.retries, following.due) == ("first", 0, CREATED + FIRST)
    assert alone.chain != following.chain


def test_the_last_callback_overtakes_nothing() -> None:
    assert told(after(Outcome.REFUSED, "callback_order=overtaking", position=LAST)) == [(NOW + 60, "complete", 1)]


@each_position
def test_an_attempt_that_was_cut_off_is_not_made_again(position: int) -> None:
    settlement = Settlement.cut_off(at(task(), position))
    assert [each.step.stage for each in settlement.owed] == list(STAGES[position + 1 : position + 2])
    assert (settlement.given_up, settlement.received) == (False, None)


editions = st.builds(
    lambda order, spacing: edition("apikley", f"callback_order={order}", f"retry_spacing={spacing}"),
    st.sampled_from(["in_order", "overtaking"]),
    st.sampled_from(["minutes", "at_once"]),
)
scenarios = st.sampled_from([each.name for each in SCENARIOS if each.steps()])
paces = st.sampled_from(["immediate", "time", "realtime", "0.5x"])
outcomes = st.lists(st.sampled_from(ENDS), min_size=16, max_size=16)


def attempted(mine: Task, outcomes: list[Outcome]) -> list[tuple[float, Owed]]:
    """Every attempt, with its moment, when each is made as it is due, and ends with the next of the outcomes."""
    owed, now, made = [first(mine)], mine.created, list[tuple[float, Owed]]()
    while owed:
        owed.sort()
        due = owed.pop(0)
        now = max(now, due.due)
        made.append((now, due))
        owed += settled(due, outcomes[(len(made) - 1) % len(outcomes)], mine, now).owed
    return made


@given(scenarios, paces, editions, outcomes)
def test_every_callback_has_its_turn(scenario: str, pace: str, under: Edition, ended: list[Outcome]) -> None:
    """Whatever happens, each callback is attempted once to four times, never early, and there is an end."""
    mine = task(scenario=scenario, pace=pace, under=under)
    made = attempted(mine, ended)
    assert set(Counter(each.position for _, each in made)) == set(range(len(plan(mine))))
    for position, planned in enumerate(plan(mine)):
        moments = [(now, each.retries) for now, each in made if each.position == position]
        assert [retries for _, retries in moments] == list(range(len(moments)))
        assert len(moments) <= 4
        assert moments[0][0] >= CREATED + planned.after


@given(scenarios, paces, outcomes)
def test_callbacks_come_in_order_unless_they_may_overtake(scenario: str, pace: str, ended: list[Outcome]) -> None:
    positions = [each.position for _, each in attempted(task(scenario=scenario, pace=pace), ended)]
    assert positions == sorted(positions)


@given(scenarios, editions, outcomes)
def test_no_two_callbacks_are_owed_under_one_name(scenario: str, under: Edition, ended: list[Outcome]) -> None:
    """A store may keep what is owed by task and chain."""
    mine = task(scenario=scenario, under=under)
    owed, made = [first(mine)], 0
    while owed:
        assert len({each.chain for each in owed}) == len(owed)
        owed.sort()
        due = owed.pop(0)
        owed += settled(due, ended[made % len(ended)], mine, due.due).owed
        made += 1


hosts = st.sampled_from(["a", "127.0.0.1", "[::1]", "user:secret@b.example"])
paths = st.sampled_from(["", "/", "/cb", "/a//b?c=//d#//e", "?x=/y", "#//f"])


@given(st.sampled_from(["http", "HTTPS"]), hosts, st.sampled_from(["", ":1", ":65535"]), paths)
def test_a_receiver_is_a_host_and_port(scheme: str, host: str, port: str, path: str) -> None:
    url = f"{scheme}://{host}{port}{path}"
    assert receiver_of(url) == f"{host}{port}" == urlsplit(url).netloc


def test_what_is_no_url_has_no_receiver() -> None:
    assert receiver_of("nonsense") == ""


ROW = re.compile(r"^\| `(\w+)` \| ([\d,.]+) s \| ([\d,.]+) s \| ([\d,.]+) s \|$", re.MULTILINE)
SAID = {
    pace: [float(seconds.replace(",", "")) for seconds in columns]
    for pace, *columns in ROW.findall((Path(__file__).parents[3] / "docs" / "callbacks.md").read_text("utf-8"))
}


@pytest.mark.parametrize("pace", ["time", "realtime", "10x", "immediate", "manual"])
def test_the_page_says_what_polling_shows_while_the_receiver_is_down(pace: str) -> None:
    shown = [reached_at(task(pace=pace), STAGES[-1]) - CREATED]
    for order in ("in_order", "overtaking"):
        mine = task(pace=pace, under=edition("apikley", f"callback_order={order}"))
        shown.append(attempted(mine, [Outcome.UNREACHABLE])[-1][0] - CREATED)
    assert SAID[pace] == pytest.approx(shown, abs=1e-3)
