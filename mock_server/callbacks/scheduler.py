"""When callbacks are attempted: while the clock runs, as they fall due; while it stands still, as it is moved."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Final, TypeVar

from mock_server.callbacks.attempts import Attempts
from mock_server.callbacks.concurrency import IN_ALL, PER_RECEIVER, Concurrency
from mock_server.callbacks.timer import Timer
from mock_server.callbacks.under_way import UnderWay, young_ended
from mock_server.callbacks.waiting_room import WaitingRoom
from mock_server.core.errors import BadSetting, NoSuch, Stopped
from mock_server.domain.attempt import Attempt, Delivery
from mock_server.domain.owed import Owed, owed_at
from mock_server.domain.tasks import Task
from mock_server.state.journal_entries import Attempted, listed
from mock_server.state.store import Advance, Store

T = TypeVar("T")
STAGGER: Final = 0.25
"""Under a manual clock an attempt waits for the one before it, so that the order is always the same, but at most these
seconds of real time, and once per receiver, so that one that hangs delays no callback that is due at the same time."""
ROOM_WITHIN: Final = 5.0
"""Seconds of real time that a request waits until more callbacks can be owed."""
GRACE: Final = 0.25
"""Seconds of real time that an attempt has since it began when the mock stops; one that has taken longer hangs."""


class Scheduler:
    """Has the callbacks attempted that the store says are due, as many at once as there may be."""

    def __init__(self, store: Store, delivery: Delivery, attempts: Attempts) -> None:
        self._store = store
        self._delivery = delivery
        self._attempts = attempts
        self._concurrency = Concurrency()
        self._under_way: dict[asyncio.Task[Any], UnderWay] = {}
        self._preparing: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None
        self._look_again = False
        self._ended_since = 0
        # Between a claim and the start of its attempt nobody resets or stops, or an attempt would begin behind it.
        self._claiming = asyncio.Lock()
        self._timer = Timer(self._look_soon)
        self._room = WaitingRoom(store)
        self._advancing = asyncio.Lock()
        self._stopped = False
        self._written_off = asyncio.Event()

    async def reserve(self, receiver: str, within: float = ROOM_WITHIN) -> None:
        """Return once more callbacks can be owed to a receiver, or after `within` seconds of real time; under a clock
        that stands still, at once."""
        if await self._store.crowded(receiver) is not None and not (await self._store.moment()).frozen:
            await self._room.wait(receiver, within)

    def owe(self, after: float) -> None:
        """A task was opened, whose first callback is due in so many seconds of the mock's clock."""
        if self._preparing is None:
            self._preparing = asyncio.get_running_loop().create_task(self._delivery.ready())
        self._timer.arm(after)

    def begin(self) -> None:
        """Look at what is owed from before, where the store outlives a mock."""
        if self._store.outlives:
            self.owe(0)

    async def advance(self, seconds: float) -> int:
        """Move a clock that stands still and attempt all that falls due on the way, each at its time. Returns how many.

        Raises as Store.begin_advance, and Stopped with what was attempted and what was not.
        """
        async with self._advancing:
            newest, attempts = self._store.journal.newest, 0
            if not self._stopped:
                attempts = await self._move(await self._store.begin_advance(seconds))
        if self._stopped:
            raise await self._cut_short(f"its clock was moved by {seconds:g} s", attempts, newest)
        return attempts

    async def freeze(self) -> None:
        """Let the clock stand still, once nobody moves it."""
        async with self._advancing:
            await self._store.freeze()

    async def run(self) -> None:
        """Let the clock follow real time, once nobody moves it."""
        async with self._advancing:
            await self._store.run()
            self._look_soon()

    async def reset(self, key: str | None) -> None:
        """Forget one key's state, or everything, and cut off the attempts under way."""
        async with self._claiming:
            await self._store.reset(key)
            await self._cut_off(key)
        self._room.let_all_in()

    async def redeliver(self, task: Task, position: int, to: str = "") -> Attempt:
        """Send one of the task's callbacks once more, now, to its own URL or another; nothing follows from how it ends.

        Raises BadSetting when too many are under way, NoSuch when the task is forgotten meanwhile, and Stopped when the
        mock stops.
        """
        owed = owed_at(task, position, to)
        if (receiver := owed.receiver) in self._concurrency:
            crowd = f"{PER_RECEIVER} attempts to {receiver} or {IN_ALL} in all"
            raise BadSetting(f"{crowd} are under way; try again when some have ended.")
        sending = self._begin(self._attempts.make_again(task, owed), owed)
        await asyncio.wait({sending})
        if sending.cancelled() and self._stopped:
            raise Stopped(f"the mock was stopped while a callback of task {task.id} was sent once more")
        if sending.cancelled():
            raise NoSuch(f"task {task.id} was forgotten while its callback was sent once more")
        return sending.result()

    def under_way(self, longer_than: float = 0.0) -> list[UnderWay]:
        """The attempts that have been under way for so many seconds of real time, the longest first."""
        begun_by = asyncio.get_running_loop().time() - longer_than
        return [each for each in self._under_way.values() if each.since <= begun_by]

    async def stop(self, grace: float = GRACE) -> None:
        """Give attempts that have just begun `grace` seconds, then write down every callback that is still owed."""
        async with self._claiming:
            self._stopped = True
        self._room.close()
        self._attempts.stop()
        self._timer.stop()
        self._room.let_all_in()
        await young_ended(self._under_way, grace)
        await self._cut_off(None)
        await _cancelled(each for each in (self._preparing, self._starting) if each is not None)
        await self._store.abandon("the mock was stopped")
        self._written_off.set()

    async def _cut_short(self, what: str, attempts: int, newest: int) -> Stopped:
        """What says how far something came, once all that is owed is written down; `newest` is the id of the last entry
        before it."""
        await self._written_off.wait()
        since = [entry for entry in await self._store.journal.page(newest) if isinstance(entry, Attempted)]
        return Stopped(
            f"the mock was stopped while {what}; attempts that were made: {attempts}. Since then:{listed(since)}"
        )

    async def _move(self, to: Advance) -> int:
        """Move the clock to a moment, and attempt all that falls due on the way; how many."""
        attempts = await self._attempt_all_due()
        while not self._stopped and await self._store.advance(to):
            attempts += await self._attempt_all_due()
        return attempts

    async def _carry_on(self) -> None:
        """Move the clock to where somebody was moving it who is not there any more."""
        if not self._advancing.locked():
            async with self._advancing:
                to = await self._store.take_over()
                if to is not None:
                    await self._move(to)

    async def _attempt_all_due(self) -> int:
        """Attempt all that is due by now, in due order; returns when everything was attempted, and how many."""
        await self._delivery.ready()
        await self._all_ended()
        made = self._attempts.made
        hanging: set[str] = set()
        while not self._stopped:
            started = await self._start_next(advancing=True)
            if started is not None:
                await self._in_turn(*started, hanging)
            elif self._under_way:
                # What ends may be tried again at once, or leave its place to others.
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            else:
                break
        return self._attempts.made - made

    async def _in_turn(self, attempt: asyncio.Task[None], receiver: str, hanging: set[str]) -> None:
        """Wait for an attempt, unless its receiver hangs."""
        if receiver not in hanging:
            done, _ = await asyncio.wait({attempt}, timeout=STAGGER)
            if not done:
                hanging.add(receiver)

    async def _all_ended(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _start_next(self, *, advancing: bool = False) -> tuple[asyncio.Task[None], str] | None:
        """Start the attempt that is due next, if one is due and may begin; the attempt, and its receiver."""
        async with self._claiming:
            if self._concurrency.exhausted or self._stopped:
                return None
            claimed = await self._store.claim(self._concurrency, advancing=advancing)
            if claimed is None:
                return None
            return self._begin(self._attempts.make(claimed), claimed.owed), claimed.owed.receiver

    def _begin(self, attempt: Coroutine[Any, Any, T], owed: Owed) -> asyncio.Task[T]:
        self._concurrency.enter(owed.receiver)
        loop = asyncio.get_running_loop()
        begun = loop.create_task(attempt)
        self._under_way[begun] = UnderWay(owed.key, owed.receiver, owed.task_id, owed.step.stage, loop.time())
        begun.add_done_callback(self._ended)
        return begun

    def _ended(self, attempt: asyncio.Task[Any]) -> None:
        self._concurrency.leave(self._under_way.pop(attempt).receiver)
        self._ended_since += 1
        self._look_soon()

    async def _cut_off(self, key: str | None) -> None:
        """Cancel the attempts for one key's tasks, or all, and return when they have ended."""
        await _cancelled(attempt for attempt, under_way in self._under_way.items() if key in (None, under_way.key))

    def _look_soon(self) -> None:
        """Have somebody look at what is due."""
        self._look_again = True
        if self._starting is None and not self._stopped:
            self._starting = asyncio.get_running_loop().create_task(self._start_due())

    async def _start_due(self) -> None:
        """Start all attempts that are due and may begin, then wait for the next."""
        try:
            while self._look_again:
                self._look_again = False
                while await self._start_next() is not None:
                    pass
                # Only now is there room: what waited for the place that was left has it.
                ended, self._ended_since = self._ended_since, 0
                for _ in range(ended):
                    self._room.let_in()
            await self._carry_on()
            within = await self._store.due_within()
        finally:
            self._starting = None
        if self._look_again:
            self._look_soon()
        elif within is not None:
            self._timer.arm(within)


async def _cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel these, and return when they have ended."""
    ending = [*tasks]
    for each in ending:
        each.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
