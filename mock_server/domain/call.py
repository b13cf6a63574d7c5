"""One request to an endpoint of the provider, as it came."""

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Call:
    """`path` is without what the mock is mounted at, `query` is not percent-decoded. `key` is None without a bearer
    key, `body` when it was too large. `base_url` is that by which the request reached the mock, empty for the mock's
    own."""

    method: str
    path: str
    query: bytes
    key: str | None
    content_type: str
    prefer: str
    body: bytes | None
    base_url: str = ""

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{self.query.decode('latin-1')}" if self.query else self.path

    @property
    def size(self) -> int:
        """Bytes of what came, about."""
        texts = len(self.path) + len(self.query) + len(self.key or "") + len(self.content_type) + len(self.prefer)
        return texts + len(self.base_url) + len(self.body or b"")

    def described(self) -> dict[str, str]:
        """The headers that a decision depends on, but for the key."""
        return {"Content-Type": self.content_type} | ({"Prefer": self.prefer} if self.prefer else {})
