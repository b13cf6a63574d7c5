"""The ASGI edge: reading a body in pieces, clients that leave, bugs, and what happens after the answer."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Scope

from mock_server.contract.decode import BODY_LIMIT
from mock_server.core.errors import StateFailed
from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.http.base_urls import BaseUrls
from mock_server.http.endpoint import CONNECTION, Endpoint
from mock_server.http.held import HeldRequests
from mock_server.http.read_request import DRAIN_LIMIT
from mock_server.state.faults import GATEWAY_PAGE, NO_JSON, WHOLE, Fault, FaultTable
from tests.waiting import begun

pytestmark = pytest.mark.anyio

SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/a b",
    "query_string": b"x=1",
    "headers": [(b"authorization", b"Bearer k\xe9y"), (b"prefer", b"a=1"), (b"prefer", b"b=2"), (b"other", b"x")],
}
OWN = BaseUrls("http://mock")
ANSWER = Answer(status=418, code=200, msg="", body=b"{}", content_type="application/json", headers={"retry-after": "1"})


class Exchange:
    """One run of an endpoint: what it read, what it sent, and in which order it did things."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.calls: list[Call] = []
        self.sent: list[Message] = []
        self.order: list[str] = []
        self.written: list[Answer] = []
        self.faults = FaultTable()
        self.held = HeldRequests()
        self.endpoint = Endpoint(self.decide, self, self.take_fault, self.held, OWN)

    async def run(self, **state: Any) -> None:
        await self.endpoint({**SCOPE, "state": state}, self.receive, self.send)

    @property
    def answered(self) -> tuple[int, bytes, int]:
        """HTTP status, body, and the Content-Length that was announced."""
        start, *pieces = self.sent
        return (
            start["status"],
            b"".join(each["body"] for each in pieces),
            int(dict(start["headers"])[b"content-length"]),
        )

    async def decide(self, call: Call) -> Answer:
        self.calls.append(call)
        self.order.append("decide")
        return ANSWER

    async def take_fault(self, key: str | None) -> Fault | None:
        return self.faults.take(key)

    async def failed(self) -> Answer:
        return ANSWER

    async def write_down(self, call: Call, answer: Answer) -> None:
        self.order.append("write down")
        self.written.append(answer)

    async def receive(self) -> Message:
        return self.messages.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        self.order.append(message["type"])


def piece(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_call_carries_what_was_sent() -> None:
    exchange = Exchange(piece(b"ab", more=True), {"type": "http.request", "more_body": True}, piece(b"c"))
    await exchange.run()
    call = exchange.calls[0]
    assert (call.method, call.path, call.query, call.key) == ("POST", "/a b", b"x=1", "kéy")
    assert (call.prefer, call.content_type, call.body) == ("a=1, b=2", "", b"abc")


async def test_what_was_decided_is_answered() -> None:
    exchange = Exchange(piece(b""))
    await exchange.run()
    assert exchange.order == ["decide", "http.response.start", "http.response.body"]
    assert exchange.sent[0] == {
        "type": "http.response.start",
        "status": 418,
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"2"), (b"retry-after", b"1")],
    }


async def test_a_client_that_leaves_early_is_not_decided_on() -> None:
    exchange = Exchange(piece(b"half", more=True), {"type": "http.disconnect"})
    await exchange.run()
    assert (exchange.calls, exchange.written, exchange.sent[0]["status"]) == ([], [], 503)


async def test_what_cannot_be_kept_is_told_without_an_envelope_and_written_down_nowhere() -> None:
    async def full(call: Call) -> Answer:
        raise StateFailed("the disk is full")

    exchange = Exchange(piece(b""))
    exchange.endpoint = Endpoint(full, exchange, exchange.take_fault, exchange.held, OWN)
    await exchange.run()
    assert (exchange.answered, exchange.written) == ((503, b"the disk is full", 16), [])


@pytest.mark.parametrize(("size", "kept"), [(BODY_LIMIT, True), (BODY_LIMIT + 1, False)])
@pytest.mark.parametrize("pieces", [1, 2])
async def test_the_body_limit_is_exact(size: int, kept: bool, pieces: int) -> None:
    half = size // pieces
    bodies = [b"x" * half, b"x" * (size - half)][:pieces] if pieces == 2 else [b"x" * size]
    exchange = Exchange(*(piece(body, more=body is not bodies[-1]) for body in bodies))
    await exchange.run()
    assert (exchange.calls[0].body is not None) is kept


async def test_an_endless_body_is_not_read_to_its_end() -> None:
    exchange = Exchange(*(piece(b"x" * BODY_LIMIT, more=True) for _ in range(20)))
    await exchange.run()
    assert exchange.calls[0].body is None
    assert len(exchange.messages) == 20 - DRAIN_LIMIT // BODY_LIMIT - 1


