"""Requests that wait until more callbacks can be owed to a receiver."""

import asyncio
from collections import deque
from contextlib import suppress

from mock_server.state.store import Store


class WaitingRoom:
    """Who waits longest looks first whether there is room, each time that some may have been made."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False

    async def wait(self, receiver: str, within: float) -> None:
        """Return once there is room, after `within` seconds of real time, or when the mock stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self._closed and await self._waits(receiver):
                    pass

    def let_in(self) -> None:
        """Have the one who waits longest look."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                return waiting.set_result(None)

    def let_all_in(self) -> None:
        """Have everybody look."""
        while self._waiting:
            self.let_in()

    def close(self) -> None:
        """Let nobody wait any longer, because the mock stops."""
        self._closed = True

    async def _waits(self, receiver: str) -> bool:
        """Wait until there may be room; False where there is some."""
        waiting = asyncio.get_running_loop().create_future()
        # Lined up before looking, or room that is made while the store answers would be seen by nobody.
        self._waiting.append(waiting)
        if await self._store.crowded(receiver) is None:
            waiting.cancel()
            return False
        await waiting
        return True
