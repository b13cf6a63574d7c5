"""A transport that writes at once what comes within one turn of the event loop."""

import asyncio
from typing import Final

AT_ONCE: Final = 16 * 1024
"""Bytes past which what was gathered is written, within the turn."""


class Gathering:
    """uvicorn writes the head and the body of an answer apart, and a write takes about as long as a third of all that
    the mock does."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._parts: list[bytes] = []
        self._size = 0
        self.abort = transport.abort
        self.get_extra_info = transport.get_extra_info
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        # A long answer has to notice that its client does not read.
        if self._size > AT_ONCE:
            self.flush()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def end(self) -> None:
        """Write what was gathered, and tell the client that nothing follows."""
        self.flush()
        if not self._transport.is_closing():
            self._transport.write_eof()

    def flush(self) -> None:
        """Write what was gathered."""
        if self._parts and not self._transport.is_closing():
            self._transport.writelines(self._parts)
        self._parts, self._size = [], 0
