"""The way back to who asked: an answer goes there as it comes, or is held until it is released."""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import web
from multidict import CIMultiDict

from contract_tests.proxy.headers import Headers

ADDED: Final = frozenset(("server", "date", "content-type"))
"""Headers that aiohttp puts into answers without them."""


async def without_others(request: web.Request, response: web.StreamResponse) -> None:
    """To be called before the head of an answer is written."""
    if isinstance(response, Answer):
        response.drop_others()


class Answer(web.StreamResponse):
    """An answer with the headers that it came with, and no others but those of the connection."""

    def __init__(self, status: int, reason: str | None, headers: Headers) -> None:
        super().__init__(status=status, reason=reason, headers=CIMultiDict(headers))
        self._came = frozenset(name.lower() for name, _ in headers)

    def drop_others(self) -> None:
        """Leaves out what the library adds to answers."""
        for name in ADDED - self._came:
            self.headers.popall(name, None)


class WayBack:
    """Writes one answer. What is `held` goes out once it is released. Who asked may be gone: the answer is read to its
    end all the same."""

    def __init__(self, request: web.BaseRequest, *, held: bool = False) -> None:
        self.begun = False
        self._request = request
        self._response: web.StreamResponse = Answer(502, None, ())
        self._held: list[Callable[[], Awaitable[None]]] | None = [] if held else None

    async def begin(self, status: int, reason: str | None, headers: Headers) -> None:
        async def do() -> None:
            self._response = Answer(status, reason, headers)
            self.begun = True
            with suppress(ConnectionError):
                await self._response.prepare(self._request)

        await self._do(do)

    async def write(self, chunk: bytes) -> None:
        async def do() -> None:
            with suppress(ConnectionError):
                await self._response.write(chunk)

        await self._do(do)

    async def end(self) -> None:
        async def do() -> None:
            with suppress(ConnectionError):
                await self._response.write_eof()

        await self._do(do)

    async def _do(self, do: Callable[[], Awaitable[None]]) -> None:
        if self._held is None:
            await do()
        else:
            self._held.append(do)

    async def release(self) -> None:
        """Lets out what is held."""
        held, self._held = self._held or [], None
        for do in held:
            await do()

    async def say(self, status: int, words: str) -> None:
        """An answer of the proxy itself, in place of what is held."""
        self._held = None
        body = json.dumps({"code": status, "msg": words, "data": None}).encode()
        headers = (("Content-Type", "application/json"), ("Content-Length", f"{len(body)}"))
        await self.begin(status, None, headers)
        await self.write(body)
        await self.end()

    @property
    def response(self) -> web.StreamResponse:
        """What was written, for the server. An answer that broke off ends the connection."""
        return self._response

    def break_off(self) -> None:
        """Ends the connection, so that nobody takes what was written for the whole answer."""
        if self._request.transport is not None:
            self._request.transport.abort()
