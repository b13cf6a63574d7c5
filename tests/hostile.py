"""Servers that mean harm, for whoever calls one: scripts of a connection for `tests.scripted`, and answers whose every
place is wrong once."""

import gzip
import itertools
import socket
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from tests.scripted import Script, http

MOMENT: Final = threading.Event()
"""Never set: who waits for it lets time pass."""
DRIP: Final = 0.02
"""Seconds between two bytes, each of which comes in time."""
ESCAPES: Final = "\x1b[2J\x9b31m\x07\x7f\u202e\u2066\u2028\r\n-->  forged"
"""What a terminal obeys: ESC, C1, a bell, DEL, marks that turn the direction, ends of lines."""
WRONG: Final[tuple[Any, ...]] = (None, ESCAPES, 1e308, -1, [], {"forged": ESCAPES})
BOMB: Final = gzip.compress(bytes(64 * 1024 * 1024))
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def endlessly(beginning: bytes, piece: bytes, connection: socket.socket) -> None:
    """Send a piece for ever, until nobody listens."""
    connection.sendall(beginning)
    for _ in itertools.repeat(None):
        connection.sendall(piece)


def dripping(text: bytes, connection: socket.socket, beginning: bytes = b"") -> None:
    """Send byte after byte, for ever."""
    connection.sendall(beginning)
    for byte in itertools.cycle(text):
        connection.sendall(bytes([byte]))
        MOMENT.wait(DRIP)


def silent(connection: socket.socket) -> None:
    """Say nothing until the other side has gone."""
    connection.recv(1)


TOO_LONG: Final[Mapping[str, Script]] = {
    "an endless body": partial(endlessly, HEAD + b'\r\n{"a": "', b"a" * 65536),
    "endless chunks": partial(endlessly, CHUNKED, b"10000\r\n" + b"a" * 65536 + b"\r\n"),
    "a bomb in gzip": http(BOMB, 200, "Content-Encoding: gzip"),
    "a bomb in deflate": http(BOMB[10:], 200, "Content-Encoding: deflate"),
    "a bomb in a bomb": http(gzip.compress(BOMB), 200, "Content-Encoding: gzip, gzip"),
}
"""Answers that would fill the memory."""
ENDLESS: Final[Mapping[str, Script]] = {
    "more and more heads of 1xx": partial(endlessly, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100),
    "a head that drips": partial(dripping, b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000),
    "a body that drips": partial(dripping, b" ", beginning=HEAD + b"\r\n"),
    "heads of 1xx that drip": partial(dripping, b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nothing": silent,
}
"""Answers that would take for ever."""
BROKEN: Final[Mapping[str, Script]] = {
    "an endless header": partial(endlessly, HEAD + b"X: ", b"a" * 65536),
    "an endless line of a chunk": partial(endlessly, CHUNKED + b"1;", b"a" * 65536),
    "endless trailers": partial(endlessly, CHUNKED + b"0\r\n", b"X: a\r\n" * 1000),
    "half a body": HEAD + b'Content-Length: 100\r\n\r\n{"code":',
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "no HTTP": b"\x1b[2JSSH-2.0-\x9b31m\r\n",
    "the end": lambda connection: connection.close(),
}
"""Answers that cannot be read to their end."""
NO_ANSWER: Final[Mapping[str, Script]] = {
    "a page": http(b"<!DOCTYPE html><title>\x1b[2J Sign in</title>", kind="text/html"),
    "nothing in it": http(b""),
    "a text": http(ESCAPES.encode(), kind=f"text/plain; charset={'x' * 5000}"),
    "bytes": http(bytes(range(256)), kind="application/octet-stream"),
    "a list": http([ESCAPES]),
    "no number": http(b'{"code": NaN, "error": Infinity}'),
    "a number too large": http(b'{"code": 1e999}'),
    "depth": http(b'{"a":' * 100_000),
    "depth that ends": http(b"[" * 900 + b"]" * 900),
    "half a character": http(b'{"error": "\\ud800"}'),
    "no gzip": http(b"{}", 200, "Content-Encoding: gzip"),
    "an encoding of its own": http(b"{}", 200, "Content-Encoding: \x1bbr"),
    "a redirect to itself": http(b"{}", 302, "Location: /"),
    "a redirect elsewhere": http(b"", 307, "Location: http://169.254.169.254/\x9b"),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "a status of its own": http({"error": {"message": ESCAPES}}, 599),
    "an error": http({"error": ESCAPES * 1000}, 400),
}
"""Answers that can be read, and say nothing of use."""


def spoilt(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn left out, and replaced by each of WRONG."""
    if isinstance(value, dict):
        for name in value:
            yield {each: part for each, part in value.items() if each != name}
    for name, part in list(value.items() if isinstance(value, dict) else enumerate(value)):
        deeper = spoilt(part) if isinstance(part, dict | list) else ()
        for each in itertools.chain(WRONG, deeper):
            changed = value.copy()
            changed[name] = each
            yield changed
