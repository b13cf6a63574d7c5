"""What a client can do on a callback's connection, over real sockets."""

import select
import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received, Reply, handler

Refusals = list[tuple[str, int, str]]
HEAD = b"POST /callback HTTP/1.1\r\nHost: x\r\n"


def exchanged(sent: bytes, *, hang_up: bool = True, patience: float = 10) -> tuple[bytes, Refusals, list[bytes]]:
    """What comes back for bytes on a connection, what was refused, and the bodies of callbacks."""
    refusals: Refusals = []
    with Receiver(refused=lambda *refusal: refusals.append(refusal), patience=patience) as receiver:
        address = urlsplit(receiver.url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as client:
            client.sendall(sent)
            if hang_up:
                client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        return answer, refusals, [received.body for received in receiver.received]


REFUSED = {
    "get": (b"GET /x HTTP/1.1\r\n\r\n", 405, "GET is not allowed here; a callback comes as POST"),
    "put": (b"PUT /x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 405, "PUT is not allowed here"),
    "unheard of": (b"FOO /x HTTP/1.1\r\n\r\n", 501, "Unsupported method ('FOO')"),
    "no http": (b"\x01\x02 hello there\r\n\r\n", 400, "Bad request"),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00", 400, "https:// was spoken to a port that speaks http://; allowed: the sa"),
    "http/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "HTTP/2 was spoken at once"),
    "negative": (HEAD + b"Content-Length: -1\r\n\r\n", 400, "Content-Length is '-1'; allowed: one whole number"),
    "words": (HEAD + b"Content-Length: ten\r\n\r\n", 400, "Content-Length is 'ten'"),
    "two": (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400, "Content-Length is '1, 2'"),
    "huge": (HEAD + b"Content-Length: 99999999999\r\n\r\n", 413, "the body has 99999999999 bytes; allowed: at most"),
    "short": (HEAD + b"Content-Length: 9\r\n\r\n{}", 400, "the client hung up after 2 of 9 bytes"),
    "encoded": (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501, "Transfer-Encoding is 'gzip'; allowed: chunked"),
    "no size": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n",
        400,
        "the size of a chunk is b'-2'; allowed: a",
    ),
    "large chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 413, "the body has 68719476735 bytes"),
    "wrong end": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n", 400, "a chunk does not end where it says"),
    "cut chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}", 400, "the client hung up between two chunks"),
    "endless": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 5000, 400, "a line is endless"),
    "many headers": (HEAD + b"A: b\r\n" * 200 + b"\r\n", 431, "Too many headers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_callback_is_refused_and_told(name: str) -> None:
    sent, status, why = REFUSED[name]
    answer, refusals, bodies = exchanged(sent)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close\r\n" in answer
    assert [(each[1], each[2][: len(why)]) for each in refusals] == [(status, why)]
    assert bodies == []


def test_a_wrong_method_is_told_the_right_one() -> None:
    assert b"Allow: POST\r\n" in exchanged(b"GET / HTTP/1.1\r\n\r\n")[0]
    assert exchanged(b"HEAD / HTTP/1.1\r\n\r\n")[0].endswith(b"\r\n\r\n")


def test_a_body_may_come_in_chunks() -> None:
    chunks = b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n[1\r\n1\r\n]\r\n0\r\nTrailer: x\r\n\r\n"
    answer, refusals, bodies = exchanged(HEAD + chunks)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert (refusals, bodies) == ([], [b"[1]"])


def test_who_asks_for_another_protocol_keeps_its_body() -> None:
    asking = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
    answer, refusals, bodies = exchanged(HEAD + asking + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    assert (refusals, bodies) == ([], [b"{}"])


def test_tls_is_not_waited_for() -> None:
    """It sends no line, and waits for an answer itself."""
    answer, refusals, _ = exchanged(b"\x16\x03\x01\x02\x00\x01\x00", hang_up=False)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert [each[:2] for each in refusals] == [("TLS", 400)]


def test_who_says_nothing_is_let_go() -> None:
    assert exchanged(b"", hang_up=False, patience=0.05) == (b"", [], [])


def test_a_client_that_stalls_is_let_go() -> None:
    stalls = HEAD + b"Content-Length: 9\r\n\r\n{}"
    answer, refusals, _ = exchanged(stalls, hang_up=False, patience=0.05)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert refusals[0][2] == "the body did not come within 0.05 s"


def posted(receiver: Receiver) -> closing[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", urlsplit(receiver.url).port, timeout=10)
    connection.request("POST", "/", b"{}")
    return closing(connection)


def test_an_answer_can_be_whole() -> None:
    tea = Reply(status=418, body=b"tea", headers={"X-Pot": "short"})
    with Receiver(lambda received: tea) as receiver, posted(receiver) as connection:
        answer = connection.getresponse()
        assert (answer.status, answer.headers["X-Pot"], answer.read()) == (418, "short", b"tea")


def failing(error: Exception) -> None:
    """Post to a receiver that fails."""

    def fail(received: object) -> int:
        raise error

    with Receiver(fail) as receiver, posted(receiver) as connection, pytest.raises(ConnectionError):
        connection.getresponse()


def test_a_client_that_is_gone_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    failing(ConnectionResetError())
    assert capfd.readouterr().err == ""


def test_an_error_of_the_test_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    failing(ZeroDivisionError("oops"))
    assert "ZeroDivisionError: oops" in capfd.readouterr().err


def was_there(meanwhile: Callable[[socket.socket], object], *, comes: bool = True) -> bool:
    """Whether a client that does something while its callback is taken is said to be still there; `comes`: whether that
    is seen on the connection."""
    told: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as opened:
        client = opened.enter_context(socket.create_connection(server.getsockname(), timeout=10))
        connection = opened.enter_context(server.accept()[0])
        client.sendall(HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}")

        def take(received: Received) -> Reply:
            meanwhile(client)
            assert bool(select.select([connection], [], [], 10 if comes else 0)[0]) is comes
            return Reply(status=200, sent=told.append)

        with suppress(ConnectionError):
            handler(take, print)(connection, client.getsockname(), None)  # type: ignore[arg-type]
    (there,) = told
    return there


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_a_client_that_waits_is_there() -> None:
    assert was_there(lambda client: None, comes=False)


def test_a_client_that_asks_on_is_there() -> None:
    assert was_there(lambda client: client.sendall(b"POST"))


@pytest.mark.usefixtures("many_descriptors")
def test_a_callback_is_answered_however_many_descriptors_are_open() -> None:
    sent = HEAD + b"Content-Length: 2\r\n\r\n{}"
    answer, refusals, bodies = exchanged(sent)
    assert (answer[:12], refusals, bodies) == (b"HTTP/1.1 200", [], [b"{}"])


def test_a_client_that_hangs_up_has_left() -> None:
    assert not was_there(socket.socket.close)


def test_a_client_that_resets_its_connection_has_left() -> None:
    assert not was_there(reset)
