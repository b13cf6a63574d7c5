"""Callbacks that are handed on to another receiver."""

from collections.abc import Callable

import httpx

from mock_server.commands.arrivals import Answered
from mock_server.commands.forwarding import MARK, Forwarding
from mock_server.intake import Received, Reply

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
    reply, answered = handed_on(lambda request: httpx.Response(200), **{MARK: "1"})
    assert (reply.status, answered.why) == (508, "is this receiver itself")
