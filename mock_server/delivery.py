"""One attempt to deliver one callback. The receiver's trouble is a result to record, never an error to raise."""

import asyncio
import os
from typing import Final, Protocol

import aiohttp
from yarl import URL

from mock_server import wording
from mock_server.hosts import Blocked, GuardedResolver, HostPolicy
from mock_server.outcomes import Attempt, Outcome

READ_AT_MOST: Final = 64 * 1024
"""Bytes of a receiver's answer that are read; the rest is not waited for."""


class Delivery(Protocol):
    """Sends one callback; `received` is the range of HTTP statuses that count as received."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt: ...

    async def close(self) -> None: ...


class HttpDelivery:
    """Delivery over HTTP/1.1, each callback on a connection of its own."""

    def __init__(self, policy: HostPolicy, timeout: float) -> None:
        self._policy = policy
        self._timeout = timeout
        self._opened: aiohttp.ClientSession | None = None

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            resolver = GuardedResolver(self._policy, aiohttp.ThreadedResolver())
            self._opened = aiohttp.ClientSession(
                # A kept connection may be closed by its receiver just as it is used again, and a POST is not repeated.
                connector=aiohttp.TCPConnector(limit=0, resolver=resolver, use_dns_cache=False, force_close=True),
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Content-Type": "application/json", "User-Agent": "suno-mock"},
                auto_decompress=False,
            )
        return self._opened

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        loop = asyncio.get_running_loop()
        started = loop.time()
        outcome, detail = await self._post(url, body, received)
        return Attempt(outcome=outcome, detail=detail, took=loop.time() - started)

    async def _post(self, url: str, body: bytes, received: tuple[int, int]) -> tuple[Outcome, str]:
        target = URL(url, encoded=True)
        try:
            self._policy.check_literal(target.host or "")
            async with self._session.post(target, data=body, allow_redirects=False) as response:
                await response.content.readexactly(READ_AT_MOST)
        except asyncio.IncompleteReadError:
            pass
        except TimeoutError:
            return Outcome.TIMED_OUT, f"no complete answer within {self._timeout:g} s"
        except Blocked as blocked:
            return Outcome.BLOCKED, str(blocked)
        except aiohttp.ClientConnectorError as error:
            return _unreachable(target, error)
        except (aiohttp.InvalidURL, ValueError) as error:
            return Outcome.BLOCKED, f"{wording.cut(url)} is no address to call: {error}"
        except (aiohttp.ClientError, OSError) as error:
            return Outcome.UNREACHABLE, f"{type(error).__name__}: {' '.join(str(error).split())}"
        lowest, highest = received
        outcome = Outcome.ACCEPTED if lowest <= response.status <= highest else Outcome.REFUSED
        return outcome, f"HTTP {response.status}"


def _unreachable(target: URL, error: aiohttp.ClientConnectorError) -> tuple[Outcome, str]:
    if isinstance(error.os_error, Blocked):
        return Outcome.BLOCKED, str(error.os_error)
    hint = ""
    if target.host in ("localhost", "127.0.0.1", "::1"):
        hint = "; inside a container this is the container itself: use host.docker.internal or the service's name"
    number = error.os_error.errno or 0
    reason = os.strerror(number) if number > 0 else str(error.os_error)
    return Outcome.UNREACHABLE, f"cannot connect to {target.host} port {target.port}: {reason}{hint}"
