"""What bodies that are not whole hold together: counted, bounded, and given back."""

import asyncio
import gc
import tracemalloc
from contextlib import AsyncExitStack
from typing import Any

import pytest
from starlette.types import Message

from mock_server.commands.demo import EXTEND
from mock_server.contract.decode import BODY_LIMIT
from mock_server.core.setting_limits import LARGEST_BODY
from mock_server.http.read_request import Incomplete, read_body
from mock_server.http.unfinished_bodies import UnfinishedBodies
from tests.clients import Mock
from tests.connections import Connected, connected

pytestmark = pytest.mark.anyio

PART = 50_000
FULL = 20
"""Bodies of a PART that one body's room has, and none more."""
NO_ROOM = (
    "Bodies that are not whole hold more than 1048576 bytes together with this one. Way out: send it again when others "
    "have ended, or start the mock with a larger --unfinished-bodies BYTES."
)


def test_the_smallest_room_is_that_of_one_body() -> None:
    assert LARGEST_BODY == BODY_LIMIT


class Sending:
    """One request to these bodies, whose parts come when the test says so."""

    def __init__(self, bodies: UnfinishedBodies) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self.counted = bodies.counted(self._messages.get)

    async def part(self, size: int, *, more: bool = True) -> Message:
        self._messages.put_nowait({"type": "http.request", "body": b"a" * size, "more_body": more})
        return await self.counted()

    async def leave(self) -> Message:
        self._messages.put_nowait({"type": "http.disconnect"})
        return await self.counted()


async def test_a_body_counts_until_it_is_whole() -> None:
    bodies = UnfinishedBodies(0)
    one, other = Sending(bodies), Sending(bodies)
    await one.part(5)
    await other.part(7)
    await one.part(1)
    assert bodies.held == 13
    await one.part(100, more=False)
    assert bodies.held == 7
    await other.leave()
    assert bodies.held == 0


async def test_a_body_that_ends_otherwise_counts_no_longer() -> None:
    bodies = UnfinishedBodies(0)
    one = Sending(bodies)
    await one.part(5)
    one.counted.release()
    one.counted.release()
    assert bodies.held == 0


async def test_what_finds_no_room_is_refused_and_holds_nothing() -> None:
    bodies = UnfinishedBodies(10)
    one, other = Sending(bodies), Sending(bodies)
    await one.part(6)
    with pytest.raises(Incomplete, match="hold more than 10 bytes together with this one"):
        await other.part(5)
    assert bodies.held == 6
    await one.part(4)
    assert bodies.held == 10


async def test_what_is_too_large_is_dropped_and_counts_no_longer() -> None:
    bodies = UnfinishedBodies(BODY_LIMIT)
    one = Sending(bodies)
    await one.part(BODY_LIMIT)
    await one.part(1)
    assert bodies.held == 0


async def test_a_body_that_is_too_large_is_not_kept() -> None:
    gone = asyncio.Event()

    async def receive() -> Message:
        if gone.is_set():
            return {"type": "http.disconnect"}
        held.append(tracemalloc.get_traced_memory()[0])
        if len(held) == 8:
            gone.set()
        return {"type": "http.request", "body": b"a" * (BODY_LIMIT // 4), "more_body": True}

    held: list[int] = []
    tracemalloc.start()
    try:
        with pytest.raises(Incomplete):
            await read_body(receive)
    finally:
        tracemalloc.stop()
    assert held[4] - held[0] >= BODY_LIMIT > held[7] - held[0]


def begun(target: str = EXTEND, size: int = PART) -> bytes:
    """A request that is not whole."""
    head = f"POST {target} HTTP/1.1\r\nContent-Type: application/json\r\nSec-Fetch-Site: same-origin\r\n"
    return f"{head}Content-Length: {size + 1}\r\n\r\n".encode() + b" " * size


async def sent(stack: AsyncExitStack, mock: Mock, data: bytes) -> Connected:
    connection = await stack.enter_async_context(connected(mock.app))
    connection.come(data)
    await connection.settled()
    return connection


@pytest.mark.parametrize("target", [EXTEND, "/nothing", "/__admin/clock/advance", "/__admin/pages/redeliver"])
async def test_past_the_total_a_request_is_told_so_and_its_connection_goes_on(target: str) -> None:
    mock = Mock(unfinished_bodies=BODY_LIMIT)
    async with AsyncExitStack() as stack:
        for _ in range(FULL):
            assert (await sent(stack, mock, begun())).wire.written == b""
        refused = await sent(stack, mock, begun(target))
        if target == "/nothing":  # no decision depends on its body
            await refused.wire.has(b"nothing is served at /nothing")
        else:
            await refused.wire.has(b"^HTTP/1.1 503 Service Unavailable\r\n")
            await refused.wire.has(NO_ROOM.encode())
        refused.come(b" ")
        refused.come(b"GET /__admin/health HTTP/1.1\r\n\r\n")
        await refused.wire.has(b'"status":"ready"')


async def test_what_ended_leaves_room_for_others() -> None:
    mock = Mock(unfinished_bodies=BODY_LIMIT)
    for _ in range(3):
        async with AsyncExitStack() as stack:
            for _ in range(FULL):
                assert (await sent(stack, mock, begun())).wire.written == b""
            whole = await sent(stack, mock, begun()[:200])
            assert whole.wire.written == b""
            whole.come(begun()[200:] + b" ")
            await whole.wire.has(b"HTTP/1.1 503")


async def test_the_memory_of_what_was_never_whole_is_free_again() -> None:
    mock = Mock()
    async with AsyncExitStack() as stack:
        await sent(stack, mock, begun())
    gc.collect()
    gc.disable()  # what is held must go without a search for cycles, which comes late
    tracemalloc.start()
    try:
        async with AsyncExitStack() as stack:
            connections: list[Any] = [await sent(stack, mock, begun(size=4 * PART)) for _ in range(20)]
            held = tracemalloc.get_traced_memory()[0]
        connections.clear()
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held > 20 * 4 * PART
    assert left < held / 10
