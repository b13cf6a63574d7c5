"""Requests on one connection: in pieces, one behind the other, in all pairs of kinds, and clients that leave."""

import asyncio
import json
import re

import pytest
from starlette.types import Receive, Scope, Send

from mock_server.commands.demo import EXTEND
from mock_server.contract.operations import path
from mock_server.core.json_pieces import pieces
from mock_server.http.gathering import AT_ONCE, Gathering
from mock_server.state import entries_as_json
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import line
from tests.builders import request
from tests.connections import Wire, connected

pytestmark = pytest.mark.anyio

BODY = json.dumps(request()).encode()
CREDIT = f"GET {path('chat-credit')} HTTP/1.1\r\nAuthorization: Bearer key\r\n\r\n".encode()


def post(body: bytes = BODY, *, version: str = "1.1", target: str = EXTEND, extra: str = "") -> bytes:
    head = f"POST {target} HTTP/{version}\r\nHost: mock\r\nAuthorization: Bearer key\r\n{extra}"
    length = "" if "chunked" in extra else f"Content-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/json\r\n{length}\r\n".encode() + body


def in_chunks(*parts: bytes, extra: str = "") -> bytes:
    """A request whose body comes in these chunks."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
    return post(body, extra=f"{extra}Transfer-Encoding: chunked\r\n")


H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
"""What Java's client and `curl --http2` send with their first request."""
WEBSOCKET = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"


REFUSED = post(b"{}", target=f"{EXTEND}?a=1", extra="Prefer: wait=1\r\nprefer: x\r\n")


