"""One request to an endpoint of the provider, as it came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from mock_server.core.text import cut

PATH: Final = "/:@!$&'()*+,;="
"""What a path has as it is (RFC 3986, section 3.3), beside letters, digits and `-._~`."""
PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
LOST: Final = (
    "; it came with {what} and Upgrade: {upgrade}, and the server that the mock runs under drops such a body: run "
    "suno-mock serve, or uvicorn with --http h11, or send no Upgrade"
)
HEADER_OVERHEAD: Final = 200
"""Bytes that a header takes beside its value, about."""


@dataclass(slots=True, eq=False)
class Call:
    """`path` is without what the mock is mounted at, `query` is not percent-decoded. `key` is None without a bearer
    key, `body` when it was too large. `headers` are all that came, `values` counts the bytes of their values.
    `base_url` is that by which the request reached the mock, empty for the mock's own. `left_out` counts the bytes of
    the body that are kept no more."""

    method: str
    path: str
    query: bytes
    key: str | None
    content_type: str
    prefer: str
    body: bytes | None
    headers: Sequence[tuple[bytes, bytes]] = ()
    values: int = 0
    content_encoding: str = ""
    base_url: str = ""
    left_out: int = 0

    def beginning(self, length: int) -> "Call":
        """The call with at most so many bytes of its body."""
        more = len(self.body or b"") - length
        return self if more <= 0 else replace(self, body=(self.body or b"")[:length], left_out=self.left_out + more)

    @property
    def body_size(self) -> int | None:
        """Bytes of the body that came; None where it was too large to read."""
        return None if self.body is None else len(self.body) + self.left_out

    @property
    def lost(self) -> str:
        """Why there is no body though one was sent: the server that the mock runs under dropped it. Empty else.

        uvicorn with httptools does so where a request asks for another protocol (RFC 9110, section 7.8)."""
        if self.body != b"":
            return ""
        sent = {name: value.decode("latin-1") for name, value in self.headers}
        size = sent.get(b"content-length", "0")
        if b"upgrade" not in sent or (size == "0" and b"transfer-encoding" not in sent):
            return ""
        what = f"Content-Length: {size}" if size != "0" else "Transfer-Encoding"
        return LOST.format(what=cut(what), upgrade=cut(sent[b"upgrade"]))

    @property
    def target(self) -> str:
        """The path with its query, as they can be sent again."""
        path = quote(self.path, safe=PATH)
        return f"{path}?{quote(self.query, safe=PRINTABLE)}" if self.query else path

    @property
    def size(self) -> int:
        """Bytes of what came, about."""
        texts = len(self.path) + len(self.query) + len(self.key or "") + len(self.content_type) + len(self.prefer)
        texts += len(self.base_url) + self.values + HEADER_OVERHEAD * len(self.headers)
        return texts + len(self.body or b"")

    def described(self) -> dict[str, str]:
        """The headers that a decision or its text depends on, but for the key."""
        further = {"Prefer": self.prefer, "Content-Encoding": self.content_encoding}
        return {"Content-Type": self.content_type} | {name: value for name, value in further.items() if value}
