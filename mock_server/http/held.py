"""Requests that a fault holds up."""

import asyncio
from typing import Protocol


class LetsGo(Protocol):
    """Somebody who keeps something by key until a reset."""

    def let_go(self, key: str | None) -> None: ...


class HeldRequests:
    """Who waits, by key, so that a reset can end it."""

    def __init__(self) -> None:
        self._held: set[tuple[str | None, asyncio.Future[None]]] = set()

    async def hold(self, key: str | None, seconds: float) -> bool:
        """Wait for seconds of real time. False when a reset came first: the request belongs to what was forgotten."""
        held = asyncio.get_running_loop().create_future()
        self._held.add((key, held))
        try:
            return not (await asyncio.wait({held}, timeout=seconds))[0]
        finally:
            self._held.discard((key, held))

    def let_go(self, key: str | None) -> None:
        """Hold nobody up any longer, of one key or of all."""
        for held_key, held in self._held:
            if key in (None, held_key) and not held.done():
                held.set_result(None)