@pytest.mark.parametrize("whole", [post(), REFUSED, CREDIT], ids=["accepted", "refused", "get"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
async def test_in_pieces_the_answer_is_the_same(whole: bytes, part: float) -> None:
    async with connected() as at_once, connected() as later:
        cut = int(len(whole) * part)
        at_once.come(whole)
        later.come(whole[:cut], whole[cut:])
        assert await later.answered() == await at_once.answered() != b""
        (entry,), (same,) = await at_once.entries(), await later.entries()
        assert [*pieces(entries_as_json.whole(entry, "url"))] == [*pieces(entries_as_json.whole(same, "url"))]


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with connected() as connection:
        connection.come(post() * 3 + CREDIT)
        ids = re.findall(rb"\w{32}", await connection.answered())
        assert [entry.task_id for entry in await connection.entries()] == [each.decode() for each in ids] + [None]


OTHER_BODY = BODY.replace(b"true", b"nope")
KINDS = {
    "again": post(),
    "another body": post(OTHER_BODY),
    "another key": post().replace(b"Bearer key", b"Bearer yek"),
    "another length": post(b"{}"),
    "no body": CREDIT,
    "a line before": b"\r\n" + post(),
    "two at once": post() * 2,
    "in chunks": in_chunks(BODY),
    "an empty chunk": in_chunks(),
    "h2c": post(extra=H2C),
    "h2c in chunks": in_chunks(BODY[:10], BODY[10:], extra=H2C),
    "h2c, to be told to go on": post(extra=f"{H2C}Expect: 100-continue\r\n"),
    "h2c without a body": CREDIT[:-2] + H2C.encode() + b"\r\n",
    "websocket": post(extra=WEBSOCKET),
    "websocket without a body": CREDIT[:-2] + WEBSOCKET.encode() + b"\r\n",
}
PLAIN = {kind: each for kind, each in KINDS.items() if b"Upgrade" not in each}


Told = tuple[int, str | None, bytes | None]
ALONE: dict[str, list[Told]] = {}
"""What is told of each kind alone on a connection, once it was asked for."""


async def told(*pieces: bytes) -> list[Told]:
    """Of each request on one connection the code, the key and the body."""
    async with connected() as connection:
        connection.come(*pieces)
        await connection.answered()
        return [(entry.code, entry.key, entry.call.body) for entry in await connection.entries()]


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
async def test_one_request_is_not_taken_for_another(first: str, second: str) -> None:
    kinds = [first, second, first, first, second]
    for kind in kinds:
        ALONE[kind] = ALONE.get(kind) or await told(KINDS[kind])
    assert await told(*map(KINDS.__getitem__, kinds)) == [entry for kind in kinds for entry in ALONE[kind]]


async def test_two_requests_are_the_same_wherever_they_are_split() -> None:
    both = post() + post(OTHER_BODY)
    whole = await told(both)
    for cut in range(1, len(both), 7):
        assert await told(both[:cut], both[cut:]) == whole, cut


async def test_a_withheld_body_is_not_taken_from_the_next_request() -> None:
    async with connected() as connection:
        head = post().removesuffix(BODY)
        connection.come(head)
        connection.come(BODY)
        connection.come(post(OTHER_BODY))
        await connection.answered()
        assert [entry.call.body for entry in await connection.entries()] == [BODY, OTHER_BODY]


async def test_each_request_on_a_kept_connection_meets_its_fault() -> None:
    async with connected() as connection:
        connection.come(post())
        await connection.wire.has(rb"taskId")
        await connection.mock.store.put_fault("key", Fault.of("malformed"))
        connection.come(post())
        await connection.wire.has(rb'"taskId":\}')


async def test_what_comes_behind_an_unanswered_request_waits_for_it() -> None:
    async with connected() as connection:
        connection.come(b"GET /__admin/health HTTP/1.1\r\n\r\n" + post())
        written = await connection.wire.has(rb"HTTP/1.1", count=2)
        assert written.index(b'"status"') < written.index(b"taskId")


@pytest.mark.parametrize(
    ("whole", "closes"),
    [
        (post(version="1.0"), True),
        (post(extra="Connection: close\r\n"), True),
        (CREDIT[:-2] + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n", False),
        (post(target=EXTEND.replace("x", "%78")), False),
    ],
)
async def test_unusual_requests_are_answered(whole: bytes, closes: bool) -> None:
    async with connected() as connection:
        connection.come(whole)
        await connection.wire.has(rb'"code":200')
        assert connection.wire.closed is closes


OTHERS = {
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", "https:// was spoken to a port that speaks http://; allowed: "),
    "TLS 1.0": (b"\x16\x03\x00\x00\x2f", "https:// was spoken to a port that speaks http://; allowed: the same URL "),
    "HTTP/2": (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/2 was spoken at once, as curl --http2-prior-knowledge does; ",
    ),
    "PROXY": (b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + post(), "the PROXY protocol of a load balancer was spoken; "),
    "PROXY 2": (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11", "the PROXY protocol of a load balancer was spoken; allowed: HTTP"),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_what_is_not_http_is_named_in_one_line(name: str) -> None:
    begins, why = OTHERS[name]
    async with connected() as connection:
        connection.come(begins)
        head, _, text = (await connection.answered()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 Bad Request")
        assert text.startswith(why.encode())
        assert connection.wire.closed
        (entry,) = await connection.entries()
    assert line(entry) == f"--> {name.partition(' ')[0]}  HTTP 400, {text.decode()}"
    shown = entries_as_json.whole(entry, "http://mock")
    assert (shown["path"], shown["curl"], shown["body"], shown["status"]) == ("", None, None, 400)


@pytest.mark.parametrize("name", OTHERS)
async def test_what_is_not_http_is_none_behind_a_request_either(name: str) -> None:
    async with connected() as connection:
        connection.come(post(), OTHERS[name][0])
        assert b"Invalid HTTP request received." in await connection.answered()
        assert len(await connection.entries()) == 1


async def test_a_head_request_gets_no_body() -> None:
    async with connected() as connection:
        connection.come(CREDIT.replace(b"GET", b"HEAD"))
        assert (await connection.wire.has(rb"\r\n\r\n")).endswith(b"\r\n\r\n")


async def test_a_body_in_chunks_is_put_together() -> None:
    async with connected() as connection:
        connection.come(in_chunks(BODY[:10], BODY[10:]))
        await connection.wire.has(rb"taskId")


@pytest.mark.parametrize("wish", [H2C, WEBSOCKET], ids=["h2c", "websocket"])
@pytest.mark.parametrize("pieces", [1, 2, 7, 10_000])
async def test_a_wish_for_another_protocol_changes_nothing(wish: str, pieces: int) -> None:
    for kind, plain in PLAIN.items():
        asking = plain.replace(b"Authorization", wish.encode() + b"Authorization")
        size = -(-len(asking) // pieces)
        assert await told(*(asking[at : at + size] for at in range(0, len(asking), size))) == await told(plain), kind


async def test_who_asks_for_another_protocol_is_answered_as_ever() -> None:
    for asking in (post(extra=H2C), in_chunks(BODY, extra=WEBSOCKET)):
        async with connected() as plain, connected() as asked:
            plain.come(post())
            asked.come(asking)
            assert await asked.answered() == await plain.answered()
            assert not asked.wire.closed


async def test_who_asks_for_another_protocol_is_told_to_continue() -> None:
    head, _, body = post(extra=f"{H2C}Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    async with connected() as connection:
        connection.come(head + b"\r\n\r\n")
        await connection.wire.has(rb"^HTTP/1.1 100 Continue\r\n\r\n$")
        connection.come(body)
        await connection.wire.has(rb"taskId")


async def test_who_asks_for_another_protocol_can_end_the_connection() -> None:
    async with connected() as connection:
        connection.come(post(extra=H2C.replace("Upgrade, ", "close, Upgrade, ")))
        assert b"taskId" in await connection.answered()
        assert connection.wire.closed


async def test_the_application_does_not_see_the_wish() -> None:
    seen: list[Scope] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with connected(application) as connection:
        connection.come(post(extra=H2C) + post())
        await connection.answered()
    asked, plain = seen
    assert asked == plain


async def test_a_tunnel_is_refused() -> None:
    async with connected() as connection:
        connection.come(CREDIT.replace(b"GET", b"CONNECT") + b"what would go through it")
        written = await connection.answered()
        assert connection.wire.closed
    assert written.startswith(b"HTTP/1.1 405 ")
    assert written.count(b"HTTP/1.1") == 1


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
        connection.come(post())
        connection.protocol.resume_writing()
        await connection.wire.has(rb"taskId")


async def test_what_is_no_http_is_a_400() -> None:
    async with connected() as connection:
        connection.come(post(b"no chunk\r\n", extra="Transfer-Encoding: chunked\r\n"))
        assert connection.wire.written.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert connection.wire.closed


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


async def test_a_request_hears_that_its_client_has_gone_while_others_wait_behind_it() -> None:
    heard = asyncio.Event()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        heard.set()

    async with connected(application) as connection:
        connection.come(CREDIT * 3)
        connection.protocol.connection_lost(None)
        async with asyncio.timeout(10):
            await heard.wait()


async def test_an_answer_is_one_write() -> None:
    async with connected() as connection:
        for answered in range(1, 4):
            connection.come(post())
            await connection.answered()
            assert connection.wire.writes == answered


async def written_after(*parts: bytes) -> list[bytes]:
    """What a transport was given after each part that is written within one turn, and after the turn."""
    wire = Wire()
    gathering, written = Gathering(wire, asyncio.get_running_loop()), []
    for part in parts:
        gathering.write(part)
        written.append(wire.written)
    await asyncio.sleep(0)
    return [*written, wire.written]


async def test_what_is_written_within_a_turn_goes_out_after_it() -> None:
    assert await written_after(b"a", b"b") == [b"", b"", b"ab"]


async def test_much_does_not_wait() -> None:
    half = b"x" * (AT_ONCE // 2)
    assert await written_after(half, half, b"y") == [b"", b"", half + half + b"y", half + half + b"y"]


@pytest.mark.parametrize(("end", "written"), [("close", b"a"), ("abort", b"")])
async def test_what_waits_is_written_before_the_end_and_not_where_it_is_cut(end: str, written: bytes) -> None:
    wire = Wire()
    gathering = Gathering(wire, asyncio.get_running_loop())
    gathering.write(b"a")
    getattr(gathering, end)()
    gathering.end()
    assert wire.closed
    assert wire.written == written


@pytest.mark.parametrize("said", [post(), CREDIT * 3 + post()])
async def test_who_has_said_all_and_closes_its_half_is_answered(said: bytes) -> None:
    async with connected() as connection:
        connection.come(said)
        assert connection.protocol.eof_received()
        assert b"taskId" in await connection.answered()
        assert connection.wire.closed


@pytest.mark.parametrize("said", [b"", CREDIT[:-2], post()[:-1]])
async def test_who_closes_its_half_before_all_is_said_is_not_waited_for(said: bytes) -> None:
    async with connected() as connection:
        connection.come(said)
        assert not connection.protocol.eof_received()


async def test_who_closes_its_half_behind_an_answer_gets_it() -> None:
    async with connected() as connection:
        connection.come(post())
        while connection.state.tasks:
            await asyncio.wait(connection.state.tasks)
        assert not connection.protocol.eof_received()
        assert b"taskId" in connection.wire.written


async def test_who_closes_its_half_waits_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.http.connection.ANSWERED_WITHIN", 0.001)
    async with connected() as connection:
        await connection.mock.store.put_fault(None, Fault.of(delay=60))
        connection.come(post())
        assert connection.protocol.eof_received()
        await connection.wire.ended()
        assert connection.wire.written == b""
        connection.mock.app.state.runtime.held.let_go(None)
