"""What the proxy knows of the tasks that pass: where their callbacks go on to, and which poll belongs to which."""

import asyncio
from secrets import token_hex
from typing import Final
from urllib.parse import parse_qs, urlsplit

from contract_tests.recording.message import Message

PREFIX: Final = "/cb/"


class Courses:
    """Numbers the messages, and knows the course that each belongs to. `public` is where callbacks reach the proxy."""

    def __init__(self, public: str) -> None:
        self._public = public.rstrip("/")
        self._receivers: dict[str, tuple[int, str]] = {}
        self._tasks: dict[str, int] = {}
        self._last = 0

    def number(self) -> int:
        """The number of the next message."""
        self._last += 1
        return self._last

    def address(self, course: int, url: str) -> tuple[str, str]:
        """A URL of the proxy in place of a receiver's, and the token in it that nobody else can know."""
        token = token_hex(16)
        path = f"{PREFIX}{course}-{token}"
        self._receivers[path] = (course, url)
        return self._public + path, token

    def receiver(self, path: str) -> tuple[int, str] | None:
        """The course that a callback to a path belongs to, and the receiver's URL; None where nobody asked for it."""
        return self._receivers.get(path)

    def started(self, message: Message) -> None:
        """Remembers the task that an answer names."""
        task_id = message.exchange("").task_id
        if message.method == "POST" and message.status and task_id is not None:
            self._tasks.setdefault(task_id, message.number)

    def polled(self, path: str) -> int:
        """The course of the task that a request asks about; 0 where it asks about none that is known."""
        asked = parse_qs(urlsplit(path).query).get("taskId", [""])
        return self._tasks.get(asked[-1], 0)


class Spending:
    """Counts the tasks that pass. At most `tasks` may start, None for any number; a request whose answer is under way
    counts as one until that has come."""

    def __init__(self, tasks: int | None) -> None:
        self.tasks = tasks
        self.spent = 0
        self._under_way = 0
        self._changed = asyncio.Condition()

    async def reserve(self) -> bool:
        """Takes a task for a request, once those under way leave one. Returns false where none is left."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: self.tasks is None or self.spent >= self.tasks or self.spent + self._under_way < self.tasks
            )
            if self.tasks is not None and self.spent >= self.tasks:
                return False
            self._under_way += 1
            return True

    async def settle(self, message: Message) -> None:
        """Counts what a request started, which is one task where nobody knows."""
        async with self._changed:
            self._under_way -= 1
            self.spent += message.exchange("").tasks
            self._changed.notify_all()
