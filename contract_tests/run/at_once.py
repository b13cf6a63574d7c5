"""Asks several open questions in one request, so that one task answers them."""

from collections.abc import Iterator
from typing import Final

from contract_tests.probes.at_once import AtOnce, Together
from contract_tests.probes.plan import Plan
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.sending import Sender
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.target import Target

ACCEPTED: Final = 200
LEFT: Final = 1
"""Tasks of a budget that are left for requests that must be refused, which a server may accept."""


def accepted_at_once(
    plan: Plan, target: Target, sender: Sender, receiver: Receiver
) -> Iterator[tuple[str, Together, Exchange]]:
    """The requests that are accepted, each with its URL and the answer. Where one is refused, which is free and does
    not tell by which question, half of them are asked in another. Before the first task the credits are asked for, so
    that they tell at the end what was paid."""
    if plan.searches:
        Credits(target, plan.published)()
    due, requests, number, spent = [*plan.at_once()], AtOnce(plan.published, plan.tracks), 0, 0
    while due and (plan.budget is None or spent < plan.budget - plan.kept - LEFT):
        asked, number = due.pop(0), number + 1
        url = receiver.url(f"at-once-{number}")
        (came,) = sender.sent([(url, asked.probe)])
        receiver.release(url)
        if isinstance(came, str):
            return
        if came.code == ACCEPTED:
            spent += 1
            yield url, asked, came
        else:
            due += requests.halves(asked)
