"""However lenient a server is, and whatever is sent at once, no more tasks are started than the budget says."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.documents.counted import one_of
from contract_tests.probes.request import Probe
from contract_tests.target.budget import EXCEPTION, Budget
from contract_tests.target.not_sent import Lenient, NotSent, Spent
from tests.courses import ACCEPTED, BAD, REFUSED, exchange

STYLE = replace(REFUSED, rule="extend.style.type")
PROBES = (ACCEPTED, REFUSED, STYLE)
NOBODY = [replace(REFUSED, rule=f"extend.{field}.type", harmless=True) for field in ("prompt", "style", "title")]
NO_TASK = r"^no task is started without --budget N, the number of tasks that may be$"


class Lenience:
    """A server that accepts what it is told to, and counts the tasks that it starts, and how many at a time."""

    def __init__(self) -> None:
        self.started = self.most = 0
        self._busy = 0
        self._one = threading.Lock()

    def answers(self, budget: Budget, probe: Probe, accepts: bool) -> str:
        """Sends one request within a budget. Returns why it was not sent."""
        try:
            with budget.paying(probe) as came:
                with self._one:
                    self._busy += 1
                    self.most = max(self.most, self._busy)
                    self.started += accepts
                came.append(exchange() if accepts else exchange(BAD))
                with self._one:
                    self._busy -= 1
        except NotSent as reason:
            return str(reason)
        return ""


def sent(budget: Budget, *course: tuple[Probe, bool]) -> Sequence[str]:
    server = Lenience()
    return [server.answers(budget, *each) for each in course]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PROBES), st.booleans()), max_size=24), st.integers(0, 4))
def test_threads_start_no_more_tasks_than_the_budget_says(course: list[tuple[Probe, bool]], tasks: int) -> None:
    budget, server = Budget(tasks), Lenience()
    with ThreadPoolExecutor(6) as threads:
        for each in course:
            threads.submit(server.answers, budget, *each)
    assert server.started == budget.spent <= max(tasks, EXCEPTION)
    assert server.most <= max(tasks, EXCEPTION)


@given(
    st.lists(st.tuples(st.sampled_from(PROBES), st.booleans()), max_size=12),
    st.lists(st.tuples(st.sampled_from(PROBES), st.booleans()), max_size=12),
    st.integers(0, 4),
)
def test_what_an_earlier_run_spent_counts(
    before: list[tuple[Probe, bool]], after: list[tuple[Probe, bool]], tasks: int
) -> None:
    first = Budget(tasks)
    sent(first, *before)
    resumed = Budget(tasks, first.spent, first.lenient)
    sent(resumed, *after)
    assert resumed.spent <= max(tasks, EXCEPTION)


def test_a_request_waits_for_what_another_has_reserved() -> None:
    budget, server = Budget(1), Lenience()
    with ThreadPoolExecutor(1) as threads, budget.paying(REFUSED) as came:
        waiting = threads.submit(server.answers, budget, ACCEPTED, True)
        came.append(exchange(BAD, REFUSED))
        assert not waiting.done()
    assert (waiting.result(), server.started) == ("", 1)


def test_without_a_number_nothing_is_held_back() -> None:
    assert sent(Budget(None), (REFUSED, True), (REFUSED, True), (ACCEPTED, True)) == ["", "", ""]


def test_at_0_refusals_are_sent_until_one_is_accepted() -> None:
    budget = Budget(0)
    with pytest.raises(Spent, match=NO_TASK), budget.paying(ACCEPTED):
        pass
    assert sent(budget, (REFUSED, False), (REFUSED, True)) == ["", ""]
    with pytest.raises(Spent, match=r"^budget: 1 of 0 tasks are spent; a larger --budget allows more$"):
        budget.paying(STYLE).__enter__()


def test_a_lenient_rule_costs_one_task_and_the_others_go_on() -> None:
    budget = Budget(3)
    assert sent(budget, (REFUSED, True), (STYLE, False), (STYLE, True)) == ["", "", ""]
    with pytest.raises(Lenient), budget.paying(REFUSED):
        pass
    assert budget.told == f"may have started a task each, although they had to be refused: {REFUSED.rule}, {STYLE.rule}"


def test_what_can_cost_nothing_goes_on_when_the_budget_is_spent() -> None:
    budget = Budget(0, spent=1)
    assert sent(budget, (replace(STYLE, harmless=True), False), (replace(STYLE, harmless=True), False)) == ["", ""]


@pytest.mark.parametrize("tasks", [0, 1, 2, 5])
def test_a_server_that_accepts_what_it_refused_before_starts_one_task_more(tasks: int) -> None:
    budget, server = Budget(tasks, spent=max(tasks, EXCEPTION)), Lenience()
    told = [server.answers(budget, probe, True) for probe in NOBODY]
    assert server.started == 1
    assert told[1:] == [f"budget: {one_of(budget.spent, tasks, 'task')} spent; a larger --budget allows more"] * 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([*PROBES, *NOBODY]), st.booleans()), max_size=24),
    st.integers(0, 4),
    st.integers(0, 3),
)
def test_what_can_cost_nothing_waits_for_all_others(course: list[tuple[Probe, bool]], tasks: int, spent: int) -> None:
    budget, server = Budget(tasks, min(spent, tasks)), Lenience()
    with ThreadPoolExecutor(6) as threads:
        for each in course:
            threads.submit(server.answers, budget, *each)
    assert budget.spent <= max(tasks, EXCEPTION) + 1


def test_a_resumed_run_starts_no_second_task_more() -> None:
    assert sent(Budget(2, spent=3), (NOBODY[0], True)) == [
        "budget: 3 of 2 tasks are spent; a larger --budget allows more"
    ]


def test_a_request_that_breaks_off_gives_back_what_it_reserved() -> None:
    budget = Budget(1)
    with pytest.raises(KeyboardInterrupt), budget.paying(ACCEPTED):
        raise KeyboardInterrupt
    assert sent(budget, (ACCEPTED, True)) == [""]
