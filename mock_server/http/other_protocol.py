"""What clients speak in place of HTTP/1.1, by the first bytes of their connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OtherProtocol:
    """A protocol that is not spoken here, and what to do."""

    name: str
    why: str


TLS: Final = OtherProtocol(
    "TLS",
    "https:// was spoken to a port that speaks http://; allowed: the same URL with http://, or a proxy in front of it "
    "that ends TLS",
)
HTTP2: Final = OtherProtocol(
    "HTTP/2",
    "HTTP/2 was spoken at once, as curl --http2-prior-knowledge does; allowed: HTTP/1.1, also with an Upgrade header",
)
PROXY: Final = OtherProtocol(
    "PROXY", "the PROXY protocol of a load balancer was spoken; allowed: HTTP/1.1 from its first byte on"
)
BEGINNINGS: Final[Mapping[bytes, OtherProtocol]] = {
    b"\x16\x03": TLS,
    b"PRI * HTTP/2.0\r\n": HTTP2,
    b"PROXY ": PROXY,
    b"\r\n\r\n\x00\r\nQUIT\n": PROXY,
}


def other_protocol(begins: bytes) -> OtherProtocol | None:
    """What a connection that begins so speaks, if that is known and not HTTP/1.1."""
    return next((spoken for beginning, spoken in BEGINNINGS.items() if begins.startswith(beginning)), None)
