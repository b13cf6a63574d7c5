"""Who pays: one account per bearer key, with its credits, its rate window and its count of requests."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from mock_server.documents import FIXTURES, load
from mock_server.settings import RateLimit


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """One key's state. `refunds` are credits that come back later: (epoch seconds, credits). `queued` are the scenarios
    of the next requests, `standing` that of all others, where one was set."""

    credits: int
    requests: int = 0
    recent: deque[float] = field(default_factory=deque)
    refunds: list[tuple[float, int]] = field(default_factory=list)
    queued: deque[str] = field(default_factory=deque)
    standing: str | None = None

    def balance(self, now: float) -> int:
        """The credits at `now`, after the refunds that are due."""
        if self.refunds:
            self.credits += sum(credits for due, credits in self.refunds if due <= now)
            self.refunds = [refund for refund in self.refunds if refund[0] > now]
        return self.credits

    def take_slot(self, now: float, limit: RateLimit) -> float | None:
        """Count one request. Past the limit it is not counted, and the seconds until a slot is free come back."""
        while self.recent and self.recent[0] <= now - limit.seconds:
            self.recent.popleft()
        if len(self.recent) >= limit.requests:
            return self.recent[0] + limit.seconds - now
        self.recent.append(now)
        return None

    def next_scenario(self) -> str | None:
        """Take the scenario that was queued for the next request, if any."""
        return self.queued.popleft() if self.queued else self.standing


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key of `fixtures/accounts.yaml`. `credits` is None where the default holds."""

    summary: str
    credits: int | None = None


def known_keys() -> Mapping[str, KnownKey]:
    """The keys that exist before anyone uses them; the first is the one to show a newcomer."""
    return {key: KnownKey(**entry) for key, entry in load(FIXTURES / "accounts.yaml").items()}
