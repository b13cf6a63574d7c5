"""What uvicorn's protocol reads of heads, of chunks' extensions, of trailers, and of requests that come before earlier
ones are answered, in bounded memory."""

import asyncio
from collections.abc import Sized
from typing import Final

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a head that are always read (ours)."""
PIECE: Final = 16 * 1024
"""Bytes that are read at a time; so many more than HEAD_LIMIT may be read until a head is refused."""


class Flow(FlowControl):
    """Reads nothing while requests wait for their turn. uvicorn reads on with every answer, and so takes in hundreds of
    them for each that it answers."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if not self._waiting:
            super().resume_reading()


class Bounds(HttpToolsProtocol):
    """The parser keeps what has not ended yet, however long it gets. What is neither a whole head nor a part of a body
    counts here, and past HEAD_LIMIT the connection ends with HTTP 400."""

    _unfinished = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = Flow(transport, self.pipeline)

    def data_received(self, data: bytes) -> None:
        if len(data) > PIECE:
            return self._in_pieces(data)
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response(f"The head of the request is too large; allowed: {HEAD_LIMIT} bytes.")

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        super().on_body(body)

    def _in_pieces(self, data: bytes) -> None:
        for first in range(0, len(data), PIECE):
            if not self.transport.is_closing():
                self.data_received(data[first : first + PIECE])
