"""What the mock remembers between requests, behind a protocol that a durable or shared store can implement too."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, Protocol

from mock_server.accounts import Account, KnownKey
from mock_server.errors import InsufficientCredits
from mock_server.settings import RateLimit
from mock_server.tasks import Task

TASKS_KEPT: Final = 100_000
BYTES_KEPT: Final = 256 * 1024 * 1024
"""Bytes of all kept tasks' request bodies together."""
ACCOUNTS_KEPT: Final = 10_000


class Store(Protocol):
    """State per key. Every method is atomic."""

    async def next_ordinal(self, key: str) -> int:
        """Count one request of the key, from 1."""

    async def take_slot(self, key: str, now: float, limit: RateLimit) -> float | None:
        """Count one request against the limit, or tell the seconds until one is free."""

    async def open_task(self, task: Task, price: int, refund_at: float | None) -> None:
        """Debit and remember the task; `refund_at` gives the price back then. Raises InsufficientCredits."""

    async def task(self, key: str, task_id: str) -> Task | None:
        """The key's task with this id, if it is still remembered."""

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Give the key's next `times` requests a scenario, after those queued before; None means all further ones."""

    async def next_scenario(self, key: str) -> str | None:
        """Take the scenario that was queued for the key's next request, if any."""

    async def reset(self, key: str | None) -> None:
        """Forget one key's account and tasks, or everything."""


class MemoryStore:
    """Keeps the newest tasks and the most recently used accounts, and forgets the oldest.

    An account opens with `credits`, unless its key is `known` and has credits of its own.
    """

    def __init__(self, credits: int, known: Mapping[str, KnownKey]) -> None:
        self._credits = credits
        self._known = known
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._bytes = 0

    async def next_ordinal(self, key: str) -> int:
        account = self._account(key)
        self._accounts.move_to_end(key)
        account.requests += 1
        return account.requests

    async def take_slot(self, key: str, now: float, limit: RateLimit) -> float | None:
        return self._account(key).take_slot(now, limit)

    async def open_task(self, task: Task, price: int, refund_at: float | None) -> None:
        account = self._account(task.account)
        balance = account.balance(task.created)
        if balance < price:
            raise InsufficientCredits(balance, price)
        account.credits -= price
        if refund_at is not None:
            account.refunds.append((refund_at, price))
        if task.id in self._tasks:  # ids come again when an account was forgotten
            self._forget(self._tasks.pop(task.id))
        self._tasks[task.id] = task
        self._bytes += len(task.body)
        while len(self._tasks) > TASKS_KEPT or self._bytes > BYTES_KEPT:
            self._forget(self._tasks.popitem(last=False)[1])

    async def task(self, key: str, task_id: str) -> Task | None:
        task = self._tasks.get(task_id)
        return task if task is not None and task.account == key else None

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        account = self._account(key)
        if times is None:
            account.standing = scenario
        else:
            account.queued.extend([scenario] * times)

    async def next_scenario(self, key: str) -> str | None:
        return self._account(key).next_scenario()

    async def reset(self, key: str | None) -> None:
        if key is None:
            self._accounts.clear()
            self._tasks.clear()
            self._bytes = 0
            return
        self._accounts.pop(key, None)
        for task in [task for task in self._tasks.values() if task.account == key]:
            self._forget(self._tasks.pop(task.id))

    def _forget(self, task: Task) -> None:
        self._bytes -= len(task.body)

    def _account(self, key: str) -> Account:
        account = self._accounts.get(key)
        if account is None:
            known = self._known.get(key)
            credits = self._credits if known is None or known.credits is None else known.credits
            account = self._accounts[key] = Account(credits=credits)
            if len(self._accounts) > ACCOUNTS_KEPT:
                self._accounts.popitem(last=False)
        return account
