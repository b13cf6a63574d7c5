"""The server's side of a connection: which requests are answered at once, and that all others are answered alike."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from mock_server.api.endpoints import Api
from mock_server.callbacks.scheduler import OWED_KEPT
from mock_server.commands.demo import EXTEND
from mock_server.contract.operations import path
from mock_server.domain.call import Call
from mock_server.http.endpoint import LOGGER
from mock_server.http.server import MockProtocol
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Requested
from tests.builders import request, task
from tests.clients import Mock

pytestmark = pytest.mark.anyio

BODY = json.dumps(request()).encode()
DATE = (b"date", b"Sat, 21 Nov 2026 14:17:09 GMT")
CREDIT = f"GET {path('chat-credit')} HTTP/1.1\r\nAuthorization: Bearer key\r\n\r\n".encode()


def post(body: bytes = BODY, *, version: str = "1.1", target: str = EXTEND, extra: str = "") -> bytes:
    head = f"POST {target} HTTP/{version}\r\nHost: mock\r\nAuthorization: Bearer key\r\n{extra}"
    length = "" if "chunked" in extra else f"Content-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/json\r\n{length}\r\n".encode() + body


class Wire(asyncio.Transport):
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.writes = 0
        self.closed = False
        self.reading = True
        self._changed = asyncio.Event()

    def write(self, data: Any) -> None:
        self.written += data
        self.writes += 1
        self._changed.set()

    def close(self) -> None:
        self.closed = True
        self._changed.set()

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    async def has(self, pattern: bytes, count: int = 1) -> bytes:
        """What was written, once the pattern was found so often."""
        async with asyncio.timeout(10):
            while len(re.findall(pattern, self.written)) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.written


class Connected:
    """A connection to a mock, without a network."""

    def __init__(self, **settings: Any) -> None:
        self.mock = Mock(**settings)
        app = self.mock.app
        config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
        config.load()
        self.state = ServerState()
        self.state.default_headers = [DATE]
        loop = asyncio.get_running_loop()
        self.protocol = MockProtocol(
            app.state.endpoints, config=config, server_state=self.state, app_state={}, _loop=loop
        )
        self.wire = Wire()
        self.protocol.connection_made(self.wire)

    def come(self, *pieces: bytes) -> bytes:
        """What is written before the event loop goes on."""
        for piece in pieces:
            self.protocol.data_received(piece)
        return self.wire.written

    @property
    def entries(self) -> list[Requested]:
        return [entry for entry in self.mock.parts.journal if isinstance(entry, Requested)]


@asynccontextmanager
async def connected(**settings: Any) -> AsyncIterator[Connected]:
    connection = Connected(**settings)
    yield connection
    connection.protocol.connection_lost(None)
    await asyncio.gather(*connection.state.tasks)


async def test_a_request_in_one_piece_is_answered_at_once() -> None:
    async with connected() as connection:
        written = connection.come(post())
        assert re.fullmatch(
            rb"HTTP/1.1 200 OK\r\ndate: Sat, 21 Nov 2026 14:17:09 GMT\r\ncontent-type: application/json\r\n"
            rb'content-length: 81\r\n\r\n{"code":200,"msg":"success","data":{"taskId":"\w{32}"}}',
            written,
        )
        assert (connection.wire.writes, len(connection.state.tasks)) == (1, 0)


async def test_the_follow_up_is_done_too() -> None:
    async with connected() as connection:
        connection.come(post())
        (entry,) = connection.entries
        assert (entry.code, entry.call.body, entry.call.path) == (200, BODY, EXTEND)
        assert len(connection.mock.parts.scheduler.owed(await connection.mock.parts.store.task(entry.task_id))) == 1


REFUSED = post(b"{}", target=f"{EXTEND}?a=1", extra="Prefer: wait=1\r\nprefer: x\r\n")


@pytest.mark.parametrize("whole", [post(), REFUSED, CREDIT], ids=["accepted", "refused", "get"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
async def test_in_pieces_the_answer_is_the_same(whole: bytes, part: float) -> None:
    async with connected() as at_once, connected() as later:
        cut = int(len(whole) * part)
        assert later.come(whole[:cut], whole[cut:]) in (b"", at_once.come(whole))
        await later.wire.has(rb"\}$")
        assert later.wire.written == at_once.wire.written
        (entry,), (same,) = at_once.entries, later.entries
        assert entry.shown("url") == same.shown("url")


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with connected() as connection:
        connection.come(post() * 3 + CREDIT)
        ids = re.findall(rb"\w{32}", connection.wire.written)
        assert [entry.task_id for entry in connection.entries] == [each.decode() for each in ids] + [None]


OTHER_BODY = BODY.replace(b"true", b"nope")
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
KINDS = {
    "again": post(),
    "another body": post(OTHER_BODY),
    "another key": post().replace(b"Bearer key", b"Bearer yek"),
    "another length": post(b"{}"),
    "no body": CREDIT,
    "a line before": b"\r\n" + post(),
    "two at once": post() * 2,
    "in chunks": post(CHUNKED, extra="Transfer-Encoding: chunked\r\n"),
    "an empty chunk": post(b"0\r\n\r\n", extra="Transfer-Encoding: chunked\r\n"),
}


async def told(*pieces: bytes) -> list[tuple[int, str | None, bytes | None]]:
    """Of each request on one connection the code, the key and the body."""
    async with connected() as connection:
        connection.come(*pieces)
        while connection.state.tasks:
            await asyncio.wait(connection.state.tasks)
        return [(entry.code, entry.key, entry.call.body) for entry in connection.entries]


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
async def test_one_request_is_not_taken_for_another(first: str, second: str) -> None:
    pieces = [KINDS[first], KINDS[second], KINDS[first], KINDS[first], KINDS[second]]
    assert await told(*pieces) == [entry for piece in pieces for entry in await told(piece)]


@pytest.mark.parametrize("cut", [1, 40, -1, -len(BODY), -len(BODY) - 1])
async def test_the_same_request_in_two_pieces_is_one(cut: int) -> None:
    whole = post()
    assert await told(whole, whole[:cut], whole[cut:], whole) == await told(whole, whole, whole)


async def test_the_same_head_is_not_parsed_again() -> None:
    async with connected() as connection:
        connection.come(post())
        parser, connection.protocol.parser = connection.protocol.parser, None  # type: ignore[assignment]
        connection.wire.written = b""
        assert b'"code":422' in connection.come(post(OTHER_BODY))
        connection.protocol.parser = parser


async def test_the_same_head_meets_a_new_fault() -> None:
    async with connected() as connection:
        connection.come(post())
        connection.mock.parts.faults.put("key", Fault.of("malformed"))
        connection.come(post())
        await connection.wire.has(rb'"taskId":\}')


async def test_the_same_head_waits_for_a_client_that_reads() -> None:
    async with connected() as connection:
        connection.come(post())
        connection.protocol.pause_writing()
        connection.come(post())
        assert len(connection.entries) == 1
        connection.protocol.resume_writing()
        await connection.wire.has(rb"taskId", count=2)


async def test_what_comes_behind_an_unanswered_request_waits_for_it() -> None:
    async with connected() as connection:
        connection.come(b"GET /__admin/health HTTP/1.1\r\n\r\n" + post())
        assert connection.wire.written == b""
        written = await connection.wire.has(rb"HTTP/1.1", count=2)
        assert written.index(b'"status"') < written.index(b"taskId")
        connection.wire.written = b""
        assert b"taskId" in connection.come(post())


@pytest.mark.parametrize(
    ("whole", "closes"),
    [
        (post(version="1.0"), True),
        (post(extra="Connection: close\r\n"), True),
        (CREDIT[:-2] + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n", False),
        (post(target=EXTEND.replace("x", "%78")), False),
    ],
)
async def test_unusual_requests_are_answered_by_uvicorn(whole: bytes, closes: bool) -> None:
    async with connected() as connection:
        assert connection.come(whole) == b""
        await connection.wire.has(rb'"code":200')
        assert connection.wire.closed is closes


async def test_a_head_request_gets_no_body() -> None:
    async with connected() as connection:
        connection.come(CREDIT.replace(b"GET", b"HEAD"))
        assert (await connection.wire.has(rb"\r\n\r\n")).endswith(b"\r\n\r\n")


async def test_a_body_in_chunks_is_put_together() -> None:
    chunks = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (10, BODY[:10], len(BODY) - 10, BODY[10:])
    async with connected() as connection:
        assert b"taskId" in connection.come(post(chunks, extra="Transfer-Encoding: chunked\r\n"))


async def test_who_expects_to_be_told_to_continue_is() -> None:
    head, _, body = post(extra="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    async with connected() as connection:
        connection.come(head + b"\r\n\r\n")
        await connection.wire.has(rb"HTTP/1.1 100 Continue\r\n\r\n$")
        connection.come(body)
        await connection.wire.has(rb"taskId")


async def test_a_client_that_does_not_read_is_not_written_to() -> None:
    async with connected() as connection:
        connection.protocol.pause_writing()
        assert connection.come(post()) == b""
        connection.protocol.resume_writing()
        await connection.wire.has(rb"taskId")


async def test_a_fault_is_uvicorns_to_send() -> None:
    async with connected() as connection:
        connection.mock.parts.faults.put("key", Fault.of("malformed"))
        assert connection.come(post()) == b""
        await connection.wire.has(rb'"taskId":\}')


async def test_what_is_no_http_is_a_400() -> None:
    async with connected() as connection:
        bad = post(b"no chunk\r\n", extra="Transfer-Encoding: chunked\r\n")
        assert connection.come(bad).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert connection.wire.closed


async def test_a_kept_connection_is_closed_when_nothing_comes() -> None:
    async with connected() as connection:
        connection.come(post())
        connection.protocol.timeout_keep_alive = 0
        connection.protocol._close_if_idle()
        assert connection.wire.closed


async def test_a_connection_where_something_came_meanwhile_is_kept() -> None:
    async with connected() as connection:
        connection.come(post())
        connection.protocol._close_if_idle()
        assert connection.protocol._idle_timer is not None
        connection.come(b"POST")
        connection.protocol.timeout_keep_alive = 0
        connection.protocol._close_if_idle()
        assert not connection.wire.closed


async def test_a_bug_is_answered_and_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    logged: list[logging.LogRecord] = []
    monkeypatch.setattr(LOGGER, "handle", logged.append)
    async with connected() as connection:
        monkeypatch.setattr("mock_server.domain.state_rules.enforce_source", broken)
        assert connection.come(post()).startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        assert [entry.code for entry in connection.entries] == [500]
    (record,) = logged
    assert record.getMessage() == "Exception in ASGI application\n"
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "a bug"


async def test_a_decision_that_waits_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    async def waiting(*arguments: object) -> None:
        await asyncio.sleep(0)

    async with connected() as connection:
        monkeypatch.setattr(Api, "_opened", waiting)
        _, _, endpoint = connection.mock.app.state.endpoints[b"POST", EXTEND.encode()]
        with pytest.raises(RuntimeError, match="may wait"):
            endpoint.at_once(Call("POST", EXTEND, b"", "key", "application/json", "", BODY))


async def test_while_requests_wait_for_their_turn_no_more_are_read() -> None:
    health = b"GET /__admin/health HTTP/1.1\r\nHost: a\r\n\r\n"
    async with connected() as connection:
        connection.come(health * 5)
        for answered in range(1, 5):
            assert not connection.wire.reading
            await connection.wire.has(b"HTTP/1.1 200", answered)
        await connection.wire.has(b"HTTP/1.1 200", 5)
        assert connection.wire.reading
        connection.come(health)
        await connection.wire.has(b"HTTP/1.1 200", 6)


async def test_while_a_receiver_may_be_overloaded_no_request_is_on_the_short_way() -> None:
    async with connected() as connection:
        scheduler = connection.mock.parts.scheduler
        many = task(scenario="only-complete")
        for _ in range(OWED_KEPT):
            scheduler.schedule(many)
        assert connection.come(post()) == b""
        assert b'"code":429' in await connection.wire.has(rb"\}$")
        await scheduler.drop(None)
        assert b"taskId" in connection.come(post())
