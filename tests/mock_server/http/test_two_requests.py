"""Two requests on one connection and on two: whatever kinds they are of, and wherever they are split, each is answered
as if it were alone, and in their order."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import product
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from mock_server import MockServer
from mock_server.commands.demo import EXTEND
from mock_server.contract.operations import path
from tests.connections import connected

pytestmark = pytest.mark.anyio

KINDS = {
    "a length": b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    "another length": b"POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /",
    "chunks": b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\nT: x\r\n\r\n",
    "to be told to go on": b"POST /d HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n\r\n",
    "get": b"GET /e?f=g HTTP/1.1\r\nHost: a\r\n\r\n",
    "head": b"HEAD /h HTTP/1.1\r\n\r\n",
    "refused at once": b"POST /refused HTTP/1.1\r\nContent-Length: 4\r\n\r\nlong",
    "an upgrade": b"POST /u HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nab",
    "an upgrade without a body": b"GET /w HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "two at once": b"GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 1\r\n\r\n2",
    "a line before": b"\r\nGET /l HTTP/1.1\r\n\r\n",
}
LAST = {
    "malformed": b"GET /m NOPE\r\n\r\n",
    "no version": b"GET /m\r\n\r\n",
    "a malformed header": b"GET /m HTTP/1.1\r\nA b: c\r\n\r\n",
    "two lengths": b"POST /m HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a length and chunks": b"POST /m HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a malformed chunk": b"POST /m HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    "to be closed": b"GET /k HTTP/1.1\r\nConnection: close\r\n\r\n",
    "an old version": b"GET /o HTTP/1.0\r\n\r\n",
}
"""Behind which nothing is answered."""
EVERY = {**KINDS, **LAST}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what came."""
    body, more = b"", scope["path"] != "/refused"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    answer = b"<%b %b?%b %r>" % (scope["method"].encode(), scope["raw_path"], scope["query_string"], body)
    length = (b"content-length", b"%d" % len(answer))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": answer})


async def answers(*pieces: bytes, ends: bool = False) -> bytes:
    """What comes back for pieces that come one after the other, with time between them."""
    async with connected(echo) as connection:
        for piece in pieces:
            connection.come(piece)
            await connection.settled()
        if ends:
            connection.end()
        return await connection.settled()


ALONE: dict[str, bytes] = {}


async def alone(*kinds: str) -> bytes:
    """What requests are answered with on connections of their own, as far as one connection has them."""
    found = b""
    for kind in kinds:
        ALONE[kind] = ALONE.get(kind) or await answers(EVERY[kind])
        found += ALONE[kind]
        if kind in LAST:
            break
    return found


@pytest.mark.parametrize("first", EVERY)
async def test_each_of_two_is_answered_as_if_it_were_alone(first: str) -> None:
    for second in EVERY:
        expected = await alone(first, second)
        assert await answers(EVERY[first] + EVERY[second]) == expected, second
        assert await answers(EVERY[first], EVERY[second]) == expected, second


@pytest.mark.parametrize("first", EVERY)
async def test_who_closes_its_half_behind_two_is_answered_the_same(first: str) -> None:
    for second in EVERY:
        assert await answers(EVERY[first] + EVERY[second], ends=True) == await alone(first, second), second


@pytest.mark.parametrize("first", EVERY)
async def test_two_are_the_same_wherever_they_are_split(first: str) -> None:
    for second in EVERY:
        both, expected = EVERY[first] + EVERY[second], await alone(first, second)
        for cut in range(1, len(both)):
            assert await answers(both[:cut], both[cut:]) == expected, (second, cut)


@pytest.mark.parametrize("first", EVERY)
async def test_two_are_the_same_byte_by_byte(first: str) -> None:
    for second in (first, "a length"):
        both = EVERY[first] + EVERY[second]
        assert await answers(*(bytes((byte,)) for byte in both)) == await alone(first, second), second


@pytest.mark.parametrize("first", EVERY)
async def test_a_part_on_one_connection_is_not_completed_on_another(first: str) -> None:
    for second in EVERY:
        one, other = EVERY[first], EVERY[second]
        for cut in range(1, len(one), 3):
            async with connected(echo) as here, connected(echo) as there:
                here.come(one[:cut])
                there.come(other[:cut])
                await there.settled()
                here.come(one[cut:])
                there.come(other[cut:])
                assert await here.settled() == await alone(first), (second, cut)
                assert await there.settled() == await alone(second), (second, cut)


async def test_the_body_of_a_refused_request_is_not_taken_for_the_next() -> None:
    refused = b"POST /refused HTTP/1.1\r\nContent-Length: 30\r\n\r\n"
    hidden = b"GET /hidden HTTP/1.1\r\nA: b\r\n\r\n"
    assert b"hidden" not in await answers(refused, hidden)
    assert await answers(refused, hidden + KINDS["get"]) == await answers(refused) + await answers(KINDS["get"])


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with MockServer(pace="manual", credits=10**9) as running:
        yield running


KEY = b"Host: a\r\nAuthorization: Bearer key\r\n"
POST = b"POST %b HTTP/1.1\r\n%bContent-Type: application/json\r\n" % (EXTEND.encode(), KEY)
BODY = b'{"audioId": "", "defaultParamFlag": false, "model": "V9"}'
SIZED = b"%bContent-Length: %d\r\n\r\n%b" % (POST, len(BODY), BODY)
REAL = {
    "a length": SIZED,
    "chunks": b"%bTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (POST, len(BODY), BODY),
    "to be told to go on": SIZED.replace(b"Host", b"Expect: 100-continue\r\nHost"),
    "get": b"GET %b HTTP/1.1\r\n%b\r\n" % (path("chat-credit").encode(), KEY),
    "head": b"HEAD /nothing HTTP/1.1\r\n%b\r\n" % KEY,
    "refused": SIZED.replace(b"Bearer key", b"Basic key"),
    "an upgrade": SIZED.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHost"),
    "two at once": b"GET / HTTP/1.1\r\n\r\n" + SIZED,
    "malformed": b"GET / NOPE\r\n\r\n",
    "a malformed chunk": b"%bTransfer-Encoding: chunked\r\n\r\nx\r\n" % POST,
}
DATES = re.compile(rb"date: [^\r]*\r\n")


def said(mock: MockServer, *pieces: bytes) -> bytes:
    """All that comes back over a real connection whose client says these, and then closes its half."""
    address = urlsplit(mock.url)
    with closing(socket.create_connection((address.hostname, address.port or 0), timeout=20)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):  # the mock ends the connection behind what it cannot read
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
        came = b"".join(iter(lambda: connection.recv(65536), b""))
    return DATES.sub(b"", came)


@pytest.mark.parametrize("first", REAL)
def test_each_of_two_over_real_sockets_is_answered_as_if_it_were_alone(first: str, mock: MockServer) -> None:
    for second, cut in product(REAL, (0, -1, 1)):
        one, both = REAL[first], REAL[first] + REAL[second]
        expected = said(mock, one) + (b"" if first.endswith(("malformed", "chunk")) else said(mock, REAL[second]))
        where = len(one) + cut
        assert said(mock, both[:where], both[where:]).replace(CLOSE, b"") == expected.replace(CLOSE, b""), second


CLOSE = b"connection: close\r\n"
"""The answer says so to the last request of who closed its half, if it knows by then."""
