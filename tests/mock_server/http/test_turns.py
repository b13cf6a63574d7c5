"""Turns of one connection: none keeps the event loop to itself, however much it sends. All bounds are counts."""

import asyncio
import re
import socket
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from mock_server import MockServer
from mock_server.contract.operations import path
from mock_server.http.turns import PIECE, TURN, Turns
from tests.connections import Wire, connected

pytestmark = pytest.mark.anyio

SHORTEST = b"GET / HTTP/1.1\r\n\r\n"
MANY = 20_000
FEW = 2 * PIECE // len(SHORTEST)
"""Requests that one connection may have answered while another waits for an answer."""


async def at_once(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without having read."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


async def behind(receive_all: Scope, receive: Receive, send: Send) -> None:
    """Answer once all was read."""
    while (await receive()).get("more_body"):
        pass
    await at_once(receive_all, receive, send)


FLOODS = {
    "the shortest requests": SHORTEST,
    "requests that are refused at once": b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789",
    "chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "upgrades": b"GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
    "to be told to go on": b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
}


@pytest.mark.parametrize("application", [at_once, behind])
@pytest.mark.parametrize("flood", FLOODS)
async def test_who_pipelines_keeps_nobody_waiting(flood: str, application: object) -> None:
    async with connected(application) as greedy, connected(application) as other:  # type: ignore[arg-type]
        greedy.come(FLOODS[flood] * MANY)
        await greedy.wire.has(b"HTTP/1.1 200", 3)
        before = greedy.wire.written.count(b"HTTP/1.1 200")
        other.come(SHORTEST)
        await other.wire.has(b"HTTP/1.1 200")
        assert greedy.wire.written.count(b"HTTP/1.1 200") - before <= FEW


async def test_no_more_requests_are_read_than_can_be_answered_soon() -> None:
    seen: list[Scope] = []

    async def stuck(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        while (await receive())["type"] != "http.disconnect":
            pass

    async with connected(stuck) as greedy:
        greedy.come(SHORTEST * MANY)
        await greedy.settled()
        assert len(seen) == 1
        assert len(greedy.protocol.pipeline) <= FEW
        assert not greedy.wire.reading


async def test_every_request_of_a_flood_is_answered() -> None:
    async with connected(at_once) as greedy:
        greedy.come(SHORTEST * 300, SHORTEST)
        await greedy.wire.has(b"HTTP/1.1 200", 301)


async def test_a_body_in_the_smallest_chunks_comes_in_turns() -> None:
    async with connected(behind) as greedy, connected(behind) as other:
        greedy.come(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * MANY + b"0\r\n\r\n")
        other.come(SHORTEST)
        await other.wire.has(b"HTTP/1.1 200")
        assert greedy.wire.written == b""
        await greedy.wire.has(b"HTTP/1.1 200")


def test_who_pipelines_over_a_socket_keeps_nobody_waiting() -> None:
    asked = f"GET {path('chat-credit')} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\n\r\n".encode()
    with MockServer(pace="manual") as mock:
        address = urlsplit(mock.url)
        where = (address.hostname or "", address.port or 0)
        with closing(socket.create_connection(where, timeout=20)) as greedy:
            greedy.setblocking(False)
            _fill(greedy, asked)
            for _ in range(20):
                with closing(socket.create_connection(where, timeout=20)) as other:
                    other.sendall(asked)
                    assert re.match(rb"HTTP/1.1 200 ", other.recv(4096))
                _fill(greedy, asked)


def _fill(connection: socket.socket, sent: bytes) -> None:
    """Send as much as fits, and take what came back."""
    for happens in (lambda: connection.send(sent * 1000), lambda: connection.recv(1 << 20)):
        _until_it_blocks(happens)


def _until_it_blocks(happens: Callable[[], object]) -> None:
    for _ in range(100):
        try:
            happens()
        except BlockingIOError:
            return


class Reading:
    """Turns over a wire, what was read in them, and what stops them."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.read: list[int] = []
        self.stops_at = 1 << 30
        self.turns = Turns(self.wire, asyncio.get_running_loop(), self.take, lambda: sum(self.read) >= self.stops_at)

    def take(self, piece: bytes) -> None:
        self.read.append(len(piece))


async def test_a_turn_ends_and_the_next_goes_on() -> None:
    reading = Reading()
    reading.turns.come(b"a" * (2 * TURN + 1))
    assert reading.read == [PIECE] * (TURN // PIECE)
    assert not reading.wire.reading
    await asyncio.sleep(0)
    assert sum(reading.read) == 2 * TURN
    await asyncio.sleep(0)
    assert sum(reading.read) == 2 * TURN + 1
    assert reading.wire.reading


async def test_a_turn_ends_where_it_is_stopped_until_it_goes_on() -> None:
    reading = Reading()
    reading.stops_at = PIECE
    reading.turns.come(b"a" * (PIECE + 1))
    reading.turns.come(b"b")
    await asyncio.sleep(0)
    assert reading.read == [PIECE]
    assert reading.turns.is_behind
    reading.stops_at = TURN
    reading.turns.go_on()
    reading.turns.go_on()
    await asyncio.sleep(0)
    assert reading.read == [PIECE, 2]
    assert not reading.turns.is_behind


async def test_behind_the_end_nothing_is_read_and_all_is_dropped() -> None:
    reading = Reading()
    reading.turns.come(b"a" * (TURN + 1))
    reading.turns.end()
    assert not reading.wire.reading
    reading.turns.drop()
    assert reading.wire.reading
    reading.turns.come(b"a")
    await asyncio.sleep(0)
    assert sum(reading.read) == TURN
