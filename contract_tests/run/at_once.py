"""Asks several open questions in one request, so that one task answers them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from contract_tests.probes.at_once import AtOnce
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.sending import Sender
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.target import Target

ACCEPTED: Final = 200
LEFT: Final = 1
"""Tasks of a budget that are left for requests that must be refused, which a server may accept."""


@dataclass(slots=True)
class Told:
    """What was told by these requests: which questions are `known`, the tasks that were `spent`, and, of requests that
    asked several questions, the probes that ask each alone with the answer."""

    known: set[str] = field(default_factory=set)
    spent: int = 0
    answered: list[tuple[Probe, Exchange]] = field(default_factory=list)


def asked_at_once(
    plan: Plan, target: Target, sender: Sender, receiver: Receiver, told: Told
) -> Iterator[tuple[str, Probe, Exchange]]:
    """The requests that tell something, each with its URL and the answer. One that is refused costs nothing, and does
    not tell by which of its questions: half of them are asked in another, at last one alone. Before the first task the
    credits are asked for, so that they tell at the end what was paid."""
    if plan.searches:
        Credits(target, plan.published)()
    due, requests, number = [*plan.at_once()], AtOnce(plan.published, plan.tracks), 0
    while due and (plan.budget is None or told.spent < plan.budget - plan.kept - LEFT):
        asked, number = due.pop(0), number + 1
        url = receiver.url(f"at-once-{number}")
        (came,) = sender.sent([(url, asked.probe)])
        receiver.release(url)
        if isinstance(came, str):
            return
        told.spent += came.tasks
        is_alone = len(asked.alone) == 1
        if came.code != ACCEPTED and not is_alone:
            due += requests.halves(asked)
            continue
        told.known |= {each.question for each in asked.alone}
        told.answered += [] if is_alone else [(each, came) for each in asked.alone]
        yield url, asked.probe, came
