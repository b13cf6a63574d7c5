"""What a client is told before its connection ends, where its request cannot be read to its end."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a head that are always read (ours)."""
LARGE: Final = f"The head of the request is too large; allowed: {HEAD_LIMIT} bytes."
LATE: Final = (
    "The request was not whole within {:g} seconds; allowed: that much for its head and its body. Way out: "
    "--request-timeout SECONDS, or 0 for no limit."
)


def last_answer(status: HTTPStatus, why: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """An answer as it is sent, with the headers that all answers have."""
    lines = [
        b"HTTP/1.1 %d %b" % (status, status.phrase.encode()),
        *(b"%b: %b" % header for header in headers),
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(why),
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", why.encode("ascii")])
