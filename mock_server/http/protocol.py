"""uvicorn's protocol, with a short way for requests to the provider's endpoints."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.http.endpoint import CONNECTION, Endpoint
from mock_server.http.read_request import call

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

Endpoints = Mapping[tuple[bytes, bytes], tuple[str, str, Endpoint]]
"""By method and path, as they come and as a call has them."""


class DirectProtocol(HttpToolsProtocol):
    """A request to an endpoint that comes in one piece, and needs nothing but an answer, is answered as soon as it was
    read: without a scope, messages and a task of its own, which take longer than all that the mock does. Every other
    request goes uvicorn's way through the whole application, with the same answer. Between two pieces of what comes no
    request is on the short way, so what happens to a connection meanwhile is uvicorn's alone.
    """

    def __init__(self, endpoints: Endpoints, **options: Any) -> None:
        super().__init__(**options)
        self._endpoints = endpoints
        self._direct: tuple[str, str, Endpoint] | None = None
        self._running: RequestResponseCycle | None = None
        self._idle_since: float | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._path = self._query = self._body = b""
        self._begun = 0
        self._last: tuple[Endpoint, Call] | None = None
        self._head = b""
        self._length = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, CONNECTION: self}

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: "ASGI3Application") -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._running is not None:
            # uvicorn tells the request that came last, which may wait for this one to be answered.
            self._running.disconnected = True
            self._running.message_event.set()
        if self._idle_timer is not None:
            self._idle_timer.cancel()

    def cut(self, *, at_once: bool) -> None:
        """End the connection: reset it, or close it when all that was written is out."""
        if not at_once:
            return self.transport.close()
        # Zero seconds of lingering make the kernel reset the connection in place of closing it.
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._idle_since = None
        self._begun = 0
        super().data_received(data)
        if self._direct is not None:
            self._hand_over()
        elif self._last is not None and self._begun == 1:
            self._remember(data, self._last[1].body or b"")

    def answered_again(self, data: bytes) -> bool:
        """Answer a request whose head is, byte for byte, that of the one before, as from a client that keeps its
        connection: nothing of it is to be parsed. False for every other one, which `data_received` takes."""
        if len(data) != self._length or not data.startswith(self._head) or self._last is None:
            return False
        if self.flow.write_paused or self.transport.is_closing():
            return False
        endpoint, last = self._last
        return self._answered(endpoint, last.again(data[len(self._head) :]))

    def _remember(self, data: bytes, body: bytes) -> None:
        """Keep the head of a request that came as a whole and alone, until another begins."""
        if data.endswith(b"\r\n\r\n" + body) and all(name != b"transfer-encoding" for name, _ in self.headers):
            self._head = data[: len(data) - len(body)]
            self._length = len(data)

    def on_message_begin(self) -> None:
        self._begun += 1
        self._last = None
        self._length = 0
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        self._path, _, self._query = self.url.partition(b"?")
        self._direct = self._endpoints.get((self.parser.get_method(), self._path))
        self._body = b""
        if self._direct is None or not self._is_plain():
            self._hand_over()

    def on_body(self, body: bytes) -> None:
        if self._direct is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        direct = self._direct
        if direct is None:
            return super().on_message_complete()
        method, path, endpoint = direct
        asked = call(method, path, self._query, self.headers, self._body)
        if self._answered(endpoint, asked):
            self._direct = None
            self._last = endpoint, asked
        else:
            self._hand_over()
            super().on_message_complete()

    def _answered(self, endpoint: Endpoint, asked: Call) -> bool:
        """Answer at once, where that is possible."""
        return False

    def _rest(self) -> None:
        """Have the connection closed when nothing comes for a while. uvicorn sets and cancels a timer per request; here
        one runs on, which takes less."""
        self._idle_since = self.loop.time()
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def _close_if_idle(self) -> None:
        self._idle_timer = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle_timer = self.loop.call_later(left, self._close_if_idle)
        else:
            self.transport.close()

    def _is_plain(self) -> bool:
        """Whether nothing is to do but to answer: the request before is answered, and the connection goes on."""
        parser = self.parser
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and not parser.should_upgrade()
        )

    def _hand_over(self) -> None:
        """Have uvicorn answer the request, with what was read of it."""
        self._direct = None
        url, headers, expect_100_continue = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect_100_continue
        self.headers += headers
        super().on_headers_complete()
        if self._body:
            super().on_body(self._body)

    def _written(self, answer: Answer) -> bytes:
        begins = _begins(answer.status, answer.content_type, *self.server_state.default_headers)
        further = b"".join(map(_line, answer.further_lines())) if answer.headers else b""
        return b"%bcontent-length: %d\r\n%b\r\n%b" % (begins, len(answer.body), further, answer.body)


@lru_cache(maxsize=64)
def _begins(status: int, content_type: str, *default: tuple[bytes, bytes]) -> bytes:
    """What all answers of one second begin with."""
    return b"%b%b" % (STATUS_LINE[status], b"".join(map(_line, (*default, (b"content-type", content_type.encode())))))


def _line(header: tuple[bytes, bytes]) -> bytes:
    return b"%b: %b\r\n" % header
