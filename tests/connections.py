"""Connections to a mock without a network: bytes into its HTTP protocol, and what it writes."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from mock_server.http.connection import BoundedConnection
from mock_server.http.other_protocol import OtherProtocol
from mock_server.state.journal_entries import Requested
from tests.clients import Mock

DATE = (b"date", b"Sat, 21 Nov 2026 14:17:09 GMT")


@lru_cache(maxsize=8)
def loaded(application: ASGIApp) -> uvicorn.Config:
    """uvicorn, configured for an application."""
    config = uvicorn.Config(application, log_level="warning", access_log=False, ws="none")
    config.load()
    return config


async def misread(spoken: OtherProtocol) -> None:
    """No mock is told of what is not HTTP."""


class Wire(asyncio.Transport):
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.writes = 0
        self.closed = False
        self.reading = True
        self._coming: deque[Callable[[], object]] = deque()
        self._changed = asyncio.Event()

    def come(self, *happenings: Callable[[], object]) -> None:
        """What happens to the connection, once it is read that far."""
        self._coming.extend(happenings)
        while self.reading and not self.closed and self._coming:
            self._coming.popleft()()

    @property
    def is_read(self) -> bool:
        """Whether all that came was taken."""
        return self.closed or not self._coming

    async def ended(self) -> None:
        """Return once the transport was closed."""
        async with asyncio.timeout(10):
            while not self.closed:
                self._changed.clear()
                await self._changed.wait()

    def write(self, data: Any) -> None:
        self.written += data
        self.writes += 1
        self._changed.set()

    def writelines(self, parts: Any) -> None:
        self.write(b"".join(parts))

    def close(self) -> None:
        self.closed = True
        self._changed.set()

    def write_eof(self) -> None:
        self.close()

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True
        asyncio.get_running_loop().call_soon(self.come)

    async def has(self, pattern: bytes, count: int = 1) -> bytes:
        """What was written, once the pattern was found so often."""
        async with asyncio.timeout(10):
            while len(re.findall(pattern, self.written)) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.written


class Connected:
    """A connection to a mock, or to another application where one is given, without a network."""

    def __init__(self, application: ASGIApp | None, request_timeout: float) -> None:
        self._mock = None if application else Mock()
        self.state = ServerState()
        self.state.default_headers = [DATE]
        self.protocol = BoundedConnection(
            config=loaded(application or self.mock.app),
            server_state=self.state,
            app_state={},
            _loop=asyncio.get_running_loop(),
            misread=self.mock.app.misread if self._mock else misread,
            request_timeout=request_timeout,
        )
        self.wire = Wire()
        self.protocol.connection_made(self.wire)

    @property
    def mock(self) -> Mock:
        assert self._mock is not None
        return self._mock

    def come(self, *pieces: bytes) -> None:
        """Bytes come, one piece after the other, before the event loop goes on."""
        self.wire.come(*(partial(self.protocol.data_received, piece) for piece in pieces))

    def end(self) -> None:
        """The client closes its half."""
        self.wire.come(self._end)

    def _end(self) -> None:
        if not self.protocol.eof_received():
            self.wire.close()

    async def answered(self) -> bytes:
        """What was written, once nothing is left to be answered."""
        idle = 0
        while idle < 3:  # a turn of the loop each to read on, to begin an answer, and to send it
            if self.state.tasks:
                await asyncio.wait(self.state.tasks)
            await asyncio.sleep(0)
            idle = 0 if self.state.tasks else idle + 1
        return self.wire.written

    async def settled(self) -> bytes:
        """What was written once nothing changes any more, though a request may not be whole."""
        seen, same = -1.0, 0
        while same < 3:
            await asyncio.sleep(0)
            now = len(self.wire.written) + len(self.state.tasks) / 2 + self.wire.is_read / 4
            seen, same = now, same + 1 if now == seen else 0
        return self.wire.written

    async def entries(self) -> list[Requested]:
        return [entry for entry in await self.mock.store.journal.page() if isinstance(entry, Requested)]


@asynccontextmanager
async def connected(application: ASGIApp | None = None, request_timeout: float = 60) -> AsyncIterator[Connected]:
    connection = Connected(application, request_timeout)
    yield connection
    connection.protocol.connection_lost(None)
    await asyncio.gather(*connection.state.tasks)
