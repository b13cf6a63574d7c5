"""Sends the requests of a run, and those last whose tasks are to fail, where credits tell what these gave back."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from contract_tests.probes.plan import Plan
from contract_tests.run.sending import Addressed, Sender
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.side_by_side import in_turn
from contract_tests.target.target import Target


def in_parts(
    plan: Plan, target: Target, sender: Sender, groups: Iterable[list[Addressed]]
) -> Iterator[tuple[list[Addressed], Sequence[Exchange | str]]]:
    """The groups of requests, each with its answers. Between those whose tasks go well and those that are to fail the
    credits are asked for, when nothing is under way: so it is known what a task costs. Tasks are kept for the latter,
    whatever else the target accepts."""
    every = [*groups]
    failing = [each for each in every if plan.searches and _fails(each)]
    target.budget.kept += sum(probe.cost for group in failing for _, probe in group)
    for part in ([each for each in every if not (plan.searches and _fails(each))], failing):
        if part and part is failing:
            target.budget.kept = plan.kept
            Credits(target, plan.published)()
        jobs = (partial(sender.sent, group) for group in part)
        yield from zip(part, in_turn(jobs, target.overlap), strict=True)


def _fails(group: Sequence[Addressed]) -> bool:
    return any(probe.fails for _, probe in group)
