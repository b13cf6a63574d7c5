"""One connection to a receiver. What comes is taken in small steps, and little of it is held."""

import asyncio
from typing import Final, cast

HELD: Final = 64 * 1024
"""Bytes that are held until somebody takes them; what comes beyond waits in the network."""
STEPS: Final = 200
"""Steps in one turn of the loop, after which all others have theirs."""


class Endless(Exception):
    """A line is longer than it may be."""


class Connection(asyncio.Protocol):
    """`taken` counts the bytes that were taken from it, `ended` says whether no more come."""

    def __init__(self) -> None:
        self.taken = 0
        self.ended = False
        self._held = bytearray()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._paused = False
        self._steps = 0

    @property
    def idle(self) -> bool:
        """Whether it could be used again: the other side closed nothing, and sent nothing that was not asked for."""
        return not self.ended and not self._held

    @property
    def more(self) -> bool:
        """Whether something is held that nobody took."""
        return bool(self._held)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > HELD and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = True
        self._wake()

    def send(self, data: bytes) -> None:
        """Send something."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Leave at once, whatever is under way."""
        self.ended = True
        if self._transport is not None:
            self._transport.abort()

    async def line(self, at_most: int) -> bytes | None:
        """The next line without its end, or what there is when the connection ends; None where that is nothing. Raises
        Endless where it has more than `at_most` bytes."""
        await self._step()
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0 and len(self._held) <= at_most:
            searched = len(self._held)
            if not await self._came():
                return self._take(searched) or None
        if end < 0 or end > at_most:
            raise Endless
        return self._take(end + 1)[:-1].removesuffix(b"\r")

    async def some(self, at_most: int) -> bytes:
        """Some of what comes next; nothing where the connection ends."""
        await self._step()
        while not self._held and await self._came():
            pass
        return self._take(at_most)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        self.taken += len(taken)
        return taken

    async def _step(self) -> None:
        self._steps += 1
        if self._steps % STEPS == 0:
            await asyncio.sleep(0)

    async def _came(self) -> bool:
        """Wait until more has come; False where none will."""
        if self.ended:
            return False
        if self._paused and self._transport is not None:
            self._transport.resume_reading()
            self._paused = False
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting
        return True

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
