"""Accounts: one per bearer key, with its credits, its rate window and its count of requests."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from mock_server.contract.documents import FIXTURES, load
from mock_server.core.credits import Credits, exact
from mock_server.core.settings import RateLimit

LONGEST_KEY: Final = 1000
"""Characters."""
REFUNDS_KEPT: Final = 1000
"""Refunds that an account waits for."""
MADE_KEPT: Final = 1000
"""Personas and WAV records that an account remembers."""


@dataclass(slots=True, kw_only=True)
class Window:
    """The moments of the newest requests that count against a limit."""

    recent: deque[float] = field(default_factory=deque)

    def take_slot(self, now: float, limit: RateLimit) -> float | None:
        """Count one request. Past the limit it is not counted, and the seconds until a slot is free come back."""
        while self.recent and self.recent[0] <= now - limit.seconds:
            self.recent.popleft()
        if len(self.recent) >= limit.requests:
            return self.recent[0] + limit.seconds - now
        self.recent.append(now)
        return None


class AccountRecord(NamedTuple):
    """One key's account at one moment: its credits, how many requests and tasks it has, the scenarios of its next
    requests, and that of all others, where one was set."""

    credits: Credits
    requests: int = 0
    tasks: int = 0
    queued: tuple[str, ...] = ()
    standing: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """One key's state. `refunds` are credits that come back later: (epoch seconds, credits). `queued` are the scenarios
    of the next requests, `standing` that of all others, where one was set. `tasks` are the ids of the tasks that are
    kept, `made` the personas and WAV records: (operation, name)."""

    credits: Credits
    requests: int = 0
    window: Window = field(default_factory=Window)
    refunds: list[tuple[float, Credits]] = field(default_factory=list)
    queued: deque[str] = field(default_factory=deque)
    standing: str | None = None
    tasks: dict[str, None] = field(default_factory=dict)
    made: dict[tuple[str, str], None] = field(default_factory=dict)

    def record(self, now: float) -> AccountRecord:
        """The account at `now`, in epoch seconds of the mock's clock."""
        return AccountRecord(self.balance(now), self.requests, len(self.tasks), tuple(self.queued), self.standing)

    def balance(self, now: float) -> Credits:
        """The credits at `now`, after the refunds that are due."""
        if self.refunds:
            self.credits = exact(self.credits + sum(credits for due, credits in self.refunds if due <= now))
            self.refunds = [refund for refund in self.refunds if refund[0] > now]
        return self.credits

    def owe(self, due: float, credits: Credits) -> None:
        """Give credits back when they are due, or at once where too many are owed."""
        self.refunds.append((due, credits))
        if len(self.refunds) > REFUNDS_KEPT:
            self.credits = exact(self.credits + self.refunds.pop(0)[1])

    def next_scenario(self) -> str | None:
        """Take the scenario that was queued for the next request, if any."""
        return self.queued.popleft() if self.queued else self.standing

    def pay(self, price: Credits, refund_at: float | None) -> None:
        """Pay the price; `refund_at`, in epoch seconds of the mock's clock, gives it back then."""
        self.credits = exact(self.credits - price)
        if refund_at is not None:
            self.owe(refund_at, price)

    def make(self, operation: str, name: str) -> None:
        """Remember something that can be made once."""
        self.made[operation, name] = None
        if len(self.made) > MADE_KEPT:
            del self.made[next(iter(self.made))]

    def named(self, operation: str) -> Collection[str]:
        """What was made by an operation, by name."""
        return [name for made_by, name in self.made if made_by == operation]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key of `fixtures/accounts.yaml`. `credits` is None where the default holds."""

    summary: str
    credits: int | None = None


@cache
def known_keys() -> Mapping[str, KnownKey]:
    """The keys that exist before anyone uses them."""
    return {key: KnownKey(**entry) for key, entry in load(FIXTURES / "accounts.yaml").items()}


def first_key() -> str:
    """The one of them to show a newcomer, and to use where none is named."""
    return next(iter(known_keys()))
