"""What counts as an answer, what is kept of it, and how much is read, over real sockets."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest

from mock_server.callbacks.answer_reader import (
    CARRIED_AT_MOST,
    CHUNK_LINE,
    HEAD_AT_MOST,
    LONGEST_LINE,
    MOST_CHUNKS,
    MOST_HEADERS,
    READ_AT_MOST,
    AnswerReader,
    NoAnswer,
    Unreadable,
)
from mock_server.callbacks.connection import STEPS
from mock_server.domain.kept_answer import KeptAnswer
from tests.mock_server.callbacks.wire import Turns, connected, saying

pytestmark = pytest.mark.anyio
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def sized(*lengths: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"".join(b"Content-Length: %b\r\n" % each for each in lengths) + b"\r\n" + body


async def read(said: bytes, *, close: bool = True) -> tuple[KeptAnswer, str, bool]:
    """The answer, what is wrong with its body, and whether another one can follow."""
    async with connected(saying(said, close=close)) as connection:
        reader = AnswerReader(connection, lambda answer: None)
        answer = await reader.read()
        return answer, reader.note, reader.reusable


BODIES = {
    "of its length": (sized(b"2", body=b"ok"), b"ok", ""),
    "none": (sized(b"0", body=b""), b"", ""),
    "twice the same length": (sized(b"2", b"2", body=b"ok"), b"ok", ""),
    "until the end": (sized(body=b"ok"), b"ok", ""),
    "in chunks": (CHUNKED + b"1\r\no\r\n1;a=b\r\nk\r\n0\r\nA: b\r\n\r\n", b"ok", ""),
    "in chunks whose lines end in LF": (CHUNKED + b"2\nok\n0\n\n", b"ok", ""),
    "in chunks, with a length": (
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n") + b"0\r\n\r\n",
        b"",
        "",
    ),
    "in a coding that nobody knows": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\nok", b"ok", ""),
    "none, at 304": (b"HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n", b"", ""),
    "broken off": (sized(b"10", body=b"abc"), b"abc", "its body broke off after 3 of 10 bytes"),
    "longer": (sized(b"2", body=b"ok!!"), b"ok", "more followed its body of 2 bytes"),
    "behind 204": (b"HTTP/1.1 204 X\r\n\r\nok", b"", "more followed its body of 0 bytes"),
    "two lengths": (sized(b"2", b"3", body=b"ok!"), b"ok", "it has several Content-Lengths: '2, 3'"),
    "no length": (sized(b"x", body=b"ok"), b"ok", "its Content-Length is 'x'"),
    "a negative length": (sized(b"-1", body=b"ok"), b"ok", "its Content-Length is '-1'"),
    "a chunk broken off": (CHUNKED + b"5\r\nok", b"ok", "its body broke off after 2 bytes"),
    "broken off between chunks": (CHUNKED + b"2\r\nok\r\n", b"ok", "its body broke off after 2 bytes"),
    "no size": (CHUNKED + b"-2\r\nok", b"", "its body broke off after 0 bytes, where the size of a chunk is '-2'"),
    "a longer chunk": (
        CHUNKED + b"1\r\nok\r\n",
        b"o",
        "its body broke off after 1 bytes, where a chunk is longer than its size",
    ),
    "an endless extension": (
        CHUNKED + b"2;" + b"x" * CHUNK_LINE + b"\r\nok\r\n0\r\n\r\n",
        b"",
        "its body broke off after 0 bytes, where the size of a chunk is 'a line without an end'",
    ),
    "broken off in the trailers": (CHUNKED + b"2\r\nok\r\n0\r\nA: b", b"ok", ""),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_is_kept_as_far_as_it_came(name: str) -> None:
    said, body, note = BODIES[name]
    answer, noted, _ = await read(said)
    assert (answer.body, answer.size, noted) == (body, len(body), note)


KEPT: Sequence[tuple[bytes, bool]] = [
    (sized(b"2", body=b"ok"), True),
    (CHUNKED + b"0\r\n\r\n", True),
    (b"HTTP/1.1 204 X\r\n\r\n", True),
    (b"HTTP/1.0 204 X\r\nConnection: Keep-Alive\r\n\r\n", True),
    (b"HTTP/1.0 204 X\r\n\r\n", False),
    (b"HTTP/1.1 204 X\r\nConnection: a, Close\r\n\r\n", False),
    (sized(b"2", body=b"ok!"), False),
    (sized(b"2", b"3", body=b"ok"), False),
    (sized(b"%d" % (READ_AT_MOST + 1), body=b"x" * READ_AT_MOST), False),
]


@pytest.mark.parametrize(("said", "reusable"), KEPT)
async def test_a_connection_is_used_again_only_where_its_answer_has_ended(said: bytes, reusable: bool) -> None:
    assert (await read(said, close=False))[2] is reusable


HEADS = {
    "a blank in a name": (
        b"HTTP/1.1 200 OK\r\nA b: c\r\nContent-Length: 0\r\n\r\n",
        [("A b", "c"), ("Content-Length", "0")],
    ),
    "a line without a colon": (b"HTTP/1.1 200 OK\r\nhello\r\nContent-Length: 0\r\n\r\n", [("Content-Length", "0")]),
    "a first line that goes on": (b"HTTP/1.1 204 OK\r\n a\r\n\r\n", []),
    "on two lines": (b"HTTP/1.1 204 OK\r\nA: b\r\n c\r\n\r\n", [("A", "b c")]),
    "empty lines before": (b"\r\n\r\nHTTP/1.1 204 OK\r\n\r\n", []),
    "interim answers": (b"HTTP/1.1 100\r\n\r\nHTTP/1.1 103\r\nA: b\r\n\r\nHTTP/1.1 204\r\n\r\n", []),
    "another protocol": (b"HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n\x81\x02hi", [("Upgrade", "x")]),
    "broken off": (b"HTTP/1.1 200 OK\r\nA: b", [("A", "b")]),
    "a status alone": (b"HTTP/1.1 200", []),
}


@pytest.mark.parametrize("name", HEADS)
async def test_a_status_and_headers_are_an_answer(name: str) -> None:
    said, headers = HEADS[name]
    assert list((await read(said))[0].headers) == headers


NONE = {
    "no HTTP": (b"hello\r\n\r\n", "it begins with 'hello'"),
    "another version": (b"HTTP/2 200\r\n\r\n", "it begins with 'HTTP/2 200'"),
    "no status": (b"HTTP/1.1 20\r\n\r\n", "it begins with 'HTTP/1.1 20'"),
    "a line without an end": (b"HTTP/1.1 200 " + b"x" * LONGEST_LINE, "a line of its head has more than 262144 bytes"),
    "headers without an end": (
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * (MOST_HEADERS + 1),
        "it has more than 1000 headers, those of interim answers included",
    ),
    "interim answers without an end": (
        b"HTTP/1.1 100 Continue\r\n\r\n" * MOST_HEADERS,
        "it has more than 1000 headers, those of interim answers included",
    ),
    "empty lines without an end": (
        b"\r\n" * 2 * MOST_HEADERS,
        "it has more than 1000 headers, those of interim answers included",
    ),
    "a large head": (
        b"HTTP/1.1 200 OK\r\n" + (b"A: " + b"x" * 200_000 + b"\r\n") * 6,
        f"its head has more than {HEAD_AT_MOST} bytes",
    ),
}


@pytest.mark.parametrize("name", NONE)
async def test_what_is_no_answer_is_named(name: str) -> None:
    said, why = NONE[name]
    with pytest.raises(Unreadable) as unreadable:
        await read(said, close=False)
    assert str(unreadable.value) == why


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n"])
async def test_who_closes_the_connection_has_not_answered(said: bytes) -> None:
    with pytest.raises(NoAnswer):
        await read(said)


ENDLESS = {
    "a body": (sized(b"999999999999", body=b""), b"x" * 10_000, READ_AT_MOST + 10_000),
    "a body without a length": (sized(body=b""), b"x" * 10_000, READ_AT_MOST + 10_000),
    "a chunk": (CHUNKED + b"ffffffff\r\n", b"x" * 10_000, READ_AT_MOST + 10_000),
    "chunks": (CHUNKED, b"1\r\nx\r\n" * 1000, 10_000),
    "extensions": (CHUNKED, b"1;" + b"y" * 9_000 + b"\r\nx\r\n", CARRIED_AT_MOST + 20_000),
    "an extension": (CHUNKED + b"1;", b"y" * 10_000, 2 * CHUNK_LINE),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n" * 1000, 10_000),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 100_000),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000, 100_000),
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_no_answer_is_read_without_end(name: str) -> None:
    begins, goes_on, at_most = ENDLESS[name]

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begins)
        while not writer.transport.is_closing():
            writer.write(goes_on)
            await writer.drain()

    async with connected(flood) as connection:
        reader = AnswerReader(connection, lambda answer: None)
        with suppress(Unreadable):
            await reader.read()
        assert connection.taken <= at_most
        assert not reader.reusable


async def test_others_have_their_turn_between_chunks() -> None:
    async with connected(saying(CHUNKED + b"1\r\nx\r\n" * 10_000)) as connection, Turns() as turns:
        answer = await AnswerReader(connection, lambda answer: None).read()
    assert answer.size == MOST_CHUNKS
    assert turns.count >= 3 * MOST_CHUNKS / STEPS - 1
