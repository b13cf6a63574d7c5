"""What cannot be read, behind what can: the answers to the requests before it come first, and in order."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from mock_server import MockServer
from mock_server.commands.demo import EXTEND
from mock_server.contract.operations import path
from mock_server.http.last_answer import HEAD_LIMIT
from tests.connections import connected

pytestmark = pytest.mark.anyio

GET = b"GET / HTTP/1.1\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
WORDS = {
    "a line": b"GET / NOPE\r\n\r\n",
    "a header": b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
    "a chunk": CHUNKED + b"x\r\n",
    "a second chunk": CHUNKED + b"1\r\na\r\nx\r\n",
    "a head without end": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (HEAD_LIMIT // 6 + 3000),
    "a header at the end of a large head": b"GET / HTTP/1.1\r\nA: "
    + b"a" * (HEAD_LIMIT + 1400)
    + b"\r\nA b: c\r\n\r\n",
    "TLS": b"\x16\x03\x01",
}


class Gated:
    """Answers with the number of the request, once it may."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.asked = 0
        self.gone = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        number = b"<%d>" % self.asked
        if (await receive())["type"] == "http.disconnect":
            self.gone += 1
            return
        await self.may.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": number})


@pytest.mark.parametrize("before", [1, 2, 5])
@pytest.mark.parametrize("words", WORDS)
async def test_what_cannot_be_read_leaves_the_answers_before_it(words: str, before: int) -> None:
    gated = Gated()
    async with connected(gated) as connection:
        connection.come(GET * before + WORDS[words] + GET)
        assert await connection.settled() == b""
        gated.may.set()
        await connection.wire.ended()
        written = connection.wire.written
    assert written.count(b"HTTP/1.1 200") == before
    assert [written.index(b"<%d>" % number) for number in range(1, before + 1)] == sorted(
        written.index(b"<%d>" % number) for number in range(1, before + 1)
    )
    assert written.index(b"HTTP/1.1 400 Bad Request") > written.index(b"<%d>" % before)
    assert written.count(b"connection: close") == 1


@pytest.mark.parametrize("words", ["a chunk", "a second chunk"])
async def test_a_request_whose_body_cannot_be_read_hears_that_nobody_waits(words: str) -> None:
    gated = Gated()
    gated.may.set()
    head, _, body = WORDS[words].partition(b"\r\n\r\n")
    async with connected(gated) as connection:
        connection.come(head + b"\r\n\r\n")
        await connection.settled()
        connection.come(body)
        written = await connection.answered()
        assert written.startswith(b"HTTP/1.1 400 ")
        assert written.count(b"HTTP/1.1") == 1


async def test_behind_an_answer_to_half_a_request_follows_that_the_rest_cannot_be_read() -> None:
    may = asyncio.Event()

    async def halting(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await may.wait()
        await send({"type": "http.response.body", "body": b"b"})

    async with connected(halting) as connection:
        connection.come(CHUNKED)
        await connection.wire.has(b"\r\n\r\na")
        connection.come(b"x\r\n")
        assert (await connection.settled()).endswith(b"\r\n\r\na")
        may.set()
        await connection.wire.has(b"\r\n\r\nabHTTP/1.1 400 Bad Request\r\n")


async def test_an_answer_that_closes_is_the_last() -> None:
    gated = Gated()
    gated.may.set()
    async with connected(gated) as connection:
        connection.come(b"GET / HTTP/1.0\r\n\r\n" + WORDS["a line"])
        written = await connection.settled()
        assert connection.wire.closed
        assert written.endswith(b"\r\n\r\n<1>")


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with MockServer(pace="manual", request_timeout=0.05) as running:
        yield running


def said(mock: MockServer, sent: bytes) -> bytes:
    """All that comes back over a real connection that its client leaves open."""
    address = urlsplit(mock.url)
    with closing(socket.create_connection((address.hostname, address.port or 0), timeout=20)) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


CREDITS = f"GET {path('chat-credit')} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\n\r\n".encode()


def test_what_cannot_be_read_over_a_socket_leaves_the_answers_before_it(mock: MockServer) -> None:
    came = said(mock, CREDITS * 100 + b"GET / NOPE\r\n\r\n" + b"a" * 1_000_000)
    assert came.count(b'"code":200') == 100
    assert came.endswith(b"Invalid HTTP request received.")


@pytest.mark.parametrize("begun", [b"POST", f"POST {EXTEND} HTTP/1.1\r\nContent-Length: 9\r\n\r\n12".encode()])
def test_a_request_that_does_not_end_is_ended_over_a_socket(begun: bytes, mock: MockServer) -> None:
    came = said(mock, CREDITS + begun)
    assert came.count(b'"code":200') == 1
    assert b"HTTP/1.1 408 Request Timeout\r\n" in came
    assert came.endswith(b"Way out: --request-timeout SECONDS, or 0 for no limit.")
