"""Requests that do not end: in a loop whose time leaps, and over real sockets."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from tests.connections import Connected, connected
from tests.leaping import LEAPING, passed
from tests.mock_server.http.test_two_requests import echo

pytestmark = pytest.mark.anyio

TIMEOUT = 60.0
GET = b"GET / HTTP/1.1\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"
LATE = (
    b"The request was not whole within 60 seconds; allowed: that much for its head and its body. Way out: "
    b"--request-timeout SECONDS, or 0 for no limit."
)


@pytest.fixture
def anyio_backend() -> Any:
    return LEAPING


async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
    """Begin an answer, and go on until the client has gone."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass


async def busy(scope: Scope, receive: Receive, send: Send) -> None:
    """Take two minutes for an answer."""
    await passed(120)
    await echo(scope, receive, send)


async def at_once(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without having read."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


def is_late(connection: Connected, behind: bytes = b"") -> bool:
    """Whether the last answer, behind others, is that the request was late."""
    found = connection.wire.written.removeprefix(behind)
    return found.startswith(b"HTTP/1.1 408 Request Timeout\r\n") and found.endswith(LATE) and connection.wire.closed


@pytest.mark.parametrize(
    "begun",
    [b"G", HEAD[:-1], HEAD, HEAD + b"12345678", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde"],
)
async def test_what_does_not_end_in_time_is_told(begun: bytes) -> None:
    async with connected(echo) as connection:
        connection.come(begun)
        await passed(TIMEOUT - 1)
        assert connection.wire.written == b""
        await passed(1.1)
        assert is_late(connection)


async def test_a_byte_now_and_then_is_no_more_time() -> None:
    async with connected(echo) as connection:
        for byte in HEAD + b"12345678":
            connection.come(bytes((byte,)))
            await passed(TIMEOUT / 40)
        assert is_late(connection)


async def test_each_request_has_its_own_time() -> None:
    async with connected(echo) as connection:
        for asked in range(1, 5):
            connection.come(HEAD)
            await passed(TIMEOUT - 1)
            connection.come(b"123456789")
            await connection.wire.has(b"HTTP/1.1 200", asked)


async def test_a_connection_on_which_nothing_comes_is_closed_without_a_word() -> None:
    async with connected(echo) as connection:
        await passed(TIMEOUT - 1)
        connection.come(b"\r\n")
        await connection.wire.ended()
        assert connection.wire.written == b""


async def test_without_a_limit_nothing_is_late() -> None:
    async with connected(echo, request_timeout=0) as connection:
        connection.come(HEAD)
        await passed(86400)
        connection.come(b"123456789")
        await connection.wire.has(b"HTTP/1.1 200")


async def test_the_time_that_the_mock_takes_does_not_count() -> None:
    async with connected(busy) as connection:
        connection.come(GET + HEAD)
        await passed(120 + TIMEOUT - 1)
        assert not connection.wire.closed
        connection.come(b"123456789")
        await passed(121)
        await connection.wire.has(b"HTTP/1.1 200", 2)


async def test_what_began_before_the_answer_has_its_whole_time_behind_it() -> None:
    async with connected(busy) as connection:
        connection.come(GET + HEAD[:-1])
        await passed(120 + TIMEOUT - 1)
        answered = connection.wire.written
        assert answered.startswith(b"HTTP/1.1 200")
        await passed(2)
        assert is_late(connection, behind=answered)


async def test_what_is_answered_before_its_end_ends_in_silence() -> None:
    async with connected(at_once) as connection:
        connection.come(HEAD)
        await connection.wire.has(b"HTTP/1.1 200")
        connection.come(b"1")
        await passed(TIMEOUT + 1)
        assert connection.wire.closed
        assert connection.wire.written.count(b"HTTP/1.1") == 1


async def test_an_answer_under_way_is_not_interrupted_by_another() -> None:
    async with connected(streaming) as connection:
        connection.come(HEAD)
        await connection.wire.has(b"1\r\na\r\n")
        await passed(TIMEOUT + 1)
        assert connection.wire.closed
        assert connection.wire.written.endswith(b"1\r\na\r\n")


async def test_who_reads_none_of_a_body_keeps_its_client_waiting() -> None:
    go_on = asyncio.Event()

    async def deaf(scope: Scope, receive: Receive, send: Send) -> None:
        await go_on.wait()
        await echo(scope, receive, send)

    async with connected(deaf) as connection:
        connection.come(b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"a" * 199_999)
        await passed(3 * TIMEOUT)
        assert connection.wire.written == b""
        go_on.set()
        await passed()
        connection.come(b"a")
        await connection.wire.has(b"HTTP/1.1 200")
