"""What the proxy knows of the tasks that pass: where their callbacks go on to, and which poll belongs to which."""

import asyncio
from contextlib import suppress
from secrets import token_hex
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from contract_tests.proxy.ledger import NOTHING, Before
from contract_tests.recording.message import Message

PREFIX: Final = "/cb/"
MOST: Final = 10_000
"""Tasks that are known at the same time: of more, those that began last. What comes for others belongs to none."""


class Courses:
    """Numbers the messages, and knows the course that each belongs to. `public` is where callbacks reach the proxy."""

    def __init__(self, public: str, before: Before = NOTHING) -> None:
        self._public = public.rstrip("/")
        self._receivers: dict[str, tuple[int, str]] = {}
        self._tasks = dict(before.tasks)
        self._last = before.last

    def number(self) -> int:
        """The number of the next message."""
        self._last += 1
        return self._last

    def address(self, course: int, url: str) -> tuple[str, str]:
        """A URL of the proxy in place of a receiver's, and the token in it that nobody else can know."""
        token = token_hex(16)
        path = f"{PREFIX}{course}-{token}"
        self._receivers[path] = (course, url)
        _shorten(self._receivers)
        return self._public + path, token

    def receiver(self, path: str) -> tuple[int, str] | None:
        """The course that a callback to a path belongs to, and the receiver's URL; None where nobody asked for it."""
        return self._receivers.get(path)

    def started(self, message: Message) -> None:
        """Remembers the task that an answer names."""
        task_id = message.exchange("").task_id
        if message.method == "POST" and message.status and task_id is not None:
            self._tasks.setdefault(task_id, message.number)
            _shorten(self._tasks)

    def polled(self, path: str) -> int:
        """The course of the task that a request asks about; 0 where it asks about none that is known."""
        asked = parse_qs(urlsplit(path).query).get("taskId", [""])
        return self._tasks.get(asked[-1], 0)


def _shorten(known: dict[str, Any]) -> None:
    """Forgets what was known first, where it is one too many."""
    if len(known) > MOST:
        del known[next(iter(known))]


class Spending:
    """Counts the tasks that pass. At most `tasks` may start, None for any number; a request whose answer is under way
    counts as one until that has come. To be used in one event loop."""

    def __init__(self, tasks: int | None, patience: float, spent: int = 0) -> None:
        self.tasks = tasks
        self.spent = spent
        self._patience = patience
        self._under_way = 0
        self._changed = asyncio.Event()

    async def reserve(self) -> bool:
        """Takes a task for a request, once those under way leave one. Returns false where none is left, or those under
        way have not ended after `patience` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while self._may_come():
                    await self._changed.wait()
        free = self.tasks is None or self.spent + self._under_way < self.tasks
        self._under_way += free
        return free

    def _may_come(self) -> bool:
        """Whether none is free, and one under way may turn out to be none."""
        return self.tasks is not None and self.spent < self.tasks <= self.spent + self._under_way

    def settle(self, tasks: int) -> None:
        """Counts what a request started, once nothing more is known of it. Nothing here waits: it is also called where
        the request is cancelled."""
        self._under_way -= 1
        self.spent += tasks
        self._changed.set()
        self._changed = asyncio.Event()
