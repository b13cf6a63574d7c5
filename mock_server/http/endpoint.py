"""The ASGI edge of the provider's endpoints: read a call, have it decided, answer, then do what was promised."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import Final, Protocol

from starlette.types import Message, Receive, Scope, Send

from mock_server.core.errors import StateFailed
from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.http.base_urls import BaseUrls
from mock_server.http.held import HeldRequests
from mock_server.http.read_request import Incomplete, read_call
from mock_server.state.faults import Broken, Fault

UNDONE: Final = Fault(answer=Broken.RESET).answered()
"""For a request that was held up until a reset forgot it."""
GONE_WITHIN: Final = 1.0
"""Seconds until a cut connection is told of; a request that was sent before the answer to another never hears of it."""
CONNECTION: Final = "suno_mock.connection"
"""The key under which `BoundedConnection` puts itself into the state of a request's scope."""


class Connection(Protocol):
    """A connection that a fault can end: at once, as a process that dies does, or when what was sent is out."""

    def cut(self, *, at_once: bool) -> None: ...


Decide = Callable[[Call], Awaitable[Answer]]
TakeFault = Callable[[str | None], Awaitable[Fault | None]]


class Undecided(Protocol):
    """What answers, and is written down, where nothing is decided."""

    async def failed(self) -> Answer:
        """The answer to a bug of the mock."""

    async def write_down(self, call: Call, answer: Answer) -> None:
        """Write a request down."""


class Endpoint:
    """One endpoint as an ASGI application.

    A fault, which `take_fault` tells by the key, comes before everything else; a connection that one of them cuts may
    take `gone_within` seconds to end. `latency` tells how many real seconds the request of a number takes. A bug in
    `decide` is answered, and raised again, so that the server logs the traceback.
    """

    def __init__(
        self,
        decide: Decide,
        undecided: Undecided,
        take_fault: TakeFault,
        held: HeldRequests,
        base_urls: BaseUrls,
        gone_within: float = GONE_WITHIN,
        latency: Callable[[int], float] | None = None,
    ) -> None:
        self._decide = decide
        self._undecided = undecided
        self._take_fault = take_fault
        self._held = held
        self._base_urls = base_urls
        self._gone_within = gone_within
        self._latency = latency
        self._asked = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await read_call(scope, receive, self._base_urls)
        except Incomplete as left:
            return await _send(_unread(left.text), send)
        try:
            fault = await self._take_fault(call.key)
        except StateFailed as why:
            return await _send(_unread(str(why)), send)
        wait = fault.delay if fault else 0.0
        if self._latency is not None:
            wait += self._latency(next(self._asked))
        if wait and not await self._held.hold(call.key, wait):
            return await self._break(Broken.RESET, UNDONE, scope, receive, send)
        if fault is not None and fault.answer is not None:
            answer = fault.answered()
            await self._undecided.write_down(call, answer)
            return await self._break(fault.answer, answer, scope, receive, send)
        try:
            answer = await self._decide(call)
        except StateFailed as why:
            return await _send(_unread(str(why)), send)
        except Exception:
            failed = await self._undecided.failed()
            await self._undecided.write_down(call, failed)
            await _send(failed, send)
            raise
        await _send(answer, send)

    async def _break(self, broken: Broken, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what a fault leaves of the answer. Raises ConnectionResetError where nothing can cut a connection."""
        connection: Connection | None = scope.get("state", {}).get(CONNECTION)
        if broken in (Broken.STATUS, Broken.MALFORMED):
            return await _send(answer, send)
        if broken is Broken.TRUNCATED:
            await send(_start(answer))
            await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
        if connection is None:
            raise ConnectionResetError(answer.msg)
        connection.cut(at_once=broken is Broken.RESET)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._gone_within):
                while (await receive())["type"] != "http.disconnect":
                    pass


def _unread(text: str) -> Answer:
    """The answer to a request that was not read to its end, or whose decision cannot be kept, in the mock's own words
    and without an envelope."""
    return Answer(status=503, code=0, msg=text, body=text.encode(), content_type="text/plain")


async def _send(answer: Answer, send: Send) -> None:
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


def _start(answer: Answer) -> Message:
    return {"type": "http.response.start", "status": answer.status, "headers": answer.header_lines()}
