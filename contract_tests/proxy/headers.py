"""Headers on their way through the proxy: those of one connection stay behind, all others pass. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

OF_ONE_CONNECTION: Final = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade", "http2-settings", "expect"),
    )
)
"""Hop-by-hop headers (RFC 9110, 7.6.1), and Expect, which the proxy itself has met."""

Headers = Sequence[tuple[str, str]]


def as_text(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers as they came, in their order and as often as they came."""
    return tuple((name.decode("latin-1"), value.decode(errors="surrogateescape")) for name, value in headers)


def passed_on(headers: Headers) -> Headers:
    """The headers that are handed on. Connection names further ones that are not."""
    named = {name.strip().lower() for key, value in headers if key.lower() == "connection" for name in value.split(",")}
    left_behind = OF_ONE_CONNECTION | named
    return tuple((name, value) for name, value in headers if name.lower() not in left_behind)


def unsendable(headers: Headers) -> tuple[str, ...]:
    """The names of headers that cannot be handed on: a client and a server of aiohttp write text in UTF-8, and drop
    bytes that are none without a word."""
    return tuple(name for name, value in headers if not _is_text(value))


def sendable(headers: Headers) -> Headers:
    """The others."""
    return tuple((name, value) for name, value in headers if _is_text(value))


def readable(headers: Headers) -> Headers:
    """Headers as they are written down: what is not in UTF-8 was in Latin-1, as HTTP once had it."""
    return tuple((name, value if _is_text(value) else _latin(value)) for name, value in headers)


def _latin(value: str) -> str:
    return value.encode(errors="surrogateescape").decode("latin-1")


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\udc80" <= character <= "\udcff" for character in value)


def to_host(headers: Headers, host: str, length: int | None) -> Headers:
    """What a request is sent with to a host: `length` is that of its body, None where that comes as it did."""
    kept = [(name, host if name.lower() == "host" else value) for name, value in passed_on(headers)]
    if length is not None:
        kept = [(name, f"{length}" if name.lower() == "content-length" else value) for name, value in kept]
    return kept
