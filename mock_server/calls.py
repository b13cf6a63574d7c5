"""A request to one of the provider's endpoints, as it came."""

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Call:
    """`query` is not percent-decoded. `key` is None without a bearer key, `body` when it was too large."""

    method: str
    path: str
    query: bytes
    key: str | None
    content_type: str
    prefer: str
    body: bytes | None

    @property
    def size(self) -> int:
        """Bytes of what came, about."""
        texts = (self.path, self.query, self.key, self.content_type, self.prefer, self.body)
        return sum(len(each) for each in texts if each)

    def described(self) -> dict[str, str]:
        """The headers that a decision depends on, but for the key."""
        return {"Content-Type": self.content_type} | ({"Prefer": self.prefer} if self.prefer else {})
