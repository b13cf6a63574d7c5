"""Reads what a receiver answers as tolerantly as its clients do together, within bounds of bytes and of steps.

No library takes all of it: each refuses some answers that another one takes.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from mock_server.callbacks.connection import Connection, Endless
from mock_server.domain.kept_answer import KeptAnswer, kept_headers, texts

LONGEST_LINE: Final = 256 * 1024
"""Bytes of a line in the head; browsers and servers give up at 16 to 400 KiB for the whole head."""
MOST_HEADERS: Final = 1000
"""Lines before the body, those of interim answers and the empty ones included."""
HEAD_AT_MOST: Final = 1024 * 1024
"""Bytes of all that."""
READ_AT_MOST: Final = 64 * 1024
"""Bytes of the body that are read; the rest is not waited for."""
CARRIED_AT_MOST: Final = 4 * READ_AT_MOST
"""Bytes that the body may take on the way, with what stands between its chunks."""
MOST_CHUNKS: Final = 1000
"""Chunks and trailers of the body that are read."""
CHUNK_LINE: Final = 16 * 1024
"""Bytes of a line between chunks, and after them."""
PIECE: Final = 16 * 1024
STATUS: Final = re.compile(rb"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?:[ \t].*)?", re.DOTALL)
SIZE: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
NUMBER: Final = re.compile("[0-9]{1,18}")
WITHOUT_BODY: Final = (101, 204, 304)
Head = Sequence[tuple[bytes, bytes]]


class NoAnswer(Exception):
    """The connection ended before anything of an answer came."""


class Unreadable(Exception):
    """What came is no answer over HTTP/1.1; the text says what is wrong with it."""


class AnswerReader:
    """Reads the answer on a connection: `came` is told of it as far as it came, `note` says what is wrong with its
    body, and `reusable` whether another one can follow."""

    def __init__(self, connection: Connection, came: Callable[[KeptAnswer], object]) -> None:
        self._connection = connection
        self._came = came
        self._lines = 0
        self._chunks_begun = 0
        self.note = ""
        self.reusable = False

    async def read(self) -> KeptAnswer:
        """The answer. Raises NoAnswer and Unreadable."""
        version, status, head = await self._final()
        self._told(KeptAnswer(status=status, headers=kept_headers(texts(head))))
        said = _values(head, b"connection")
        began = self._connection.taken
        ended = await self._body(status, head, began)
        if ended and self._connection.more and not self.note:
            self.note = f"more followed its body of {self.answer.size} bytes"
        keeps = "keep-alive" in said if version == b"0" else "close" not in said
        self.reusable = ended and keeps and not self.note and self._connection.idle
        return self.answer

    async def _final(self) -> tuple[bytes, int, Head]:
        """The head of the answer behind all interim ones: the minor version, the status and the headers."""
        while True:
            first = await self._head_line()
            if first is None:
                raise NoAnswer
            if not first:
                continue
            found = STATUS.fullmatch(first)
            if found is None:
                raise Unreadable(f"it begins with {_shown(first)}")
            status, head = int(found[2]), await self._headers()
            if status >= 200 or status in WITHOUT_BODY:
                return found[1], status, head

    async def _headers(self) -> Head:
        """The headers; a line without a colon is none, and one that begins with a blank goes on with the last."""
        headers: list[tuple[bytes, bytes]] = []
        while line := await self._head_line():
            name, colon, value = line.partition(b":")
            if line[:1] in b" \t" and headers:
                name, value = headers[-1]
                headers[-1] = name, value + b" " + line.strip()
            elif colon:
                headers.append((name.strip(), value.strip()))
        return headers

    async def _head_line(self) -> bytes | None:
        self._lines += 1
        if self._lines > MOST_HEADERS + 2:  # the first one and the empty one
            raise Unreadable(f"it has more than {MOST_HEADERS} headers, those of interim answers included")
        try:
            line = await self._connection.line(LONGEST_LINE)
        except Endless:
            raise Unreadable(f"a line of its head has more than {LONGEST_LINE} bytes") from None
        if self._connection.taken > HEAD_AT_MOST:
            raise Unreadable(f"its head has more than {HEAD_AT_MOST} bytes")
        return line

    async def _body(self, status: int, head: Head, began: int) -> bool:
        """Read the body, or the beginning of it. Whether its end was read."""
        if status in WITHOUT_BODY:
            return True
        if (codings := _values(head, b"transfer-encoding")) and codings[-1] == "chunked":
            return await self._chunks(began)
        lengths = _values(head, b"content-length")
        if not lengths or codings:
            return await self._rest(None)
        if len({*lengths}) > 1:
            self.note = f"it has several Content-Lengths: {_shown(', '.join(lengths))}"
        elif not NUMBER.fullmatch(lengths[0]):
            self.note = f"its Content-Length is {_shown(lengths[0])}"
        return await self._rest(int(lengths[0]) if NUMBER.fullmatch(lengths[0]) else None)

    async def _rest(self, length: int | None) -> bool:
        """A body of so many bytes, or one that ends with its connection."""
        while (size := self.answer.size) < READ_AT_MOST and size != length:
            left = READ_AT_MOST - size if length is None else min(length, READ_AT_MOST) - size
            if not await self._piece(left):
                if length is not None:
                    self._broke_off(f" of {length}")
                return False
        return self.answer.size == length

    async def _chunks(self, began: int) -> bool:
        while left := await self._chunk_size():
            while left and self._goes_on(began):
                came = await self._piece(min(left, READ_AT_MOST - self.answer.size))
                if not came:
                    return self._broke_off()
                left -= came
            if left or not self._goes_on(began):
                return False
            if await self._chunk_line():
                return self._broke_off(where="a chunk is longer than its size")
        return left == 0 and await self._trailers(began)

    async def _chunk_size(self) -> int | None:
        """The size of the next chunk; None where it cannot be told."""
        self._chunks_begun += 1
        line = await self._chunk_line()
        found = SIZE.fullmatch(line or b"")
        if found is None:
            self._broke_off(where="" if line is None else f"the size of a chunk is {_shown(line)}")
            return None
        return int(found[1], 16)

    async def _trailers(self, began: int) -> bool:
        """Read what follows the last chunk. Whether its end was read, which nobody but the next answer needs."""
        while line := await self._chunk_line():
            self._chunks_begun += 1
            if not self._goes_on(began):
                return False
        return line is not None

    async def _chunk_line(self) -> bytes | None:
        try:
            return await self._connection.line(CHUNK_LINE)
        except Endless:
            return b"a line without an end"

    def _goes_on(self, began: int) -> bool:
        """Whether more of the body is read."""
        carried = self._connection.taken - began
        return self.answer.size < READ_AT_MOST and carried < CARRIED_AT_MOST and self._chunks_begun <= MOST_CHUNKS

    async def _piece(self, at_most: int) -> int:
        piece = await self._connection.some(min(at_most, PIECE))
        if piece:
            self._told(self.answer.longer(piece))
        return len(piece)

    def _broke_off(self, of: str = "", where: str = "") -> bool:
        self.note = f"its body broke off after {self.answer.size}{of} bytes{where and ', where '}{where}"
        return False

    def _told(self, answer: KeptAnswer) -> None:
        self.answer = answer
        self._came(answer)


def _values(head: Head, name: bytes) -> list[str]:
    """The values of all headers of a name, apart, in lower case."""
    found = b",".join(value for each, value in head if each.lower() == name).decode("latin-1").lower()
    return [value.strip() for value in found.split(",") if value.strip()]


def _shown(came: bytes | str) -> str:
    return repr(came[:60]).removeprefix("b")