async def test_a_bug_is_written_down_answered_and_raised() -> None:
    exchange = Exchange(piece(b""))

    async def decide(call: Call) -> Any:
        raise ZeroDivisionError

    exchange.endpoint = Endpoint(decide, exchange, exchange.take_fault, exchange.held, OWN)
    with pytest.raises(ZeroDivisionError):
        await exchange.run()
    assert exchange.order == ["write down", "http.response.start", "http.response.body"]


async def test_a_stopped_server_leaves_quietly() -> None:
    exchange = Exchange()

    async def receive() -> Message:
        raise asyncio.CancelledError

    exchange.receive = receive  # type: ignore[method-assign]
    await exchange.run()
    assert (exchange.calls, exchange.written, exchange.sent[0]["status"]) == ([], [], 503)


class RecordingConnection:
    """A connection that remembers how it was ended."""

    def __init__(self) -> None:
        self.cuts: list[bool] = []

    def cut(self, *, at_once: bool) -> None:
        self.cuts.append(at_once)


def faulty(answer: str | None = None, **how: Any) -> Exchange:
    """An exchange whose key has a fault, with a client that waits until the connection ends."""
    exchange = Exchange(piece(b""), piece(b""), {"type": "http.disconnect"})
    exchange.faults.put("kéy", Fault.of(answer, **how))
    return exchange


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ("status", (502, GATEWAY_PAGE, len(GATEWAY_PAGE))),
        ("malformed", (200, NO_JSON, len(NO_JSON))),
        ("truncated", (200, WHOLE[: len(WHOLE) // 2], len(WHOLE))),
    ],
)
async def test_a_fault_answers_in_place_of_a_decision(answer: str, sent: tuple[int, bytes, int]) -> None:
    exchange = faulty(answer)
    await exchange.run(**{CONNECTION: RecordingConnection()})
    assert exchange.answered == sent
    assert exchange.calls == []


@pytest.mark.parametrize(("answer", "at_once"), [("reset", True), ("truncated", False)])
async def test_a_connection_is_ended_and_its_end_awaited(answer: str, at_once: bool) -> None:
    exchange, connection = faulty(answer), RecordingConnection()
    await exchange.run(**{CONNECTION: connection})
    assert connection.cuts == [at_once]
    assert exchange.messages == []
    assert (exchange.sent == []) is at_once


@pytest.mark.parametrize("answer", ["reset", "truncated"])
async def test_a_connection_that_nothing_can_end_is_an_error(answer: str) -> None:
    with pytest.raises(ConnectionResetError, match=f"fault: {answer}"):
        await faulty(answer).run()


@pytest.mark.parametrize("answer", ["reset", "truncated", "malformed", "status"])
async def test_a_fault_is_written_down_as_an_answer_without_an_envelope(answer: str) -> None:
    exchange = faulty(answer)
    await exchange.run(**{CONNECTION: RecordingConnection()})
    (written,) = exchange.written
    assert (written.code, written.msg, written.record) == (0, f"fault: {answer}", None)


async def test_a_delay_alone_changes_nothing_but_the_time() -> None:
    exchange = faulty(delay=0.001)
    await exchange.run()
    assert exchange.order == ["decide", "http.response.start", "http.response.body"]


async def test_another_key_has_no_fault() -> None:
    exchange = Exchange(piece(b""))
    exchange.faults.put("another", Fault.of("reset"))
    await exchange.run()
    assert exchange.answered[0] == ANSWER.status


async def test_a_fault_ends_after_its_times() -> None:
    exchange = faulty("malformed", times=1)
    await exchange.run()
    exchange.messages = [piece(b"")]
    exchange.sent.clear()
    await exchange.run()
    assert exchange.answered[0] == ANSWER.status


async def test_a_request_that_was_held_up_until_a_reset_is_not_judged() -> None:
    exchange = Exchange(piece(b""), {"type": "http.disconnect"})
    exchange.faults.put(None, Fault(delay=60))
    cut = RecordingConnection()
    running = await begun(exchange.run(**{CONNECTION: cut}))
    exchange.held.let_go(None)
    await running
    assert (exchange.order, exchange.sent, exchange.written, cut.cuts) == ([], [], [], [True])


async def test_a_cut_that_nobody_tells_of_is_not_waited_for() -> None:
    exchange = faulty("reset")
    never = asyncio.Event()
    body = [piece(b"")]

    async def receive() -> Message:
        if not body:
            await never.wait()
        return body.pop()

    exchange.receive = receive  # type: ignore[method-assign]
    exchange.endpoint = Endpoint(exchange.decide, exchange, exchange.take_fault, exchange.held, OWN, gone_within=0.001)
    await exchange.run(**{CONNECTION: RecordingConnection()})
