"""One attempt to deliver a callback: how it is made, and how it ended. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


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
    """The result of one POST. `took` in seconds of real time."""

    outcome: Outcome
    detail: str
    took: float


class Delivery(Protocol):
    """Sends callbacks."""

    async def ready(self) -> None:
        """Return once an attempt takes no longer than its receiver does."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        """Send one; `received` is the range of HTTP statuses that count as received."""

    async def close(self) -> None:
        """Let go of what it holds."""
