"""Delivers one callback over HTTP. The receiver's trouble is a result to record, never an error to raise."""

import asyncio
import encodings.idna  # noqa: F401, else the first look-up of a name imports it, perhaps with no descriptor left
from base64 import b64encode
from dataclasses import dataclass
from itertools import count
from string import printable
from typing import Final
from urllib.parse import quote

from yarl import URL

from mock_server.callbacks.answer_reader import AnswerReader, NoAnswer, Unreadable
from mock_server.callbacks.connecting import Connector, Resolve, Unconnected, look_up
from mock_server.callbacks.connection import Connection
from mock_server.callbacks.host_policy import Blocked, HostPolicy
from mock_server.callbacks.in_thread import Once
from mock_server.callbacks.kept_connections import KeptConnections
from mock_server.callbacks.trust import Trust
from mock_server.callbacks.unreachable import Silence, in_container
from mock_server.contract.questions import received_under
from mock_server.core.text import cut
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.kept_answer import Headers, KeptAnswer, kept_headers
from mock_server.domain.masking import masked_url

USED_AT_MOST: Final = 20
"""Callbacks after which a receiver is asked to close a connection, so that one that serves a single connection at a
time turns to the others."""
CLOSING_KEPT: Final = 1000
"""Receivers that are known to close connections unannounced, and those that are known to be unreachable."""
SCHEMES: Final = ("http", "https")


@dataclass(slots=True)
class Exchange:
    """One callback on the wire: the headers that were sent, and the answer as far as it came, with what is wrong with
    its body. `further` are the headers that not every callback has."""

    further: Headers = ()
    sent: Headers = ()
    answer: KeptAnswer | None = None
    note: str = ""

    def came(self, answer: KeptAnswer) -> None:
        """More of the answer has come."""
        self.answer = answer


class HttpDelivery:
    """Delivery over HTTP/1.1, on connections that are kept for a moment.

    A receiver may close a kept connection just as it is used again. When that happens before anything of an answer
    came, the callback is sent once more on a connection of its own, as browsers do, and so is every later one to this
    receiver. One that closes connections in place of answering may so see one callback twice, once.

    What to do about a receiver that cannot be reached is told once, until it answers or something else is wrong with
    it. `resolve` finds the addresses of a name.
    """

    def __init__(
        self,
        policy: HostPolicy,
        timeout: float,
        trust: Trust | None = None,
        *,
        resolve: Resolve = look_up,
    ) -> None:
        self._policy = policy
        self._timeout = timeout
        self._trust = trust or Trust()
        self._contained = in_container()
        self._connector = Connector(policy, self._trust, resolve)
        self._kept = KeptConnections()
        self._closing: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._sent = count(1)
        self._load = Once(self._trust.load)

    async def ready(self) -> None:
        await self._load()

    async def close(self) -> None:
        self._kept.close()

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: Headers = ()) -> Attempt:
        loop = asyncio.get_running_loop()
        started, exchange = loop.time(), Exchange(further=headers)
        outcome, detail = await self._post(url, body, received, exchange)
        took = loop.time() - started
        return Attempt(outcome=outcome, detail=detail, took=took, sent=exchange.sent, answer=exchange.answer)

    async def _post(self, url: str, body: bytes, received: tuple[int, int], exchange: Exchange) -> tuple[Outcome, str]:
        try:
            target = _target(url)
            self._policy.check_literal(target.host or "")
            if target.scheme == "https":
                await self.ready()
            async with asyncio.timeout(self._timeout):
                answer = await self._answer(target, body, exchange)
        except TimeoutError:
            return Outcome.TIMED_OUT, f"no complete answer within {self._timeout:g} s"
        except Blocked as blocked:
            return Outcome.BLOCKED, str(blocked)
        except ValueError as error:
            return Outcome.BLOCKED, f"{cut(url)} is no address to call: {error}"
        except (Unconnected, NoAnswer, Unreadable) as error:
            return await self._unreachable(target, error)
        self._told.pop(target.authority, None)
        lowest, highest = received
        if lowest <= answer.status <= highest:
            return Outcome.ACCEPTED, f"HTTP {answer.status}{_noted(exchange)}"
        return Outcome.REFUSED, _refused(answer, received) + _noted(exchange)

    async def _answer(self, target: URL, body: bytes, exchange: Exchange) -> KeptAnswer:
        """The answer, on a kept connection if there is one. Raises Blocked, Unconnected, NoAnswer and Unreadable."""
        fresh, where = target.authority in self._closing, str(target.origin())
        kept = None if fresh else self._kept.take(where)
        if kept is not None:
            try:
                return await self._exchange(kept, target, body, exchange, fresh=False)
            except NoAnswer:
                _note(self._closing, target.authority, "")
                fresh = True
        return await self._exchange(await self._connector.connect(target), target, body, exchange, fresh=fresh)

    async def _unreachable(self, target: URL, error: Exception) -> tuple[Outcome, str]:
        silence = Silence(target, error)
        # Offline, a public name would else be tried in vain, and polling end in an exception that is not the API's.
        if silence.unresolved and (blocked := self._policy.refusal_unresolved(target.host or "")):
            return Outcome.BLOCKED, blocked
        reason = silence.reason
        if self._told.get(target.authority) == reason:
            return Outcome.UNREACHABLE, reason
        _note(self._told, target.authority, reason)
        way_out = await silence.way_out(contained=self._contained)
        return Outcome.UNREACHABLE, f"{reason}; {way_out}" if way_out else reason

    async def _exchange(
        self, connection: Connection, target: URL, body: bytes, exchange: Exchange, *, fresh: bool
    ) -> KeptAnswer:
        """Send a callback and read its answer; the connection is kept where it can be used again."""
        last = fresh or next(self._sent) % USED_AT_MOST == 0
        headers = (*_headers(target, len(body), last=last), *exchange.further)
        reader = AnswerReader(connection, exchange.came)
        try:
            connection.send(_head(target, headers) + body)
            exchange.sent = kept_headers(headers)
            answer = await reader.read()
            exchange.note = reader.note
        except BaseException:
            connection.close()
            raise
        if last or not reader.reusable:
            connection.close()
        else:
            self._kept.keep(str(target.origin()), connection)
        return answer


def _target(url: str) -> URL:
    """A URL that can be called. Raises ValueError."""
    target = URL(url, encoded=True)
    if target.scheme not in SCHEMES or not target.host:
        raise ValueError("it is no absolute URL of http or https")
    return target


def _headers(target: URL, size: int, *, last: bool) -> Headers:
    """What is sent with a callback of so many bytes; the `last` one on its connection says so."""
    headers = [("Host", target.host_port_subcomponent or "")]
    if target.user or target.password:
        password = b64encode(f"{target.user or ''}:{target.password or ''}".encode()).decode()
        headers.append(("Authorization", f"Basic {password}"))
    headers += [("Content-Type", "application/json"), ("User-Agent", "suno-mock"), ("Accept", "*/*")]
    return [*headers, ("Content-Length", str(size)), *([("Connection", "close")] if last else [])]


def _head(target: URL, headers: Headers) -> bytes:
    # What cannot stand in a line is written as browsers write it, all else as it came.
    line = f"POST {quote(target.raw_path_qs, safe=VISIBLE)} HTTP/1.1"
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in headers), "", ""]).encode()


VISIBLE: Final = "".join(printable.split())


def _noted(exchange: Exchange) -> str:
    return f"; {exchange.note}" if exchange.note else ""


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
