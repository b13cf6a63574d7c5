"""The harness's receiver: everything is kept, whatever it is."""

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.receiver import Receiver
from contract_tests.requests import Reply
from contract_tests.serving import BODY_LIMIT


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


def said(url: str, raw: bytes) -> bytes:
    """What a receiver answers to bytes."""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(65536)


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "BREW"])
def test_a_request_is_kept_as_it_came(receiver: Receiver, method: str) -> None:
    url = receiver.url("one")
    assert httpx.request(method, url, content=b"\xff{", headers={"X-Own": "yes"}).status_code == 200
    (arrival,) = receiver.arrived(url)
    assert (arrival.method, arrival.target, arrival.body) == (method, "/cb/one?k=one", b"\xff{")
    assert {name.lower(): value for name, value in arrival.headers.items()}["x-own"] == "yes"


def test_requests_arrive_at_the_url_that_they_were_sent_to(receiver: Receiver) -> None:
    one, other = receiver.url("one"), receiver.url("other")
    httpx.post(other, content=b"{}")
    assert (len(receiver.arrived(one)), len(receiver.arrived(other)), receiver.stray) == (0, 1, [])


@pytest.mark.parametrize("change", ["", "&more=1", "x"])
def test_what_comes_to_no_url_that_was_given_out_is_stray(receiver: Receiver, change: str) -> None:
    url = receiver.url("one")
    httpx.post(f"{url}{change}" if change else url.partition("?")[0])
    assert receiver.arrived(url) == []
    assert len(receiver.stray) == 1


def test_the_first_callbacks_get_the_statuses_that_were_asked_for(receiver: Receiver) -> None:
    url = receiver.url("one", [Reply(500), Reply(302)])
    assert [httpx.post(url).status_code for _ in range(3)] == [500, 302, 200]


def test_a_public_url_stands_in_what_is_given_out() -> None:
    with Receiver(public="https://me.example.com/hooks/") as receiver:
        url = receiver.url("one")
        assert url == "https://me.example.com/hooks/cb/one?k=one"
        assert receiver.arrived(url) == []


def test_a_chunked_body_is_read_whole(receiver: Receiver) -> None:
    url = receiver.url("one")
    with httpx.Client() as http:
        for _ in range(2):
            assert http.post(url, content=iter([b'{"a":', b" 5}"])).status_code == 200
    assert [arrival.body for arrival in receiver.arrived(url)] == [b'{"a": 5}'] * 2


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_without_end_is_read_to_the_limit(receiver: Receiver, chunked: bool) -> None:
    url = receiver.url("one")
    size = BODY_LIMIT + 10
    head = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    frame = f"{size:x}\r\n".encode() if chunked else b""
    said(url, f"POST /cb/one?k=one HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + frame + b"x" * BODY_LIMIT)
    receiver.settle({url: 1}, within=5)
    assert len(receiver.arrived(url)[0].body) == BODY_LIMIT


@pytest.mark.parametrize(
    "raw", [b"", b"hello\r\n\r\n", b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]
)
def test_what_is_no_http_harms_nobody(receiver: Receiver, raw: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    url = receiver.url("one")
    said(url, raw)
    assert httpx.post(url).status_code == 200
    assert capfd.readouterr().err == ""


def test_a_length_that_is_none_is_an_empty_body(receiver: Receiver) -> None:
    url = receiver.url("one")
    answer = said(url, b"POST /cb/one?k=one HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert receiver.arrived(url)[0].body == b""


def test_settling_returns_as_soon_as_all_has_come(receiver: Receiver) -> None:
    url = receiver.url("one")
    httpx.post(url)
    started = time.monotonic()
    receiver.settle({url: 1}, within=60)
    assert time.monotonic() - started < 5


def test_settling_and_quiet_end_without_a_callback(receiver: Receiver) -> None:
    url = receiver.url("one")
    receiver.settle({url: 1}, within=0.01)
    receiver.quiet(0.01, within=0.02)
    assert receiver.arrived(url) == []
