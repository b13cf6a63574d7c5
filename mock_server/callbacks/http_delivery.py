"""Delivers one callback over HTTP. The receiver's trouble is a result to record, never an error to raise."""

import asyncio
import socket
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from mock_server.callbacks.host_policy import Blocked, HostPolicy
from mock_server.callbacks.trust import Trust
from mock_server.callbacks.unreachable import Silence
from mock_server.contract.questions import received_under
from mock_server.core.text import cut
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.kept_answer import Headers, KeptAnswer, kept_headers, texts
from mock_server.domain.masking import masked_url

READ_AT_MOST: Final = 64 * 1024
"""Bytes of a receiver's answer that are read; the rest is not waited for."""
LONGEST_LINE: Final = 256 * 1024
"""Bytes of a line in the head of an answer; browsers and servers give up at 16 to 400 KiB for the whole head."""
MOST_HEADERS: Final = 1000
"""Headers of an answer."""
KEPT_FOR: Final = 0.1
"""Seconds that an idle connection is kept: as long as callbacks come in a rush, and too short for a receiver to give it
up first, or to keep others waiting because it serves one connection at a time."""
USED_AT_MOST: Final = 20
"""Callbacks after which a receiver is asked to close a connection, so that one such as that turns to the others."""
CLOSING_KEPT: Final = 1000
"""Receivers that are known to close connections unannounced, and those that are known to be unreachable."""


@dataclass(slots=True)
class Exchange:
    """One callback on the wire: whether its connection has to be `fresh`, and whether one was used `again`; the headers
    that were sent, and the answer as far as it came."""

    fresh: bool = False
    again: bool = False
    sent: Headers = ()
    answer: KeptAnswer | None = None


class HttpDelivery:
    """Delivery over HTTP/1.1, on connections that are kept for a moment.

    A receiver may close a kept connection just as it is used again. When that happens before anything of an answer
    came, the callback is sent once more on a connection of its own, as browsers do, and so is every later one to this
    receiver. One that closes connections in place of answering may so see one callback twice, once.

    What to do about a receiver that cannot be reached is told once, until it answers or something else is wrong with
    it; `contained` says whether the mock runs in a container.
    """

    def __init__(
        self, policy: HostPolicy, timeout: float, trust: Trust | None = None, *, contained: bool = False
    ) -> None:
        self._policy = policy
        self._timeout = timeout
        self._trust = trust or Trust()
        self._contained = contained
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._closing: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._sent = count(1)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        loop = asyncio.get_running_loop()
        started, exchange = loop.time(), Exchange()
        outcome, detail = await self._post(url, body, received, exchange)
        took = loop.time() - started
        return Attempt(outcome=outcome, detail=detail, took=took, sent=exchange.sent, answer=exchange.answer)

    async def _post(self, url: str, body: bytes, received: tuple[int, int], exchange: Exchange) -> tuple[Outcome, str]:
        target = URL(url, encoded=True)
        try:
            self._policy.check_literal(target.host or "")
            async with asyncio.timeout(self._timeout):
                answer = await self._answer(target, body, exchange)
        except TimeoutError:
            return Outcome.TIMED_OUT, f"no complete answer within {self._timeout:g} s"
        except Blocked as blocked:
            return Outcome.BLOCKED, str(blocked)
        except aiohttp.ClientConnectorError as error:  # first: that of a certificate is a ValueError, too
            return await self._unreachable(target, error)
        except (aiohttp.InvalidURL, ValueError) as error:
            return Outcome.BLOCKED, f"{cut(url)} is no address to call: {error}"
        except (aiohttp.ClientError, OSError) as error:
            return await self._unreachable(target, error)
        self._told.pop(target.authority, None)
        lowest, highest = received
        if lowest <= answer.status <= highest:
            return Outcome.ACCEPTED, f"HTTP {answer.status}"
        return Outcome.REFUSED, _refused(answer, received)

    async def _answer(self, target: URL, body: bytes, exchange: Exchange) -> KeptAnswer:
        """The answer, on a kept connection if there is one. Raises what aiohttp does."""
        exchange.fresh = target.authority in self._closing
        try:
            return await self._exchange(target, body, exchange)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            if not exchange.again:
                raise
        _note(self._closing, target.authority, "")
        exchange.fresh = True
        return await self._exchange(target, body, exchange)

    async def _unreachable(self, target: URL, error: Exception) -> tuple[Outcome, str]:
        if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Blocked):
            return Outcome.BLOCKED, str(error.os_error)
        # Offline, a public name would else be tried in vain, and polling end in an exception that is not the API's.
        unresolved = isinstance(error, aiohttp.ClientConnectorDNSError)
        if unresolved and (blocked := self._policy.refusal_unresolved(target.host or "")):
            return Outcome.BLOCKED, blocked
        silence = Silence(target, error)
        reason = silence.reason
        if self._told.get(target.authority) == reason:
            return Outcome.UNREACHABLE, reason
        _note(self._told, target.authority, reason)
        way_out = await silence.way_out(contained=self._contained)
        return Outcome.UNREACHABLE, f"{reason}; {way_out}" if way_out else reason

    async def _exchange(self, target: URL, body: bytes, exchange: Exchange) -> KeptAnswer:
        session = self._session(fresh=exchange.fresh)
        last = next(self._sent) % USED_AT_MOST == 0
        async with session.post(
            target,
            data=body,
            headers={"Connection": "close"} if last else None,
            allow_redirects=False,
            ssl=self._trust.context if target.scheme == "https" else True,
            trace_request_ctx=exchange,
        ) as response:
            answer = exchange.answer = KeptAnswer(
                status=response.status, headers=kept_headers(texts(response.raw_headers))
            )
            # Piece by piece, so that what came of an answer that does not end is there.
            while answer.size < READ_AT_MOST and (piece := await response.content.read(READ_AT_MOST - answer.size)):
                answer = exchange.answer = answer.longer(piece)
        return answer

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        if fresh not in self._sessions:
            resolver = GuardedResolver(self._policy, aiohttp.ThreadedResolver())
            keeping: dict[str, Any] = {"force_close": True} if fresh else {"keepalive_timeout": KEPT_FOR}
            self._sessions[fresh] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, resolver=resolver, use_dns_cache=False, **keeping),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Content-Type": "application/json", "User-Agent": "suno-mock"},
                auto_decompress=False,
                max_line_size=LONGEST_LINE,
                max_field_size=LONGEST_LINE,
                max_headers=MOST_HEADERS,
                trace_configs=[_noting()],
            )
        return self._sessions[fresh]


