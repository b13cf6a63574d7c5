"""The harness's receiver: everything is kept, whatever it is."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.probes.request import Reply
from contract_tests.receiver.http_server import BODY_LIMIT
from contract_tests.receiver.receiver import KEPT, KEPT_BYTES, Arrival, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(run="a") as listening:
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
    assert (arrival.method, arrival.target, arrival.body) == (method, "/cb/a/one?k=one", b"\xff{")
    assert {name.lower(): value for name, value in arrival.headers.items()}["x-own"] == "yes"


ASKING = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"


@pytest.mark.parametrize(
    "body", [b"Content-Length: 2\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]
)
def test_who_asks_for_another_protocol_keeps_its_body(receiver: Receiver, body: bytes) -> None:
    url = receiver.url("one")
    said(url, b"POST /cb/a/one?k=one HTTP/1.1\r\nHost: a\r\n" + ASKING + body)
    assert [arrival.body for arrival in receiver.arrived(url)] == [b"{}"]


def test_who_expects_to_be_told_to_continue_is(receiver: Receiver) -> None:
    head = b"POST /cb/a/one?k=one HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with socket.create_connection(("127.0.0.1", urlsplit(receiver.url("one")).port or 0), timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


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


def test_each_url_says_itself_until_when_something_is_owed(receiver: Receiver) -> None:
    one, two = receiver.url("one"), receiver.url("two")
    httpx.post(one, content=b"{}")
    receiver.until({one: lambda came: -inf if came else inf}, within=10)
    receiver.until({one: lambda came: came[0].at + 0.01}, within=3600)
    receiver.until({one: lambda came: came[0].at, two: lambda came: inf}, within=0.01)
    receiver.until({}, within=3600)
    assert (len(receiver.arrived(one)), receiver.arrived(two)) == (1, [])


def test_it_says_what_it_waits_for(receiver: Receiver) -> None:
    one, two = receiver.url("one"), receiver.url("two")
    seen = list[int]()

    def owed(came: object) -> float:
        seen.append(receiver.waits_for[0])
        return inf if len(seen) < 3 else -inf

    waiting = threading.Thread(
        target=receiver.until, args=({one: owed, two: lambda came: inf if not came else -inf}, 60)
    )
    waiting.start()
    httpx.post(two, content=b"{}")
    httpx.post(one, content=b"{}")
    httpx.post(one, content=b"{}")
    waiting.join(20)
    assert max(seen) in (1, 2)
    assert receiver.waits_for == (0, 0.0)


def test_no_two_receivers_have_the_same_paths() -> None:
    with Receiver() as one, Receiver() as other:
        assert one.prefix != other.prefix


def test_a_public_url_stands_in_what_is_given_out() -> None:
    with Receiver(public="https://me.example.com/hooks/", run="a") as receiver:
        url = receiver.url("one")
        assert url == "https://me.example.com/hooks/cb/a/one?k=one"
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
    said(url, f"POST /cb/a/one?k=one HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + frame + b"x" * BODY_LIMIT)
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
    answer = said(url, b"POST /cb/a/one?k=one HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert receiver.arrived(url)[0].body == b""


def dropped(url: str) -> bool:
    """Whether a callback is left without an answer."""
    try:
        httpx.post(url, timeout=10)
    except httpx.RemoteProtocolError:
        return True
    return False


def test_a_callback_can_be_dropped_and_the_next_is_answered(receiver: Receiver) -> None:
    url = receiver.url("one", [Reply(0)])
    assert [dropped(url), dropped(url)] == [True, False]
    assert [arrival.status for arrival in receiver.arrived(url)] == [0, 200]


def test_an_answer_is_held_back_until_the_request_is_answered(receiver: Receiver) -> None:
    url = receiver.url("one", [Reply(holds=60)])
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(httpx.post, url, timeout=70)
        receiver.settle({url: 1}, within=10)
        assert not held.done()
        receiver.release(url)
        assert held.result(10).status_code == 200


def test_after_the_answer_to_the_request_nothing_is_held_back(receiver: Receiver) -> None:
    url = receiver.url("one", [Reply(holds=60)])
    receiver.release(url)
    assert httpx.post(url, timeout=10).status_code == 200


def test_a_callback_without_an_answer_ends_when_it_comes_again(receiver: Receiver) -> None:
    url = receiver.url("one", [Reply(0, holds=60)])
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(dropped, url)
        receiver.settle({url: 1}, within=10)
        assert not dropped(url)
        assert held.result(10)


def test_the_end_of_the_receiver_ends_what_is_held_back() -> None:
    with ThreadPoolExecutor(1) as thread:
        with Receiver(run="a") as receiver:
            url = receiver.url("one", [Reply(holds=60)])
            held = thread.submit(httpx.post, url, timeout=70)
            receiver.settle({url: 1}, within=10)
        assert held.result(10).status_code == 200


def test_a_look_comes_before_the_answer_and_quiet_waits_for_it(receiver: Receiver) -> None:
    looked: list[str] = []
    going = threading.Event()

    def look(url: str, arrival: Arrival) -> None:
        going.wait(10)
        looked.append(f"{url} {arrival.method}")

    url = receiver.url("one", look=look)
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(httpx.post, url, timeout=10)
        receiver.settle({url: 1}, within=10)
        assert looked == []
        going.set()
        receiver.quiet(0.01, within=10)
        assert looked == [f"{url} POST"]
        assert held.result(10).status_code == 200


def test_a_look_that_fails_harms_nobody(receiver: Receiver) -> None:
    def look(url: str, arrival: Arrival) -> None:
        raise RuntimeError("no")

    url = receiver.url("one", look=look)
    assert dropped(url)
    receiver.quiet(0.01, within=10)
    assert len(receiver.arrived(url)) == 1


def test_of_endless_callbacks_a_number_is_kept(receiver: Receiver) -> None:
    url = receiver.url("one")
    with httpx.Client() as http:
        for _ in range(KEPT + 5):
            assert http.post(url).status_code == 200
            http.post(f"{url}&more=1")
    assert (len(receiver.arrived(url)), len(receiver.stray)) == (KEPT, KEPT)


def test_of_long_callbacks_so_many_are_kept_as_memory_allows(receiver: Receiver) -> None:
    long = b"x" * BODY_LIMIT
    fitting = KEPT_BYTES // BODY_LIMIT
    urls = [receiver.url(f"{number}") for number in range(fitting + 2)]
    for url in urls:
        assert httpx.post(url, content=long).status_code == 200
    assert [len(receiver.arrived(url)) for url in urls] == [*[1] * fitting, 0, 0]
    assert receiver.forgotten == 2


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


@pytest.mark.usefixtures("many_descriptors")
def test_a_callback_is_kept_however_many_descriptors_are_open(receiver: Receiver) -> None:
    url = receiver.url("one")
    assert httpx.post(url, content=b"{}").status_code == 200
    assert [arrival.body for arrival in receiver.arrived(url)] == [b"{}"]
