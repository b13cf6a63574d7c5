"""What the mock remembers between requests, behind a protocol that a durable or shared store can implement too."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Protocol

from mock_server.contract.source_tracks import Track
from mock_server.core.errors import BadSetting, InsufficientCredits
from mock_server.core.settings import RateLimit
from mock_server.domain.accounts import Account, Window
from mock_server.domain.tasks import Task

TASKS_KEPT: Final = 100_000
BYTES_KEPT: Final = 256 * 1024 * 1024
"""Bytes of all kept tasks together, about; request bodies are most of it."""
ACCOUNTS_KEPT: Final = 10_000
POLLED_KEPT: Final = 10_000
"""Tasks whose polls are counted, the ones polled last."""
TRACKS_KEPT: Final = 10_000
"""Source tracks that were added."""
QUEUED_KEPT: Final = 10_000
"""Scenarios that are queued for a key."""


class Store(Protocol):
    """State per key. Every method is atomic."""

    async def next_ordinal(self, key: str) -> int:
        """Count one request of the key, from 1."""

    async def take_slot(self, key: str, now: float, limit: RateLimit) -> float | None:
        """Count one request against the limit, or tell the seconds until one is free."""

    async def take_poll(self, task_id: str, now: float, limit: RateLimit) -> float | None:
        """The same for a query of one task."""

    async def balance(self, key: str, now: float) -> int:
        """The key's credits."""

    async def set_credits(self, key: str, credits: int) -> None:
        """Give the key another balance."""

    async def open_task(self, task: Task, price: int, refund_at: float | None) -> None:
        """Debit and remember the task; `refund_at` gives the price back then. Raises InsufficientCredits."""

    async def task(self, task_id: str) -> Task | None:
        """The task with this id, if it is still remembered."""

    async def tasks(self, key: str | None) -> Sequence[Task]:
        """One key's tasks or all, oldest first."""

    async def note_last(self, task: Task, received: bool) -> None:
        """Remember whether the task's last callback was received; once it was, it stays so."""

    async def make(self, key: str, operation: str, name: str) -> bool:
        """Remember something that the key can make once; False when it was there."""

    async def made(self, key: str, operation: str) -> Collection[str]:
        """What the key made by an operation, by name."""

    async def add_track(self, key: str | None, track: Track) -> None:
        """Add a source track for one key or for all. Raises BadSetting when there are too many."""

    async def tracks(self, key: str | None) -> Mapping[str, Track]:
        """The source tracks that were added for all, and those for the key, by id."""

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Give the key's next `times` requests a scenario, after those queued before; None means all further ones.

        Raises BadSetting when too many are queued."""

    async def clear_queue(self, key: str) -> None:
        """Give the key's requests no scenario any more."""

    async def next_scenario(self, key: str) -> str | None:
        """Take the scenario that was queued for the key's next request, if any."""

    async def account(self, key: str) -> Account | None:
        """The key's account, if it was used and is remembered."""

    async def keys(self) -> Sequence[str]:
        """The keys of all accounts, the one used last at the end."""

    async def dropped(self) -> Mapping[str, int]:
        """How many tasks and accounts were forgotten because there were too many."""

    async def reset(self, key: str | None) -> None:
        """Forget one key's account and tasks, or everything."""


