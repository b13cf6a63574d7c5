"""Callbacks that are handed on to another receiver."""

from collections.abc import Callable

import httpx
import pytest

from mock_server.commands.client.arrivals import Answered
from mock_server.commands.client.forward import MARK, Forwarding
from mock_server.testing.receiver_http import Received, Reply
from tests.hostile import BROKEN, ENDLESS, TOO_LONG
from tests.scripted import http, scripted

TARGET = "http://app/hook"


def handed_on(answer: Callable[[httpx.Request], httpx.Response], **headers: str) -> tuple[Reply, Answered]:
    received = Received(method="POST", path="/callback", headers={"Host": "me", **headers}, body=b"{}")
    return Forwarding(TARGET, httpx.MockTransport(answer), iter([1.0, 1.5]).__next__)(received)


def test_the_answer_is_that_of_the_target() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, text="thanks", headers={"X-Own": "yes", "Connection": "close"})

    reply, answered = handed_on(answer, **{"X-Sent": "\xe4", "Content-Type": "application/json"})
    assert (reply.status, reply.body, reply.headers["x-own"], "connection" in reply.headers) == (
        201,
        b"thanks",
        "yes",
        False,
    )
    assert answered == Answered(status=201, forwarded_to=TARGET, took=0.5)
    (sent,) = seen
    assert (str(sent.url), sent.content, sent.headers["host"]) == (TARGET, b"{}", "app")
    assert (sent.headers["content-type"], b"\xe4" in dict(sent.headers.raw).values()) == ("application/json", True)


def test_a_target_that_is_down_is_a_502() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused")

    reply, answered = handed_on(down)
    assert (reply.status, reply.body) == (502, b"http://app/hook cannot be reached: Connection refused\n")
    assert answered.why == "cannot be reached: Connection refused"


def test_a_target_that_is_slow_is_a_502() -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    assert handed_on(slow)[1] == Answered(status=502, forwarded_to=TARGET, why="did not answer within 10 s")


def test_a_receiver_does_not_forward_to_itself() -> None:
    chain: list[Forwarding] = []

    def back(request: httpx.Request) -> httpx.Response:
        headers = {name.decode(): value.decode() for name, value in request.headers.raw}
        reply, _ = chain[0](Received(method="POST", path="/callback", headers=headers, body=b"{}"))
        return httpx.Response(reply.status, content=reply.body)

    chain += [Forwarding(TARGET, httpx.MockTransport(back)) for _ in range(2)]
    reply, _ = chain[1](Received(method="POST", path="/callback", headers={}, body=b"{}"))
    assert (reply.status, reply.body) == (508, b"http://app/hook leads back to this receiver\n")


def test_receivers_may_stand_in_a_row() -> None:
    seen: list[httpx.Request] = []

    def last(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    assert handed_on(last, **{MARK: "another"})[0].status == 200
    assert seen[0].headers[MARK].startswith("another ")


def test_no_header_of_the_target_is_lost() -> None:
    raw = [(b"X-Name", "\u65e5".encode())]
    reply, _ = handed_on(lambda request: httpx.Response(200, headers=raw))
    assert reply.headers["x-name"].encode("latin-1").decode() == "\u65e5"


def test_a_password_of_the_target_is_not_shown() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused")

    forwarding = Forwarding("http://me:pa55@app/hook", httpx.MockTransport(down))
    reply, answered = forwarding(Received(method="POST", path="/", headers={}, body=b""))
    assert b"pa55" not in reply.body
    assert "pa55" not in str(answered)


@pytest.mark.parametrize("harm", [*ENDLESS, *BROKEN, "an endless body", "endless chunks"])
def test_a_target_that_means_harm_is_a_502(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.commands.client.forward.TIMEOUT", 0.5)
    with scripted({**ENDLESS, **BROKEN, **TOO_LONG}[harm]) as target:
        reply, answered = Forwarding(target.url)(Received(method="POST", path="/", headers={}, body=b"{}"))
    assert (reply.status, answered.status, len(reply.body) < 1000) == (502, 502, True)
    assert answered.why


def test_what_a_target_has_packed_is_handed_on_as_it_is() -> None:
    with scripted(http(b"\x1f\x8b\x08", 200, "Content-Encoding: gzip")) as target:
        reply, _ = Forwarding(target.url)(Received(method="POST", path="/", headers={}, body=b"{}"))
    assert (reply.body, reply.headers["content-encoding"]) == (b"\x1f\x8b\x08", "gzip")