class GuardedResolver(AbstractResolver):
    """Resolves a name and checks every address that a connection could use, at the moment of connecting."""

    def __init__(self, policy: HostPolicy, resolver: AbstractResolver) -> None:
        self._policy = policy
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        results = await self._resolver.resolve(host, port, family)
        for result in results:
            self._policy.check(host, result["host"])
        return results

    async def close(self) -> None:
        await self._resolver.close()


def _noting() -> aiohttp.TraceConfig:
    """Has it noted when a request is sent on a kept connection, and with which headers."""

    async def note_reuse(
        session: aiohttp.ClientSession, context: Any, reused: aiohttp.TraceConnectionReuseconnParams
    ) -> None:
        context.trace_request_ctx.again = True

    async def note_headers(
        session: aiohttp.ClientSession, context: Any, sent: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        context.trace_request_ctx.sent = kept_headers(sent.headers.items())

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(note_reuse)
    tracing.on_request_headers_sent.append(note_headers)
    return tracing


def _refused(answer: KeptAnswer, received: tuple[int, int]) -> str:
    """What an answer was that does not count as received, and what would."""
    location = answer.header("location")
    if 300 <= answer.status <= 399 and location is not None:
        return f"HTTP {answer.status} to {masked_url(location)}, which is not followed"
    # A receiver that answers HTTP 201 has received the callback as it sees it; no document says whether it has.
    further = "".join(f", unless --set {each}" for each in received_under(answer.status)[:1])
    counts = " to ".join(map(str, dict.fromkeys(received)))
    return f"HTTP {answer.status}; HTTP {counts} counts as received{further}" if further else f"HTTP {answer.status}"


def _note(noted: dict[str, str], receiver: str, what: str) -> None:
    """Note something of a receiver, and forget that of the one that was noted first where there are too many."""
    noted[receiver] = what
    if len(noted) > CLOSING_KEPT:
        del noted[next(iter(noted))]
