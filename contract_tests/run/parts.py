"""Sends the requests of a run, and those last whose tasks are to fail, where credits tell what these gave back."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from contract_tests.probes.plan import Plan
from contract_tests.run.sending import Addressed, Sender
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.side_by_side import in_turn
from contract_tests.target.target import Target

WELL, ANSWERS, FAILS = range(3)
"""Parts of a run: requests that go well or are refused, those that the target fails to answer, tasks that fail."""
BROKEN: Final = 500
"""The least code of a failure of the server."""


def in_parts(
    plan: Plan, target: Target, sender: Sender, groups: Iterable[list[Addressed]]
) -> Iterator[tuple[list[Addressed], Sequence[Exchange | str]]]:
    """The groups of requests, each with its answers. Between those whose tasks go well and those that are to fail the
    credits are asked for, when nothing is under way: so it is known what a task costs. So they are before requests that
    the target is to answer with a failure of its own, of which nobody knows what they cost. Tasks are kept for the
    last, whatever else the target accepts. Without a search all are sent as they come."""
    every = [(_part(each), each) for each in groups]
    target.budget.kept += plan.searches * sum(
        probe.cost for part, group in every if part == FAILS for _, probe in group
    )
    for part in (WELL, ANSWERS, FAILS) if plan.searches else (None,):
        due = [group for its, group in every if part in (its, None)]
        if due and part in (ANSWERS, FAILS):
            target.budget.kept = plan.kept if part == FAILS else target.budget.kept
            Credits(target, plan.published)()
        jobs = (partial(sender.sent, group) for group in due)
        yield from zip(due, in_turn(jobs, target.overlap), strict=True)


def _part(group: Sequence[Addressed]) -> int:
    if any(probe.fails for _, probe in group):
        return FAILS
    return ANSWERS if any(min(probe.expected.codes, default=0) >= BROKEN for _, probe in group) else WELL