class MemoryStore:
    """Keeps the newest tasks and the most recently used accounts with their tasks, and forgets the oldest. `credits`
    tells what an account opens with."""

    def __init__(self, credits: Callable[[str], int]) -> None:
        self._credits = credits
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._bytes = 0
        self._polled: OrderedDict[str, Window] = OrderedDict()
        self._tracks: dict[str | None, dict[str, Track]] = {}
        self._dropped = Counter(tasks=0, accounts=0)

    async def next_ordinal(self, key: str) -> int:
        account = self._account(key)
        account.requests += 1
        return account.requests

    async def take_slot(self, key: str, now: float, limit: RateLimit) -> float | None:
        return self._account(key).window.take_slot(now, limit)

    async def take_poll(self, task_id: str, now: float, limit: RateLimit) -> float | None:
        window = self._polled.setdefault(task_id, Window())
        self._polled.move_to_end(task_id)
        if len(self._polled) > POLLED_KEPT:
            self._polled.popitem(last=False)
        return window.take_slot(now, limit)

    async def balance(self, key: str, now: float) -> int:
        return self._account(key).balance(now)

    async def set_credits(self, key: str, credits: int) -> None:
        self._account(key).credits = credits

    async def open_task(self, task: Task, price: int, refund_at: float | None) -> None:
        account = self._account(task.account)
        balance = account.balance(task.created)
        if balance < price:
            raise InsufficientCredits(balance, price)
        account.credits -= price
        if refund_at is not None:
            account.owe(refund_at, price)
        self._tasks[task.id] = task
        account.tasks[task.id] = None
        self._bytes += task.size
        while len(self._tasks) > TASKS_KEPT or self._bytes > BYTES_KEPT:
            oldest = self._tasks.popitem(last=False)[1]
            del self._accounts[oldest.account].tasks[oldest.id]
            self._forget(oldest)
            self._dropped["tasks"] += 1

    async def task(self, task_id: str) -> Task | None:
        return self._tasks.get(task_id)

    async def tasks(self, key: str | None) -> Sequence[Task]:
        if key is None:
            return list(self._tasks.values())
        account = self._accounts.get(key)
        return [self._tasks[task_id] for task_id in account.tasks] if account else []

    async def note_last(self, task: Task, received: bool) -> None:
        task.heard |= received
        task.lost = not task.heard

    async def make(self, key: str, operation: str, name: str) -> bool:
        return self._account(key).make(operation, name)

    async def made(self, key: str, operation: str) -> Collection[str]:
        return self._account(key).named(operation)

    async def add_track(self, key: str | None, track: Track) -> None:
        tracks = self._tracks.setdefault(key, {})
        if track.id not in tracks and sum(map(len, self._tracks.values())) >= TRACKS_KEPT:
            raise BadSetting(f"{TRACKS_KEPT} source tracks were added; reset the mock, or one key, to forget them.")
        tracks[track.id] = track

    async def tracks(self, key: str | None) -> Mapping[str, Track]:
        return self._tracks.get(None, {}) | self._tracks.get(key, {})

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        account = self._account(key)
        if times is None:
            account.standing = scenario
        elif len(account.queued) + times > QUEUED_KEPT:
            raise BadSetting(
                f"{len(account.queued)} scenarios are queued for the key and {times} more would come. "
                f"Allowed: {QUEUED_KEPT} in all; clear the queue, or queue one with times None for all requests."
            )
        else:
            account.queued.extend([scenario] * times)

    async def clear_queue(self, key: str) -> None:
        account = self._account(key)
        account.queued.clear()
        account.standing = None

    async def next_scenario(self, key: str) -> str | None:
        return self._account(key).next_scenario()

    async def account(self, key: str) -> Account | None:
        return self._accounts.get(key)

    async def keys(self) -> Sequence[str]:
        return list(self._accounts)

    async def dropped(self) -> Mapping[str, int]:
        return self._dropped

    async def reset(self, key: str | None) -> None:
        if key is None:
            self._dropped = Counter(tasks=0, accounts=0)
            for task in self._tasks.values():
                task.forget()
            self._accounts.clear()
            self._tasks.clear()
            self._polled.clear()
            self._tracks.clear()
            self._bytes = 0
            return
        self._tracks.pop(key, None)
        if key in self._accounts:
            self._close(self._accounts.pop(key))

    def _forget(self, task: Task) -> None:
        self._bytes -= task.size
        task.forget()

    def _close(self, account: Account) -> None:
        for task_id in account.tasks:
            self._polled.pop(task_id, None)
            self._forget(self._tasks.pop(task_id))

    def _account(self, key: str) -> Account:
        """The key's account, which becomes the one used last."""
        account = self._accounts.get(key)
        if account is not None:
            self._accounts.move_to_end(key)
        else:
            account = self._accounts[key] = Account(credits=self._credits(key))
            if len(self._accounts) > ACCOUNTS_KEPT:
                self._close(self._accounts.popitem(last=False)[1])
                self._dropped["accounts"] += 1
        return account
