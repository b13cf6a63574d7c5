"""One connection of the mock. It uses parts of uvicorn that are not documented; `uvicorn_parts` lists them.

It reads heads, extensions of chunks, trailers, and requests before earlier ones are answered, in bounded memory, turns
and time; it can be cut; it tells every request that its client has gone; it answers who asks for another protocol as if
it did not; and names what is not HTTP, behind the answers to what is. `uvicorn_parts` says whether it can be used.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Coroutine, Sized
from http import HTTPStatus
from typing import Any, Final, cast

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_server.http.endpoint import CONNECTION
from mock_server.http.gathering import Gathering
from mock_server.http.last_answer import HEAD_LIMIT, LARGE, LATE, last_answer
from mock_server.http.other_protocol import OtherProtocol, other_protocol
from mock_server.http.turns import Turns

ANSWERED_WITHIN: Final = 1.0
"""Seconds for which a client that closed its half of the connection is still answered. One that left looks the same."""
LEAVES_WITHIN: Final = 1.0
"""Seconds for a client that was told of the end to close the connection."""
WISH: Final = (b"connection", b"upgrade", b"http2-settings")
"""The headers by which a client asks for another protocol on the same connection (RFC 9110, section 7.8)."""
Misread = Callable[[OtherProtocol], Coroutine[Any, Any, None]]
"""Is told of a connection that is not HTTP."""


class Flow(FlowControl):
    """Reads nothing while requests wait to be answered. uvicorn reads on with every answer."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized, go_on: Callable[[], None]) -> None:
        super().__init__(transport)
        self._waiting = waiting
        self._go_on = go_on

    def pause_reading(self) -> None:
        self.read_paused = True

    def resume_reading(self) -> None:
        if self.read_paused and not self._waiting:
            self.read_paused = False
            self._go_on()


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
    counts here, and past HEAD_LIMIT the connection ends with HTTP 400. A request that is not whole `request_timeout`
    seconds after it began ends it with HTTP 408; 0 is no limit."""

    def __init__(self, *arguments: Any, misread: Misread, request_timeout: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._misread = misread
        self._request_timeout = request_timeout
        self._gathering: Gathering
        self._turns: Turns
        self._timer: asyncio.TimerHandle | None = None
        self.parser = Parser(self)
        self._declines = False
        self._has_begun = False
        self._unfinished = 0
        self._earlier: deque[RequestResponseCycle] = deque()
        self._last_answer = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._gathering = Gathering(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._gathering))
        self._turns = Turns(transport, self.loop, self._read, lambda: self.flow.read_paused)
        self.flow = Flow(transport, self.pipeline, self._turns.go_on)
        self.app_state = {**self.app_state, CONNECTION: self}
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._turns.end()
        self._time(waits=False)
        super().connection_lost(exc)
        # uvicorn tells the request that came last, which may wait for others to be answered.
        while self._earlier:
            self._leave(self._earlier.pop())

    def cut(self, *, at_once: bool) -> None:
        """End the connection: reset it, or close it when all that was written is out."""
        if not at_once:
            return self.transport.close()
        # Zero seconds of lingering make the kernel reset the connection in place of closing it.
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.cycle is None and not self._unfinished and (spoken := other_protocol(data)):
            return self._refuse(spoken)
        self._turns.come(data)

    def _read(self, piece: bytes) -> None:
        """Read a piece of what came."""
        self._unfinished += len(piece)
        super().data_received(piece)
        if self._unfinished > HEAD_LIMIT:
            self.send_400_response(LARGE)
        self._time(waits=not self._is_owed())

    def eof_received(self) -> bool:  # type: ignore[override]
        """Whether the connection stays open, for the answer to what came. uvicorn would drop it."""
        self._gathering.flush()
        if not self._is_owed():
            return False
        self.cycle.keep_alive = False
        self.loop.call_later(ANSWERED_WITHIN, self.transport.close)
        return True

    def send_400_response(self, msg: str) -> None:
        self._end(HTTPStatus.BAD_REQUEST, msg)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._has_begun = True
        self._time(waits=False)

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
            self._has_begun = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        is_last = not self.pipeline
        super().on_response_complete()
        if is_last and self._last_answer:
            self._say_last()
        elif self._has_begun:
            # uvicorn waits for the next request to begin, which has.
            self._unset_keepalive_if_required()
            self._time(waits=not self._is_owed())

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

    def _is_owed(self) -> bool:
        """Whether a request is whole and not answered: its client waits for the mock, and not the mock for it."""
        cycle = self.cycle
        return bool(self.pipeline) or not (cycle is None or cycle.response_complete or cycle.more_body)

    def _has_answer_begun(self) -> bool:
        """Whether there is a part of an answer to a request that is not whole itself."""
        cycle = self.cycle
        return cycle is not None and cycle.more_body and cycle.response_started

    def _time(self, *, waits: bool = True) -> None:
        """Have the timer run while the mock waits for the end of a request, or for one to begin."""
        if not waits and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        elif waits and self._timer is None and self._request_timeout:
            self._timer = self.loop.call_later(self._request_timeout, self._give_up)

    def _give_up(self) -> None:
        """Wait no longer for the end of a request. Nothing is said where none began, or where an answer to it did."""
        self._timer = None
        if self._turns.is_behind or self.flow.read_paused:
            return self._time()
        if self._has_answer_begun() or not self._has_begun:
            return self.transport.close()
        self._end(HTTPStatus.REQUEST_TIMEOUT, LATE.format(self._request_timeout))

    def _refuse(self, spoken: OtherProtocol) -> None:
        """End a connection that is not HTTP."""
        self.send_400_response(spoken.why)
        task = self.loop.create_task(self._misread(spoken))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _leave(self, cycle: RequestResponseCycle | None) -> None:
        """Tell a request that nobody waits for its answer."""
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()

    def _end(self, status: HTTPStatus, why: str) -> None:
        """Answer what cannot be read to its end, behind the answers to what came before, and close the connection."""
        if self._last_answer or self.transport.is_closing():
            return
        self._turns.end()
        self._last_answer = last_answer(status, why, self.server_state.default_headers)
        cycle, waits = self.cycle, bool(self.pipeline)
        if waits and cycle.more_body:
            self.pipeline.popleft()
        if not (waits or self._is_owed() or (self._has_answer_begun() and not self.cycle.response_complete)):
            self._say_last()

    def _say_last(self) -> None:
        """Say it, and take what the client still sends for a while: with bytes that nobody took the kernel resets a
        connection as it closes, and the client may lose all answers that it has not read."""
        self._leave(self.cycle)
        self._gathering.write(self._last_answer)
        self._gathering.end()
        self._turns.drop()
        self.loop.call_later(LEAVES_WITHIN, self.transport.close)
