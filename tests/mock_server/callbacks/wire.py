"""Connections to receivers that say what a test has them say, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from yarl import URL

from mock_server.callbacks.connecting import Connector
from mock_server.callbacks.connection import Connection
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.trust import Trust
from tests.waiting import settled

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, path: str = "/cb") -> AsyncIterator[str]:
    """The URL of a server that does what `serve` does with each connection."""
    handling: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await serve(reader, writer)
        if not writer.is_closing():
            writer.transport.abort()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handling.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
    finally:
        server.close()
        for each in handling:
            each.cancel()
        await asyncio.gather(*handling)
        await settled()


def saying(said: bytes, *, close: bool = True) -> Serve:
    """Say something, whatever comes, and close the connection or keep it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        if not close:
            await reader.read()
        writer.close()

    return serve


@asynccontextmanager
async def connected(serve: Serve) -> AsyncIterator[Connection]:
    """A connection to a server that does what `serve` does."""
    async with listening(serve) as url:
        connection = await Connector(HostPolicy(), Trust()).connect(URL(url))
        try:
            yield connection
        finally:
            connection.close()


class Turns:
    """Counts the turns of the loop while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.count += 1

    async def __aenter__(self) -> "Turns":
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._running.cancel()
