"""A connection of the mock. The only module that knows what is not documented of uvicorn.

It reads heads, extensions of chunks, trailers, and requests that come before earlier ones are answered, in bounded
memory; it can be cut; it tells every request that its client has gone; and it answers who asks for another protocol as
if it did not; and names what is not HTTP. `uvicorn_parts` says whether it can be used.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Coroutine, Sized
from typing import Any, Final

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_server.http.endpoint import CONNECTION
from mock_server.http.other_protocol import OtherProtocol, other_protocol

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a head that are always read (ours)."""
PIECE: Final = 16 * 1024
"""Bytes that are read at a time; so many more than HEAD_LIMIT may be read until a head is refused."""
WISH: Final = (b"connection", b"upgrade", b"http2-settings")
"""The headers by which a client asks for another protocol on the same connection (RFC 9110, section 7.8)."""
Misread = Callable[[OtherProtocol], Coroutine[Any, Any, None]]
"""Is told of a connection that is not HTTP."""


class GatheringTransport(asyncio.Transport):
    """Writes an answer at once. uvicorn writes its head and its body apart, and a write takes about as long as a third
    of all that the mock does. What is no whole answer is written in the next turn of the event loop."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._gathered: list[bytes] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._gathered:
            self._loop.call_soon(self.flush)
        self._gathered.append(bytes(data))
        self._size += len(data)
        # A long answer has to notice that its client does not read.
        if self._size > PIECE:
            self.flush()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def flush(self) -> None:
        """Write what was gathered."""
        gathered, self._gathered, self._size = self._gathered, [], 0
        if gathered and not self._transport.is_closing():
            self._transport.write(b"".join(gathered))


class Flow(FlowControl):
    """Reads nothing while requests wait for their turn. uvicorn reads on with every answer, and so takes in hundreds of
    them for each that it answers."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if not self._waiting:
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
        self.transport: GatheringTransport
        self.parser = Parser(self)
        self._declines = False
        self._unfinished = 0
        self._cycles: deque[RequestResponseCycle] = deque()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = GatheringTransport(transport, self.loop)
        self.flow = Flow(transport, self.pipeline)
        self.app_state = {**self.app_state, CONNECTION: self}

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # uvicorn tells the request that came last, which may wait for earlier ones to be answered.
        for cycle in self._cycles:
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

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        asks = self.parser.should_upgrade()
        self._declines = asks and self.parser.get_method() != b"CONNECT"
        if self._declines:
            return
        super().on_headers_complete()
        if asks:
            self.cycle.keep_alive = False
        while self._cycles and self._cycles[0].response_complete:
            self._cycles.popleft()
        self._cycles.append(self.cycle)

    def on_response_complete(self) -> None:
        self.transport.flush()
        super().on_response_complete()

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
