"""One request to an endpoint of the provider, as it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEADER_OVERHEAD: Final = 200
"""Bytes that a header takes beside its value, about."""


@dataclass(slots=True, eq=False)
class Call:
    """`query` is not percent-decoded. `key` is None without a bearer key, `body` when it was too large; `headers` are
    all that came, `values` counts the bytes of their values."""

    method: str
    path: str
    query: bytes
    key: str | None
    content_type: str
    prefer: str
    body: bytes | None
    headers: Sequence[tuple[bytes, bytes]] = ()
    values: int = 0

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{self.query.decode('latin-1')}" if self.query else self.path

    @property
    def size(self) -> int:
        """Bytes of what came, about."""
        texts = len(self.path) + len(self.query) + len(self.key or "") + len(self.content_type) + len(self.prefer)
        return texts + len(self.body or b"") + self.values + HEADER_OVERHEAD * len(self.headers)

    def described(self) -> dict[str, str]:
        """The headers that a decision depends on, but for the key."""
        return {"Content-Type": self.content_type} | ({"Prefer": self.prefer} if self.prefer else {})
