"""The scenarios as their page lists them."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache

from mock_server.contract.explain.codes import quoted
from mock_server.contract.explain.explanation import Quote
from mock_server.contract.scenarios import Scenario, Scenarios, cause
from mock_server.control.control import Control

Listed = tuple[Scenario, str, Sequence[str], Sequence[Quote]]
"""A scenario, what causes it, its triggers, and what the documents say of it."""


async def scenarios_listed(control: Control) -> list[Listed]:
    """Every scenario of a mock."""
    quotes = await asyncio.to_thread(_quoted, control.store.settings.profile)
    return [(each, cause(each), each.triggers(), quotes[each.name]) for each in control.scenarios()]


@cache
def _quoted(profile: str) -> Mapping[str, Sequence[Quote]]:
    """What the documents of a profile say of each scenario's code; to read them takes a tenth of a second."""
    found = {each.name: quoted(each.name) for each in Scenarios.read()}
    return {name: [quote for quote in said if quote.profile == profile] for name, said in found.items()}
