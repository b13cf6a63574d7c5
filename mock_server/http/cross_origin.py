"""Lets pages of other origins use the API (CORS), as far as it is told to; never the control plane, never with cookies.

Not starlette's middleware, which from version to version treats `Vary` and private networks otherwise.
"""

from collections.abc import Collection, Sequence
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.http.base_urls import path_of

EVERY: Final = "*"
"""Stands for the pages of every origin."""
EXPOSED: Final = (
    "Retry-After",
    "Preference-Applied",
    "Suno-Mock-Callback",
    "Suno-Mock-Readings",
    "Suno-Mock-Replay",
    "Suno-Mock-Rules",
    "Accept-Ranges",
    "Content-Range",
    "ETag",
)
"""The headers of answers that a page may read, beside those that it always may."""
ALLOW_ORIGIN: Final = b"access-control-allow-origin"
EXPOSE: Final = b"access-control-expose-headers"
PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Prefer, *"),
    (b"access-control-allow-private-network", b"true"),
    (b"access-control-max-age", b"600"),
)
"""What a page may send: anything, so that it reads the API's own refusal. `*` does not stand for Authorization."""

Lines = Sequence[tuple[bytes, bytes]]


class CrossOrigin:
    """An application whose answers pages of `origins` may read, but for what is under the path `closed`."""

    def __init__(self, app: ASGIApp, origins: Collection[str], closed: str) -> None:
        self._app = app
        self._origins = frozenset(each.encode() for each in origins)
        self._every = EVERY in origins
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_closed(scope):
            return await self._app(scope, receive, send)
        origin = asking(scope)
        allowed = self._allowed(origin)
        if allowed and is_preflight(scope):
            start = {"type": "http.response.start", "status": 204, "headers": PREFLIGHT}
            await send(_with(allowed, start))
            return await send({"type": "http.response.body"})

        async def sending(message: Message) -> None:
            await send(_with(allowed, message) if message["type"] == "http.response.start" else message)

        await self._app(scope, receive, sending)

    def _is_closed(self, scope: Scope) -> bool:
        return path_of(scope).startswith(self._closed)

    def _allowed(self, origin: bytes | None) -> Lines:
        """The headers that let a page read an answer; none for one that may not."""
        if origin is None or not (self._every or origin in self._origins):
            return ()
        return ((ALLOW_ORIGIN, EVERY.encode() if self._every else origin), (EXPOSE, ", ".join(EXPOSED).encode()))


def asking(scope: Scope) -> bytes | None:
    """The origin of the page that asks, if a page does."""
    return next((value for name, value in scope["headers"] if name == b"origin"), None)


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks what a page may send (Fetch Standard, "CORS-preflight request")."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and {b"origin", b"access-control-request-method"} <= names


def _with(allowed: Lines, start: Message) -> Message:
    """The start of an answer with these headers in place of its own of that name; caches tell pages apart."""
    replaced = {name for name, _ in allowed}
    kept = [each for each in start.get("headers", ()) if each[0].lower() not in replaced]
    return {**start, "headers": [*kept, *allowed, (b"vary", b"Origin")]}
