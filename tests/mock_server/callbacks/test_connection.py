"""What is taken of a connection, in which steps, and how little of it is held."""

import asyncio

import pytest

from mock_server.callbacks.connection import HELD, STEPS, Connection, Endless
from tests.mock_server.callbacks.wire import Turns, connected, saying
from tests.waiting import settled

pytestmark = pytest.mark.anyio
LARGE = 1000 * HELD
"""Bytes that no network holds."""


async def test_lines_end_as_they_like() -> None:
    async with connected(saying(b"one\r\ntwo\n\nlast")) as connection:
        assert [await connection.line(10) for _ in range(5)] == [b"one", b"two", b"", b"last", None]
        assert (connection.taken, connection.more) == (len(b"one\r\ntwo\n\nlast"), False)


@pytest.mark.parametrize("line", [b"x" * 11, b"x" * 11 + b"\n", b"x" * 100_000])
async def test_a_line_is_not_read_without_end(line: bytes) -> None:
    async with connected(saying(line, close=False)) as connection:
        with pytest.raises(Endless):
            await connection.line(10)


async def test_a_line_may_be_longer_than_what_is_held() -> None:
    async with connected(saying(b"x" * 10 * HELD + b"\n", close=False)) as connection:
        assert await connection.line(11 * HELD) == b"x" * 10 * HELD


async def test_pieces_come_until_the_end() -> None:
    async with connected(saying(b"12345")) as connection:
        assert [await connection.some(2) for _ in range(4)] == [b"12", b"34", b"5", b""]


async def test_what_nobody_takes_waits_in_the_network() -> None:
    flooding, sent = asyncio.Event(), 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        for _ in range(LARGE // HELD):
            writer.write(b"x" * HELD)
            sent += HELD
            flooding.set()
            await writer.drain()
        writer.close()

    async with connected(flood) as connection:
        await flooding.wait()
        before = 0
        while before != sent:
            before = sent
            await settled()
        assert sent < LARGE
        taken = 0
        while piece := await connection.some(HELD):
            taken += len(piece)
        assert taken == LARGE


@pytest.mark.parametrize("line", [b"\n", b"x\r\n"])
async def test_others_have_their_turn_between_steps(line: bytes) -> None:
    many = 50 * STEPS
    async with connected(saying(line * many, close=False)) as connection:
        await connection.line(10)
        async with Turns() as turns:
            for _ in range(many - 1):
                await connection.line(10)
        assert turns.count >= 49


async def test_what_nobody_asked_for_makes_it_useless() -> None:
    connection = Connection()
    assert connection.idle
    connection.data_received(b"x")
    assert (connection.idle, connection.more) == (False, True)


async def test_what_has_ended_is_useless() -> None:
    async with connected(saying(b"a\n")) as connection:
        assert await connection.line(10) == b"a"
        assert await connection.some(1) == b""
        assert (connection.idle, connection.more) == (False, False)


async def test_nothing_is_sent_before_there_is_a_connection() -> None:
    connection = Connection()
    connection.send(b"x")
    connection.data_received(b"y" * (HELD + 1))
    assert (connection.idle, connection.more) == (False, True)
    connection.close()
    assert await connection.some(2) == b"yy"
