"""Reads what comes over one connection in turns, so that none keeps the event loop to itself."""

import asyncio
from collections.abc import Callable
from typing import Final

TURN: Final = 16 * 1024
"""Bytes of one connection that are read within one turn of the event loop; then others have theirs."""
PIECE: Final = 1024
"""Bytes that are read at a time: after each it is asked whether to read on. The shortest requests have 18."""


class Turns:
    """Hands what comes to `read`, piece by piece, until `stops`. What is left is kept, and nothing more is taken from
    the transport, until `go_on`."""

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        read: Callable[[bytes], None],
        stops: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._read = read
        self._stops = stops
        self._left = b""
        self._has_next = False
        self._is_paused = self._has_ended = False

    @property
    def is_behind(self) -> bool:
        """Whether bytes came that were not read yet."""
        return bool(self._left)

    def come(self, data: bytes) -> None:
        """Bytes came: have a turn, unless earlier ones wait for theirs."""
        if self._is_paused:
            self._left += data
        elif not self._has_ended:
            self._have(data)

    def go_on(self) -> None:
        """Have a turn in the event loop's next one."""
        if not self._has_next:
            self._has_next = True
            self._call_soon(self._next)

    def end(self) -> None:
        """Read nothing any more, and take nothing from the transport."""
        self._has_ended, self._left = True, b""
        self._pause(True)

    def drop(self) -> None:
        """Take what comes from the transport after the end."""
        self._pause(False)

    def _next(self) -> None:
        self._has_next = False
        data, self._left = self._left, b""
        self._have(data)

    def _have(self, data: bytes) -> None:
        first = 0
        while first < min(len(data), TURN) and not (self._has_ended or self._stops()):
            self._read(data[first : first + PIECE])
            first += PIECE
        if self._has_ended:
            return
        self._left += data[first:]
        stops = self._stops()
        if self._left and not stops:
            self.go_on()
        self._pause(bool(self._left) or stops)

    def _pause(self, pauses: bool) -> None:
        if pauses is not self._is_paused and not self._transport.is_closing():
            self._is_paused = pauses
            (self._transport.pause_reading if pauses else self._transport.resume_reading)()
