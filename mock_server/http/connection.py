"""One connection of the mock. It uses parts of uvicorn that are not documented; `uvicorn_parts` lists them.

It reads heads, extensions of chunks, trailers, and requests that come before earlier ones are answered, in bounded
memory; it can be cut; it tells every request that its client has gone; and it answers who asks for another protocol as
if it did not; and names what is not HTTP. `uvicorn_parts` says whether it can be used.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Coroutine, Sized
from typing import Any, Final, cast

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_server.http.endpoint import CONNECTION
from mock_server.http.other_protocol import OtherProtocol, other_protocol

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a head that are always read (ours)."""
PIECE: Final = 16 * 1024
"""Bytes that are read at a time; so many more than HEAD_LIMIT may be read until a head is refused."""
ANSWERED_WITHIN: Final = 1.0
"""Seconds for which a client that closed its half of the connection is still answered. One that left looks the same."""
WISH: Final = (b"connection", b"upgrade", b"http2-settings")
"""The headers by which a client asks for another protocol on the same connection (RFC 9110, section 7.8)."""
Misread = Callable[[OtherProtocol], Coroutine[Any, Any, None]]
"""Is told of a connection that is not HTTP."""


class Gathering:
    """A transport that writes at once what comes within one turn of the event loop, up to a PIECE. uvicorn writes the
    head and the body of an answer apart, and a write takes about as long as a third of all that the mock does."""

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
        if self._size > PIECE:
            self.flush()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what was gathered."""
        if self._parts and not self._transport.is_closing():
            self._transport.writelines(self._parts)
        self._parts, self._size = [], 0


class Flow(FlowControl):
    """Reads nothing while requests wait for their turn. uvicorn reads on with every answer, and so takes in hundreds of
    them for each that it answers."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if self.read_paused and not self._waiting:
            super().resume_reading()


class Parser(HttpRequestParser):
    """Goes on behind a head that asks for another protocol, where httptools ends and leaves the body to that one."""

    def __init__(self, connection: "BoundedConnection") -> None:
        super().__init__(connection)
        self._connection = connection
        # As uvicorn does, so that what comes behind `Connection: close` is no error.
        self.set_dangerous_leniencies(lenient_data_after_close=True)

    def feed_data(self, data: Any) -> None:
        try:
            super().feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._connection.decline(data[upgrade.args[0] :])


class BoundedConnection(HttpToolsProtocol):
    """The parser keeps what has not ended yet, however long it gets. What is neither a whole head nor a part of a body
    counts here, and past HEAD_LIMIT the connection ends with HTTP 400."""

    def __init__(self, *arguments: Any, misread: Misread, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._misread = misread
        self._gathering: Gathering
        self.parser = Parser(self)
        self._declines = False
        self._unfinished = 0
        self._earlier: deque[RequestResponseCycle] = deque()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._gathering = Gathering(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._gathering))
        self.flow = Flow(transport, self.pipeline)
        self.app_state = {**self.app_state, CONNECTION: self}

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # uvicorn tells the request that came last, which may wait for others to be answered.
        for cycle in self._earlier:
            cycle.disconnected = True
            cycle.message_event.set()

    def cut(self, *, at_once: bool) -> None:
        """End the connection: reset it, or close it when all that was written is out."""
        if not at_once:
            return self.transport.close()
        # Zero seconds of lingering make the kernel reset the connection in place of closing it.
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if len(data) > PIECE:
            return self._in_pieces(data)
        if self.cycle is None and not self._unfinished and (spoken := other_protocol(data)):
            return self._refuse(spoken)
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response(f"The head of the request is too large; allowed: {HEAD_LIMIT} bytes.")

    def eof_received(self) -> bool:  # type: ignore[override]
        """Whether the connection stays open, for the answer to what came. uvicorn would drop it."""
        self._gathering.flush()
        cycle = self.cycle
        if cycle is None or cycle.response_complete or cycle.more_body:
            return False
        cycle.keep_alive = False
        self.loop.call_later(ANSWERED_WITHIN, self.transport.close)
        return True

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        asks = self.parser.should_upgrade()
        self._declines = asks and self.parser.get_method() != b"CONNECT"
        if self._declines:
            return
        before = self.cycle
        super().on_headers_complete()
        if asks:
            self.cycle.keep_alive = False
        if self.pipeline:
            while self._earlier and self._earlier[0].response_complete:
                self._earlier.popleft()
            self._earlier.append(before)

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._declines:
            super().on_message_complete()

    def decline(self, rest: bytes) -> None:
        """Read a request on that asks for another protocol: its head anew, without the wish, and the rest of it. What
        comes behind the wish for a tunnel is no HTTP."""
        if not self._declines:
            return
        asked, self.parser = self.parser, Parser(self)
        lines = [b"%b: %b" % header for header in self.headers if header[0] not in WISH]
        if not asked.should_keep_alive():
            lines.append(b"connection: close")
        first = b"%b %b HTTP/%b" % (asked.get_method(), self.url, asked.get_http_version().encode())
        self.parser.feed_data(b"\r\n".join([first, *lines, b"", rest]))

    def _refuse(self, spoken: OtherProtocol) -> None:
        """End a connection that is not HTTP."""
        self.send_400_response(spoken.why)
        task = self.loop.create_task(self._misread(spoken))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _in_pieces(self, data: bytes) -> None:
        for first in range(0, len(data), PIECE):
            if not self.transport.is_closing():
                self.data_received(data[first : first + PIECE])
