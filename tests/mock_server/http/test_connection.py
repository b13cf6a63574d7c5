"""Heads, extensions of chunks and trailers that do not end, over real connections."""

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mock_server import MockServer
from mock_server.contract.operations import path
from mock_server.http.last_answer import HEAD_LIMIT
from mock_server.http.turns import TURN

CREDITS = f"GET {path('chat-credit')} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\n".encode()
CHUNKED = f"POST {path('extend')} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
MUCH = HEAD_LIMIT + TURN + 1


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def answer(mock: MockServer, *sent: bytes) -> bytes:
    """All that comes back for what is sent, until the mock closes or what was sent is all."""
    address = urlsplit(mock.url)
    with socket.create_connection((address.hostname, address.port or 0), timeout=20) as connection:
        for part in sent:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET /" + b"a" * MUCH, id="a target"),
        pytest.param(CREDITS + b"X: " + b"a" * MUCH, id="a value"),
        pytest.param(CREDITS + b"a" * MUCH, id="a name"),
        pytest.param(CREDITS + b"X: a\r\n" * (MUCH // 6), id="many headers"),
        pytest.param(CREDITS + b"X: a\r\n" * (MUCH // 6) + b"\r\n", id="many headers that end"),
        pytest.param(CHUNKED + b"5;" + b"a" * MUCH, id="an extension"),
        pytest.param(CHUNKED + b"0\r\nX: " + b"a" * MUCH, id="a trailer"),
        pytest.param(CHUNKED + b"0\r\n" + b"X: a\r\n" * (MUCH // 6), id="many trailers"),
    ],
)
def test_what_does_not_end_is_refused(mock: MockServer, sent: bytes) -> None:
    head, _, text = answer(mock, sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert head.endswith(b"connection: close")
    assert text == b"The head of the request is too large; allowed: 65536 bytes."


@pytest.mark.parametrize("size", [1000, TURN, 60_000])
def test_a_large_head_is_fine(mock: MockServer, size: int) -> None:
    padding = b"X: %b\r\n" % (b"a" * size)
    assert answer(mock, CREDITS + padding + b"\r\n").count(b'"code":200') == 1


def test_large_heads_one_after_the_other_are_fine(mock: MockServer) -> None:
    address = urlsplit(mock.url)
    with closing(HTTPConnection(address.hostname or "", address.port, timeout=20)) as connection:
        for _ in range(4):
            connection.request("GET", path("chat-credit"), headers={"X": "a" * 40_000, **mock.headers})
            assert b'"code":200' in connection.getresponse().read()


def test_a_large_body_is_no_head(mock: MockServer) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (5000, b" " * 5000) for _ in range(100))
    assert b'"code":401' in answer(mock, CHUNKED + chunks + b"0\r\n\r\n")
    whole = f"POST {path('extend')} HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n".encode()
    assert b'"code":401' in answer(mock, whole + b" " * 500_000)
