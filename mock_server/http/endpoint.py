"""The ASGI edge of the provider's endpoints: read a call, have it decided, answer, then do what was promised."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from logging import getLogger
from typing import Any, Final, Protocol

from starlette.types import Message, Receive, Scope, Send

from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.http.read_request import Disconnected, read_call
from mock_server.state.faults import Broken, Fault, Faults

LOGGER: Final = getLogger("uvicorn.error")
UNDONE: Final = Fault(answer=Broken.RESET).answered()
"""For a request that was held up until a reset forgot it."""
INCOMPLETE: Final = Answer(status=503, code=0, msg="", body=b"", content_type="text/plain")
"""For a request whose end the mock did not wait for; a client that is gone does not read it."""
GONE_WITHIN: Final = 1.0
"""Seconds until a cut connection is told of; a request that was sent before the answer to another never hears of it."""
CONNECTION: Final = "suno_mock.connection"
"""What the request's connection is called in the state of its scope; `listening` puts it there."""


class Connection(Protocol):
    """A connection that a fault can end: at once, as a process that dies does, or when what was sent is out."""

    def cut(self, *, at_once: bool) -> None: ...


Decide = Callable[[Call], Coroutine[Any, Any, Answer]]
Follow = Callable[[Call, Answer], None]


class Endpoint:
    """One endpoint as an ASGI application.

    `follow` runs when the answer is out, and if sending it failed; where a fault breaks the answer, before. A bug in
    `decide` is answered by `failed` and raised again, so that the server logs the traceback. `faults` come before
    everything else; a connection that one of them cuts may take `gone_within` seconds to end.
    """

    def __init__(
        self,
        decide: Decide,
        follow: Follow,
        failed: Callable[[], Answer],
        faults: Faults,
        crowded: Callable[[], bool] = lambda: False,
        gone_within: float = GONE_WITHIN,
    ) -> None:
        self._decide = decide
        self.follow = follow
        self._failed = failed
        self._faults = faults
        self._crowded = crowded
        self._gone_within = gone_within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await read_call(scope, receive)
        except Disconnected:
            return await _send(INCOMPLETE, send)
        fault = self._faults.take(call.key)
        if fault is not None:
            if not await self._faults.hold(call.key, fault.delay):
                return await self._break(Broken.RESET, UNDONE, scope, receive, send)
            if fault.answer is not None:
                answer = fault.answered()
                self.follow(call, answer)
                return await self._break(fault.answer, answer, scope, receive, send)
        try:
            answer = await self._decide(call)
        except Exception:
            await self._answer(call, self._failed(), send)
            raise
        await self._answer(call, answer, send)

    def at_once(self, call: Call) -> Answer | None:
        """The answer without an event loop; None where a fault or a crowd may hold it up. The caller sends it, then
        calls `follow`. A bug is logged as uvicorn logs those of an application."""
        if self._faults or self._crowded():
            return None
        try:
            self._decide(call).send(None)
        except StopIteration as decided:
            answer: Answer = decided.value
            return answer
        except Exception:
            LOGGER.exception("Exception in ASGI application\n")
            return self._failed()
        raise RuntimeError(f"{call.method} {call.path} waits; nothing that a store in memory does may wait")

    async def _answer(self, call: Call, answer: Answer, send: Send) -> None:
        try:
            await _send(answer, send)
        finally:
            self.follow(call, answer)

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


async def _send(answer: Answer, send: Send) -> None:
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


def _start(answer: Answer) -> Message:
    return {"type": "http.response.start", "status": answer.status, "headers": answer.header_lines()}
