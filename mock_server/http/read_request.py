"""Reads a request: its head as a call, its body in bounded memory."""

import asyncio
from collections.abc import Iterable
from typing import Final

from starlette.types import Receive, Scope

from mock_server.contract.decode import BODY_LIMIT, bearer, text
from mock_server.domain.call import Call
from mock_server.http.base_urls import BaseUrls, path_of

DRAIN_LIMIT: Final = 16 * BODY_LIMIT
"""Bytes of an oversized body that are read and dropped, so that its sender gets to read the answer."""
HEADERS: Final = frozenset((b"authorization", b"content-type", b"prefer", b"content-encoding"))
"""The headers that a decision or its text depends on."""


Headers = Iterable[tuple[bytes, bytes]]


class Incomplete(Exception):
    """The client went away, or the mock stops, before the request was complete, or there is no room for it: there is
    nothing to decide. `text` is for a client that is there."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text


async def read_call(scope: Scope, receive: Receive, base_urls: BaseUrls) -> Call:
    """The whole request. Raises Incomplete when the client goes away first."""
    return call_of(scope, await read_body(receive), base_urls)


def call_of(scope: Scope, body: bytes | None, base_urls: BaseUrls) -> Call:
    """The request with this body."""
    path, base_url = path_of(scope), base_urls.reached(scope)
    return call(scope["method"], path, scope["query_string"], scope["headers"], body, base_url)


def call(method: str, path: str, query: bytes, headers: Headers, body: bytes | None, base_url: str = "") -> Call:
    """A request from its parts; the names of the headers are in lower case."""
    kept, values = tuple(headers), 0
    found: dict[bytes, bytes] = {}
    for name, value in kept:
        values += len(value)
        if name in HEADERS:
            found[name] = found[name] + b", " + value if name in found else value
    return Call(
        method,
        path,
        query,
        bearer(text(found.get(b"authorization", b""))),
        text(found.get(b"content-type", b"")),
        text(found.get(b"prefer", b"")),
        body,
        kept,
        values,
        text(found.get(b"content-encoding", b"")),
        base_url,
    )


async def read_body(receive: Receive) -> bytes | None:
    """The body; None where it is over BODY_LIMIT. Raises Incomplete."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more and size <= DRAIN_LIMIT:
        try:
            message = await receive()
        except asyncio.CancelledError:  # the server stops, and waits no longer
            raise Incomplete from None
        if message["type"] == "http.disconnect":
            raise Incomplete
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(chunk)
        if size <= BODY_LIMIT:
            chunks.append(chunk)
        else:
            chunks.clear()
    return b"".join(chunks) if size <= BODY_LIMIT else None
