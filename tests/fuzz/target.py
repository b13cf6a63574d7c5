"""The mock without a socket: bytes into its HTTP protocol, and a verdict on the bytes that come out."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import httptools
from uvicorn.server import ServerState

from mock_server.app import create_app
from mock_server.core.settings import Settings
from mock_server.http.server import AnnouncingServer
from tests.builders import RecordingDelivery

CODES: Final = {200, 401, 402, 404, 409, 422, 429, 451, 455, 500}
"""The envelope codes of the documents."""
RESET_EVERY: Final = 10_000
"""Inputs after which the mock forgets everything, so that what grows is a leak."""
TURNS: Final = 3
"""Of the event loop in which nothing happens: one to read on, one to begin an answer, and one to send it."""
HEADER: Final = re.compile(rb"[a-z0-9-]+: [\t -~\x80-\xff]*")
BROKEN: Final = "the mock itself failed"


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closing = False
        self.reading = True

    def write(self, data: Any) -> None:
        if not self.closing:
            self.written += data

    def close(self) -> None:
        self.closing = True

    def write_eof(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 4010)}.get(name, default)


class Troubles(logging.Handler):
    """Errors that the mock logged and that asyncio was told of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    def tell(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        self.texts.append(repr(context))

    def taken(self) -> list[str]:
        texts, self.texts = self.texts, []
        return texts


class Target:
    """One mock; use it within one event loop. `answered` counts answers by HTTP status. `troubles` are those of another
    mock in the loop, where there is one."""

    def __init__(self, troubles: Troubles | None = None) -> None:
        self._delivery = RecordingDelivery()
        self._app = create_app(Settings(pace="manual"), delivery=self._delivery)
        self._config = AnnouncingServer(self._app, lambda: None, self._app.release, self._app.misread).config
        self._config.load()
        self._state = ServerState()
        self.troubles = troubles or Troubles()
        self._sent = 0
        self.answered: dict[int, int] = {}
        logger = logging.getLogger("uvicorn.error")
        logger.handlers, logger.propagate = [self.troubles], False
        asyncio.get_running_loop().set_exception_handler(self.troubles.tell)

    async def violation(self, pieces: Sequence[bytes]) -> str | None:
        """What is wrong with the answers to an input, sent over a connection of its own."""
        written = await self.exchange(pieces)
        troubles = self.taken()
        return troubles[0] if troubles else self.judged(b"".join(pieces), written)

    def taken(self) -> list[str]:
        """What was logged since this was asked, and the requests that do not end."""
        return [*self.troubles.taken(), *(f"{task} does not end" for task in self._state.tasks)]

    async def exchange(self, pieces: Sequence[bytes], *, ends: bool = False) -> bytes:
        """What is written in answer to an input; its client may close its half when all was sent."""
        self._sent += 1
        if self._sent % RESET_EVERY == 0:
            await self._app.state.control.reset(None)
            self._delivery.sent.clear()
        transport = Transport()
        make: Any = self._config.http_protocol_class
        protocol = make(config=self._config, server_state=self._state, app_state={})
        protocol.connection_made(transport)
        for piece in pieces:
            if not transport.closing:
                protocol.data_received(piece)
                await self._settle(protocol, transport)
        if ends and not transport.closing and protocol.eof_received():
            await self._settle(protocol, transport)
        protocol.connection_lost(None)
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=30)
        return transport.written

    async def _settle(self, protocol: Any, transport: Transport) -> None:
        """Return when every request that came is answered, or waits for the rest of its body."""
        idle = 0
        while idle < TURNS and not transport.closing:
            await asyncio.sleep(0)
            waits = len(self._state.tasks) == 1 and protocol.cycle.more_body and not protocol.cycle.body
            waits = waits and not protocol.pipeline and not protocol.cycle.message_event.is_set()
            idle = idle + 1 if transport.reading and (waits or not self._state.tasks) else 0

    def judged(self, sent: bytes, written: bytes) -> str | None:
        """What is wrong with what was written in answer to what was sent."""
        try:
            for status, headers, body in responses(written):
                self.answered[status] = self.answered.get(status, 0) + 1
                _check(status, headers, body)
        except (ValueError, KeyError, AssertionError) as error:
            return f"{type(error).__name__} {error} in {written[:2000]!r}"
        return None if written or not _is_whole(sent) else "a whole request was not answered"


def responses(written: bytes) -> Iterator[tuple[int, dict[str, str], bytes]]:
    """Every response in what was written. Raises ValueError for what is none."""
    while written:
        head, end, rest = written.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        matched = re.fullmatch(rb"HTTP/1\.1 ([0-9]{3}) .*", first)
        if not end or matched is None or not all(map(HEADER.fullmatch, lines)):
            raise ValueError("no response")
        status, written = int(matched[1]), rest
        if status == 100:
            continue
        headers = dict(line.decode("latin-1").split(": ", 1) for line in lines)
        if not rest or rest.startswith(b"HTTP/1.1 "):
            body = b""
        elif "transfer-encoding" in headers:
            body, written = _unchunked(rest)
        else:
            body, written = _taken(rest, int(headers["content-length"]))
        yield status, headers, body


def _taken(rest: bytes, length: int) -> tuple[bytes, bytes]:
    if len(rest) < length:
        raise ValueError("body too short")
    return rest[:length], rest[length:]


def _unchunked(rest: bytes) -> tuple[bytes, bytes]:
    """A body that comes in chunks, and what is behind it."""
    body, part = b"", b"begins"
    while part:
        size, _, rest = rest.partition(b"\r\n")
        part, rest = _taken(rest, int(size, 16))
        end, rest = _taken(rest, 2)
        if end != b"\r\n":
            raise ValueError("chunk without end")
        body += part
    return body, rest


def _check(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise AssertionError for an answer that no document names."""
    kind = headers.get("content-type", "")
    if status == 400 and kind.startswith("text/plain"):
        assert headers["connection"] == "close"
    elif "content-security-policy" in headers:
        assert status in (200, 303, 400, 403, 404)
        assert b"<script>" not in body
    elif kind in ("audio/mpeg", "image/jpeg") or status in (204, 304, 416):
        assert status in (200, 204, 206, 304, 416)
    elif body:
        assert kind == "application/json", kind
        _check_json(status, json.loads(body))


def _check_json(status: int, answer: dict[str, Any]) -> None:
    """The provider's envelope, the control plane's error, or its success."""
    if "msg" in answer:
        assert answer["code"] in CODES
        assert set(answer) <= {"code", "msg", "data"}
        assert BROKEN not in answer["msg"]
        assert status in (200, 404, 405, 500)
    elif status >= 400:
        assert status in (400, 401, 403, 404, 405, 408, 409)
        assert list(answer) == ["error"]
    else:
        assert status in (200, 201)


class _Counting:
    """Counts the whole requests that a parser finds."""

    count = 0

    def on_message_complete(self) -> None:
        self.count += 1


def _is_whole(sent: bytes) -> bool:
    """Whether a request is in it. A wish for another protocol counts as if it were another header."""
    counting = _Counting()
    with suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        httptools.HttpRequestParser(counting).feed_data(re.sub(rb"(?i)upgrade", b"upgrad_", sent))
    return counting.count > 0
