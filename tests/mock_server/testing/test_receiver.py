"""The callback receiver, over a real socket."""

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received


def connected(receiver: Receiver) -> closing[HTTPConnection]:
    address = urlsplit(receiver.url)
    return closing(HTTPConnection(address.hostname or "", address.port, timeout=10))


def post(receiver: Receiver, *bodies: bytes, path: str = "/callback") -> list[int]:
    """POST each body on one connection; the statuses of the answers."""
    statuses = []
    with connected(receiver) as connection:
        for body in bodies:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            statuses.append(answer.status)
            assert answer.read() == b""
    return statuses


def test_a_callback_is_received_whole() -> None:
    with Receiver() as receiver:
        assert post(receiver, b'{"code": 200}', path="/hook?a=1") == [200]
        (received,) = receiver.received
    assert (received.method, received.path, received.body) == ("POST", "/hook?a=1", b'{"code": 200}')
    assert received.headers["Content-Type"] == "application/json"
    assert received.json() == {"code": 200}


def test_callbacks_keep_their_order() -> None:
    bodies = [b"%d" % number for number in range(20)]
    with Receiver() as receiver:
        assert post(receiver, *bodies) == [200] * 20
        assert [received.body for received in receiver.received] == bodies


def test_the_answer_is_chosen() -> None:
    with Receiver(lambda received: 503 if received.body == b"a" else 204) as receiver:
        assert post(receiver, b"a", b"b") == [503, 204]


def test_a_callback_may_have_no_body() -> None:
    with Receiver() as receiver, connected(receiver) as connection:
        connection.putrequest("POST", "/callback")
        connection.endheaders()
        assert connection.getresponse().status == 200
        assert receiver.received[0].body == b""


def test_only_callbacks_are_taken() -> None:
    with Receiver() as receiver, connected(receiver) as connection:
        connection.request("GET", "/callback")
        assert connection.getresponse().status == 405
        assert receiver.received == []


def test_enough_callbacks_end_the_wait() -> None:
    with Receiver() as receiver:
        post(receiver, b"1", b"2", b"3")
        assert [received.body for received in receiver.wait_for(2)] == [b"1", b"2", b"3"]


def test_nothing_received_says_so() -> None:
    with Receiver() as receiver, pytest.raises(TimeoutError) as missed:
        receiver.wait_for(1, within=0.01)
    assert str(missed.value) == "0 of 1 callbacks came within 0.01 s: nothing"


def test_a_vain_wait_shows_what_came() -> None:
    with Receiver() as receiver:
        post(receiver, b"1", b"x" * 100)
        with pytest.raises(TimeoutError) as missed:
            receiver.wait_for(3, within=0.01)
    assert str(missed.value) == (
        f"2 of 3 callbacks came within 0.01 s:\n  POST /callback b'1'\n  POST /callback b'{'x' * 80}'"
    )


def test_two_receivers_do_not_meet() -> None:
    with Receiver() as one, Receiver() as other:
        assert one.url != other.url
        post(one, b"1")
        assert other.received == []


def test_headers_stay_out_of_the_text() -> None:
    received = Received(method="POST", path="/", headers={"Authorization": "Bearer secret"}, body=b"")
    assert "secret" not in repr(received)


def test_renewed_it_counts_no_stragglers() -> None:
    with Receiver(lambda received: 500) as receiver:
        post(receiver, b"1")
        before = receiver.url
        receiver.renew()
        assert (receiver.received, receiver.url) == ([], f"{before}/1")
        assert post(receiver, b"2", path="/callback") == [200]
        post(receiver, b"3", path="/callback/1?token=x")
        assert [received.body for received in receiver.received] == [b"3"]
