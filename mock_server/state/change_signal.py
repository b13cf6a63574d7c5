"""A counter of changes that coroutines can wait on."""

import asyncio


class Changes:
    """`count` is how many changes there were, `closed` whether there will be no more."""

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self._waiting: set[asyncio.Event] = set()

    def note(self) -> None:
        """One more."""
        self.count += 1
        for event in self._waiting:
            event.set()

    async def past(self, count: int) -> None:
        """Return once there were more than `count`, or there will be no more."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            if self.count <= count and not self.closed:
                await event.wait()
        finally:
            self._waiting.discard(event)

    def close(self) -> None:
        """Let nobody wait any longer."""
        self.closed = True
        for event in self._waiting:
            event.set()
