"""One attempt to deliver a callback: how it is made, and how it ended. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from mock_server.domain.kept_answer import Headers, KeptAnswer


class Outcome(StrEnum):
    """`undelivered`: it was not made, or cut off as the mock stopped; the detail says why."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The result of one POST. `took` in seconds of real time, `sent` are its headers; `answer` is what the receiver
    answered, as far as it came."""

    outcome: Outcome
    detail: str
    took: float
    sent: Headers = ()
    answer: KeptAnswer | None = None

    def shown(self) -> dict[str, Any]:
        """The result as JSON."""
        answer = None if self.answer is None else self.answer.shown(whole=True)
        return {"outcome": self.outcome, "detail": self.detail, "took": self.took, "answer": answer}


class Delivery(Protocol):
    """Sends callbacks."""

    async def ready(self) -> None:
        """Return once an attempt takes no longer than its receiver does."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: Headers = ()) -> Attempt:
        """Send one; `received` is the range of HTTP statuses that count as received, `headers` are sent beside those
        of every callback."""

    async def close(self) -> None:
        """Let go of what it holds."""
