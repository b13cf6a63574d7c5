"""What a newcomer does first: three steps, each with how far it is."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from mock_server.contract.examples import CALLBACKS
from mock_server.domain.attempt import Outcome
from mock_server.state.journal_entries import Attempted, Entry, Requested

PATIENCE: Final = 0.2
"""Seconds of real time that a receiver on this machine has to take a connection."""
LOOK: Final = 3.0
"""Seconds of real time after which a page looks again whether one listens, since nobody tells."""
YOUNG: Final = 50
"""Entries of the journal up to which a mock has a newcomer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """How far a newcomer is: whether a receiver of their own `listens` at `own`, a request came, and a callback was
    received."""

    own: str
    listens: bool
    asked: bool
    told: bool


async def first_steps(entries: Sequence[Entry], own: str = CALLBACKS) -> FirstSteps | None:
    """How far the newcomer of a young mock is, whose own receiver is to be at `own`; None once all was done, or enough
    of it to know the way."""
    asked = any(isinstance(each, Requested) and each.call.key for each in entries)
    told = any(isinstance(each, Attempted) and each.outcome is Outcome.ACCEPTED for each in entries)
    if (asked and told) or len(entries) > YOUNG:
        return None
    return FirstSteps(own=own, listens=await _listens(own), asked=asked, told=told)


async def _listens(url: str) -> bool:
    """Whether something on this machine takes connections there."""
    parts = urlsplit(url)
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.close()
        return True
    return False
