"""How an attempt to deliver a callback ended. Pure."""

from dataclasses import dataclass
from enum import StrEnum


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
