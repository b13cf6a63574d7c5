"""Requests that show how many a server takes in which time, and cost nothing: each is about a track of nobody. Pure."""

from dataclasses import replace
from typing import Final

from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Expected, Probe
from contract_tests.probes.search import Searches

RATE: Final = "rate: "
"""What the id of each begins with."""
FIRST: Final = "first"
BEFORE: Final = "before"
BURSTS: Final = ("one", "two")
"""One that passes; the burst behind it, when other requests may count yet, and those that begin when none does."""
AGAIN: Final = " again"


def of_rate(plan: Plan, part: str, number: int) -> Probe:
    """A request of a burst, or of those behind it."""
    made = Searches(plan.published, plan.tracks).nobody(number)
    codes = made.expected.codes | {plan.published.terms.rate}
    return replace(made, id=f"{RATE}{part}, number {number}", expected=Expected(codes=codes), hurries=True)
