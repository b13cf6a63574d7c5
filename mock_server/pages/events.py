"""Tells a page when to look again, by server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from mock_server.state.change_signal import Changes

QUIET: Final = 0.5
"""Seconds for which changes are gathered before a page is told of them."""
ALIVE: Final = 15.0
"""Seconds after which a page hears something though nothing changed, so that a lost connection is found out."""


async def changed(changes: Changes, quiet: float = QUIET, alive: float = ALIVE) -> AsyncIterator[str]:
    """Server-sent events (HTML Standard, 9.2): one at once, one after each change, and comments between them."""
    while not changes.closed:
        seen = changes.count
        yield "data: changed\n\n"
        await asyncio.sleep(quiet)
        while changes.count == seen and not changes.closed:
            try:
                async with asyncio.timeout(alive):
                    await changes.past(seen)
            except TimeoutError:
                yield ": alive\n\n"
