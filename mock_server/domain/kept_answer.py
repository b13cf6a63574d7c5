"""What is kept of an answer over HTTP: its status, its headers, and the beginning of its body. Pure."""

from base64 import b64decode, b64encode
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_server.core.text import cut
from mock_server.domain.call import HEADER_OVERHEAD
from mock_server.domain.masking import masked_header

BODY_KEPT: Final = 4096
"""Bytes of an answer's body that are kept."""
HEADERS_KEPT: Final = 100
"""Headers of a receiver that are kept."""
VALUE_KEPT: Final = 4096
"""Characters of each of their values."""
Headers = Sequence[tuple[str, str]]
"""Names and values in the order in which they were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """`body` is the beginning of it, `size` counts the bytes of all that was read or sent of it."""

    status: int
    headers: Headers
    body: bytes = b""
    size: int = 0

    def longer(self, piece: bytes) -> "KeptAnswer":
        """The answer when more of its body has come."""
        body = self.body + piece[: BODY_KEPT - len(self.body)]
        return KeptAnswer(status=self.status, headers=self.headers, body=body, size=self.size + len(piece))

    def header(self, name: str) -> str | None:
        """The value of the first header of a name, which is given in lower case."""
        return next((value for each, value in self.headers if each.lower() == name), None)

    def shown(self, *, whole: bool) -> dict[str, Any]:
        """The answer as JSON, in short or whole, keys masked."""
        if not whole:
            return {"status": self.status, "size": self.size}
        shown = {"status": self.status, "headers": masked_headers(self.headers), "size": self.size}
        return {**shown, **body_shown(self.body, is_cut=self.size > len(self.body))}


def kept_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Headers, or the first ones, each no longer than VALUE_KEPT."""
    every = list(headers)
    kept = [(cut(name), cut(value, VALUE_KEPT)) for name, value in every[:HEADERS_KEPT]]
    more = len(every) - len(kept)
    return (*kept, *([("...", f"{more} more headers")] if more else []))


def texts(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers as text, with what is no UTF-8 in them written out."""
    return [
        (name.decode(errors="backslashreplace"), value.decode(errors="backslashreplace")) for name, value in headers
    ]


def size_of(headers: Headers) -> int:
    """Bytes that headers take, about."""
    return sum(HEADER_OVERHEAD + len(value) for _, value in headers)


def masked_headers(headers: Iterable[tuple[str, str]], key: str | None = None) -> list[tuple[str, str]]:
    """Headers as they are shown; `key` is the key of their request."""
    return [(name, masked_header(name, value, key)) for name, value in headers]


def body_shown(body: bytes | None, *, is_cut: bool = False) -> dict[str, str | None]:
    """A body as JSON: as text, or in base64 where it is none. The last character of one that is cut may be left out."""
    if not body:
        return {"body": None, "body_base64": None}
    try:
        return {"body": getincrementaldecoder("utf-8")().decode(body, final=not is_cut), "body_base64": None}
    except UnicodeDecodeError:
        return {"body": None, "body_base64": b64encode(body).decode()}


def readable(shown: Mapping[str, Any]) -> str:
    """The body of what `body_shown` has written, as text in which every byte that is no UTF-8 is written out."""
    if shown["body_base64"] is None:
        return shown["body"] or ""
    return b64decode(shown["body_base64"]).decode(errors="backslashreplace")


def lines_of_headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """One line per header."""
    return (f"{name}: {value}" for name, value in headers)


def lines_of_answer(shown: Mapping[str, Any]) -> Iterator[str]:
    """A whole answer as lines: its status, its headers, an empty line, and its body."""
    yield f"HTTP {shown['status']}"
    yield from lines_of_headers(shown["headers"])
    body = readable(shown)
    if body:
        yield ""
        yield from body.splitlines()
    more = shown["size"] - (min(shown["size"], BODY_KEPT) if body else 0)
    if more:
        yield f"... {more} more bytes, which are not kept"
