"""What the proxy does with a request of a client, which goes on to the server, and with a callback of the server, which
goes on to the receiver."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from aiohttp import web

from contract_tests.documents.counted import counted
from contract_tests.proxy.callback_url import callback_url, with_callback_url
from contract_tests.proxy.courses import Courses, Spending
from contract_tests.proxy.forward import NO_CONNECTION, Asked, Came, Forwarder, asked, decoded
from contract_tests.proxy.headers import readable, unsendable
from contract_tests.proxy.ledger import NOTHING, Before, may_have_started
from contract_tests.proxy.way_back import WayBack
from contract_tests.recording.callback_urls import of_callback_url
from contract_tests.recording.keys_apart import KeysApart
from contract_tests.recording.message import CALLBACK, HELD_BACK, NOT_HANDED_ON, REQUEST, Message
from contract_tests.verdicts.course import Finding

BY: Final = "suno-contract proxy"
NO_MORE: Final = 429
UNKNOWN: Final = (
    f"{BY}: the recording cannot be written, so nobody would know what is spent; make room, and start it with --resume"
)
NOT_FOUND: Final = 404
BAD_GATEWAY: Final = 502
PATIENCE: Final = 5.0
"""Seconds that a callback which is judged waits for the answer to its request: a server may send that afterwards."""

Judge = Callable[[Message], Awaitable[Sequence[Finding]]]
"""Says before a message is handed on what is wrong with it."""
Heard = Callable[[Message], object]
"""Gets every message once it has passed."""
Leaves = Callable[[int], bool]
"""Writes down the number of a request that may start a task, before it is sent. Whether that was possible."""


class App:
    """Hands messages on. `heard` gets each with its answer, `learned` what must not be written down; `judge` keeps
    those back in which it finds something, and is None where nothing is kept back."""

    def __init__(
        self,
        target: str,
        courses: Courses,
        spending: Spending,
        forwarder: Forwarder,
        heard: Heard,
        learned: Callable[[list[str]], object],
        judge: Judge | None = None,
        leaves: Leaves = lambda number: True,
        before: Before = NOTHING,
    ) -> None:
        self._target = target.rstrip("/")
        self._courses = courses
        self._spending = spending
        self._forwarder = forwarder
        self._heard = heard
        self._learned = learned
        self._judge = judge
        self._leaves = leaves
        self._begun = time.monotonic() - before.ends
        self._keys = KeysApart(before.keys + 1)
        self._answered: dict[int, asyncio.Event] = {}

    async def client(self, came: web.BaseRequest) -> web.StreamResponse:
        """Takes a request of a client."""
        back = WayBack(came, held=self._judge is not None)
        request, number = await asked(came), self._courses.number()
        starts = request.method == "POST"
        if starts and not await self._spending.reserve():
            return await self._kept_back(request, number, back, self._no_more())
        if starts and not self._leaves(number) and self._spending.tasks is not None:
            self._spending.settle(0)
            return await self._kept_back(request, number, back, UNKNOWN)
        cost = 1
        try:
            message = await self._handed_on(request, number, back)
            cost = may_have_started(message)
        finally:
            self._answered.pop(number, asyncio.Event()).set()
            if starts:
                self._spending.settle(cost)
        self._courses.started(message)
        self._heard(message)
        return back.response

    async def _kept_back(self, request: Asked, number: int, back: WayBack, why: str) -> web.StreamResponse:
        """Answers a request that does not go on."""
        await back.say(NO_MORE, why)
        self._learned([*of_callback_url(callback_url(request.body) or "")])
        self._heard(self._message(REQUEST, number, 0, request, Came(error=f"{NOT_HANDED_ON}{why}")))
        return back.response

    def _no_more(self) -> str:
        budget = self._spending.tasks
        if budget is not None and self._spending.spent >= budget:  # more where an earlier start had a larger one
            tasks = counted(budget, "task")
            return f"{BY}: the budget of {tasks} is spent; start it again with --resume and a larger --budget"
        return f"{BY}: the last tasks of the budget of {budget} are under way, and have no answer yet; try it later"

    async def _handed_on(self, request: Asked, number: int, back: WayBack) -> Message:
        """The message that a request of a client became."""
        course = self._courses.polled(request.path)
        if (url := callback_url(request.body)) is not None and request.more is None:
            course = number
            self._answered[number] = asyncio.Event()
            address, token = self._courses.address(number, url)
            self._learned([token, *of_callback_url(url)])
            request.body = with_callback_url(request.body, address)
        return await self._passed(REQUEST, number, course, request, self._target + request.path, back)

    async def receiver(self, came: web.BaseRequest) -> web.StreamResponse:
        """Takes a callback of the server."""
        back = WayBack(came)
        request, number = await asked(came), self._courses.number()
        known = self._courses.receiver(request.path)
        if known is None:
            self._heard(self._message(CALLBACK, number, 0, request, Came()))
            await back.say(NOT_FOUND, f"{BY}: no request has asked to be called back here")
            return back.response
        course, url = known
        if self._judge is not None and course in self._answered:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._answered[course].wait(), PATIENCE)
        self._heard(await self._passed(CALLBACK, number, course, request, url, back))
        return back.response

    async def _passed(self, kind: str, number: int, course: int, request: Asked, url: str, back: WayBack) -> Message:
        """Hands a message on, and the answer back."""
        found: Sequence[Finding] = ()
        if self._judge is not None and kind == CALLBACK:
            found = await self._judge(self._message(kind, number, course, request, Came()))
        try:
            came = await self._forwarder.send(request, url, back) if not found else Came()
        except BaseException as problem:
            self._heard(
                self._message(kind, number, course, request, Came(error=f"broke off: {type(problem).__name__}"))
            )
            raise
        if came.error and kind == CALLBACK:
            came.error = _of_receiver(came.error)
        if self._judge is not None and kind == REQUEST and not came.error:
            found = await self._judge(self._message(kind, number, course, request, came))
        if found:
            came = replace(came, error=f"{HELD_BACK}{_words(found)}")
            await back.say(BAD_GATEWAY, f"{BY} --on-violation block: {_words(found)}")
        elif came.error and back.begun:
            back.break_off()
        elif came.error:
            await back.say(BAD_GATEWAY, f"{BY}: no answer: {came.error}")
        else:
            await back.release()
        return self._message(kind, number, course, request, came)

    def _message(self, kind: str, number: int, course: int, request: Asked, came: Came) -> Message:
        coding = next((value for name, value in request.headers if name.lower() == "content-encoding"), "")
        sent, why = decoded(request.body, coding)
        headers = readable(request.headers)
        left_out = {"sent": why, "body": came.left_out}
        for part, came_with in (("headers", request.headers), ("answer_headers", came.headers)):
            if names := unsendable(came_with):
                left_out[part] = f"{', '.join(names)} came in another coding than UTF-8, and went no further"
        return Message(
            kind=kind,
            number=number,
            course=course,
            at=came.began - self._begun,
            took=came.ended - came.began,
            method=request.method,
            path=request.path,
            headers=headers,
            key=self._keys.number(headers) if kind == REQUEST else 0,
            sent=sent,
            status=0 if came.error and not came.error.startswith(HELD_BACK) else came.status,
            answer_headers=readable(came.headers),
            body=came.body,
            error=came.error,
            left_out={name: reason for name, reason in left_out.items() if reason},
        )


def _words(found: Sequence[Finding]) -> str:
    return "; ".join(f"{each.rule}: expected {each.expected}; got {each.got}" for each in found)[:500]


def _of_receiver(error: str) -> str:
    """Why the receiver gave no answer: the server is another. Its host is in no file, as the rest of its URL is not."""
    if error.startswith(NO_CONNECTION):
        return f"{NO_CONNECTION}the receiver cannot be reached"
    return f"the receiver gave no answer: {error}"
