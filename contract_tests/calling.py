"""Callbacks sent to a receiver that nobody vouches for: in bounded time and memory, whatever it does."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Final, Self

import httpx

from contract_tests.exchanges import Exchange

ANSWER_LIMIT: Final = 64 * 1024
"""Bytes of an answer that are read."""
SILENCES: Final = 3
"""Callbacks in a row without an answer after which no more are sent."""
UNREACHED: Final = ("ConnectError", "ConnectTimeout")
"""Errors after which no connection was made."""


class Caller:
    """Sends callbacks to one URL; an async context manager. `timeout` is in seconds and for the whole answer."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self.timeout = timeout
        # One connection each: a receiver may close one that is kept just as the next callback goes out.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._http = httpx.AsyncClient(verify=_tls(), timeout=httpx.Timeout(None), limits=limits)
        self._silences = 0
        self.sent = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.aclose()

    @property
    def silent(self) -> bool:
        """Whether the receiver has left the last callbacks without an answer."""
        return self._silences >= SILENCES

    async def call(self, body: bytes, content_type: str) -> Exchange:
        """One callback and its answer, or why there is none."""
        self.sent += 1
        exchange = await self.exchange("POST", {"Content-Type": content_type}, body)
        self._silences = self._silences + 1 if exchange.error else 0
        return exchange

    async def exchange(self, method: str, headers: Mapping[str, str], body: bytes = b"") -> Exchange:
        """Any request to the URL."""
        status, kind, raw, error = 0, "", b"", ""
        started = time.monotonic()
        try:
            async with (
                asyncio.timeout(self.timeout),
                self._http.stream(method, self._url, headers=headers, content=body) as response,
            ):
                status, kind = response.status_code, response.headers.get("content-type", "")
                raw, error = await _read(response)
        except TimeoutError:
            error = f"no whole answer within {self.timeout:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as problem:
            error = f"{type(problem).__name__}: {problem}".rstrip(": ")
        return Exchange(
            method=method,
            url=self._url,
            headers=headers,
            sent=body,
            status=status,
            content_type=kind,
            body=raw,
            error=error,
            started=started,
            answered=time.monotonic(),
        )


@cache
def _tls() -> ssl.SSLContext:
    """The certificates, which take longer to load than a callback takes."""
    return httpx.create_ssl_context()


async def _read(response: httpx.Response) -> tuple[bytes, str]:
    """The answer as it was sent, at most ANSWER_LIMIT bytes of it, and what is wrong with its length."""
    raw = b""
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) > ANSWER_LIMIT:
            return raw[:ANSWER_LIMIT], f"the answer is longer than {ANSWER_LIMIT} bytes"
    return raw, ""
