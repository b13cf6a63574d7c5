"""The callbacks that all tasks owe, in due order, and their delivery. A slow receiver holds up nothing but its own
task."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Final

from mock_server.callbacks.attempts import Attempts, NoteLast
from mock_server.callbacks.chain import Chain
from mock_server.callbacks.concurrency import receiver_of
from mock_server.core.clock import LAST_MOMENT, Clock
from mock_server.core.errors import BadSetting, ClockRuns
from mock_server.domain.attempt import Attempt, Delivery
from mock_server.domain.generated_tracks import Studio
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan
from mock_server.state.journal import Journal

STAGGER: Final = 0.25
"""Under a manual clock an attempt waits for the one before it, so that the order is always the same, but at most these
seconds of real time, and once per receiver, so that one that hangs delays no callback that is due at the same time."""
OWED_KEPT: Final = 100_000
"""Chains of callbacks that are owed at once. No task is accepted past that; a chain that splits off past that is
written off."""
QUEUED: Final = 10_000
"""Chains that wait for one receiver, past which no task is accepted that would call it: it takes callbacks slower than
tasks come."""
ROOM_WITHIN: Final = 5.0
"""Seconds of real time that a request waits to be accepted then."""
GRACE: Final = 1.0
"""Seconds of real time that attempts under way get when the mock stops."""


class Scheduler:
    """Owes callbacks and has them delivered. While the clock runs they go out by themselves until `stop`; while it
    stands still `advance` sends them. `note_last` is told whether a task's last callback was received; `written_off`
    counts the chains that were never sent because there were too many."""

    def __init__(self, clock: Clock, delivery: Delivery, journal: Journal, studio: Studio, note_last: NoteLast) -> None:
        self._clock = clock
        self._delivery = delivery
        self._preparing: asyncio.Task[None] | None = None
        self._attempts = Attempts(clock, delivery, journal, studio, note_last, self._push, self._let_in)
        self._heap: list[tuple[float, int, Chain]] = []
        self._serial = count()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._advancing = asyncio.Lock()
        self._stopped = False
        self._held: deque[asyncio.Future[None]] = deque()
        self.written_off = 0

    @property
    def _chains(self) -> int:
        """How many are owed, those under way included."""
        return len(self._heap) + len(self._attempts)

    def overload(self, url: str) -> str:
        """Why no more can be owed to a URL now; empty when more can."""
        if self._chains >= OWED_KEPT:
            return f"{OWED_KEPT} tasks are owed callbacks, which is all that the mock keeps"
        receiver = receiver_of(url)
        if self._attempts.queued(receiver) >= QUEUED:
            return f"{QUEUED} tasks wait to call {receiver}, which answers slower than tasks come"
        return ""

    def crowded(self) -> bool:
        """Whether some receiver may be overloaded."""
        return len(self._attempts) >= QUEUED or self._chains >= OWED_KEPT

    async def room(self, url: str, within: float = ROOM_WITHIN) -> str:
        """Wait until more can be owed to a URL, for at most `within` seconds of real time; under a clock that stands
        still, not at all. Why none can then; else empty."""
        why = self.overload(url)
        if why and not self._clock.frozen:
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    while self.overload(url) and not self._stopped:
                        self._held.append(asyncio.get_running_loop().create_future())
                        await self._held[-1]
            why = self.overload(url)
        return why

    def schedule(self, task: Task) -> None:
        """Owe the task's callbacks from now on; nothing where a reset came between its answer and this."""
        planned = plan(task)
        if planned and not task.forgotten:
            if self._preparing is None:
                self._preparing = asyncio.get_running_loop().create_task(self._delivery.ready())
            self._push(Chain(task, planned), task.created + planned[0].after)

    def owed(self, task: Task) -> list[Chain]:
        """What is still owed to a task, what is under way included, the chain that is due next first."""
        every = (*self._attempts, *(entry[-1] for entry in self._heap))
        # One whose attempt has just ended is still under way, and may be owed anew or have ended already.
        owed = dict.fromkeys(chain for chain in every if chain.task is task and not chain.ended)
        return sorted(owed, key=lambda chain: chain.due)

    async def advance(self, seconds: float) -> int:
        """Move a clock that stands still and attempt all that falls due on the way, each at its time. Returns how many.

        Raises ClockRuns when the clock runs by itself, and BadSetting when it would go back or pass the year 9999.
        """
        async with self._advancing:
            if not self._clock.frozen:
                raise ClockRuns("the clock runs by itself; freeze it first, or start with --pace manual")
            if not isinstance(seconds, int | float) or not seconds >= 0:
                raise BadSetting(f"seconds is {seconds!r}. Allowed: 0 or more; a clock goes back with a reset alone.")
            target = self._clock.now() + seconds
            if not target <= LAST_MOMENT:
                raise BadSetting("the clock would pass the end of the year 9999; reset the mock to start again.")
            attempts = await self._run_due()
            while self._heap and self._heap[0][0] <= target and not self._stopped:
                self._clock.move_to(self._heap[0][0])
                attempts += await self._run_due()
            self._clock.move_to(target)
        return attempts

    async def set_clock(self, change: Callable[[], None]) -> None:
        """Freeze the clock, let it run, or reset it, once nobody moves it."""
        async with self._advancing:
            change()
            self._disarm()
            self._arm()

    async def redeliver(self, task: Task, position: int) -> Attempt:
        """Send one of the task's callbacks once more, now. Raises as Attempts.redeliver."""
        return await self._attempts.redeliver(task, position)

    async def _run_due(self) -> int:
        """Attempt all that is due by now, in due order; returns when everything was attempted, and how many."""
        await self._attempts.settled()
        made = self._attempts.made
        hanging: set[str] = set()
        while self._is_due():
            await self._delivery.ready()
            while self._is_due():
                await self._start_in_turn(heapq.heappop(self._heap)[-1], hanging)
            await self._attempts.settled()
        return self._attempts.made - made

    async def drop(self, key: str | None) -> None:
        """Owe nothing more to one key's tasks, or to any, and cut off the attempts under way."""
        self.written_off = 0 if key is None else self.written_off
        self._heap = [owed for owed in self._heap if key not in (None, owed[-1].task.account)]
        heapq.heapify(self._heap)
        await self._attempts.drop(key)
        self._let_all_in()

    async def stop(self, grace: float = GRACE) -> None:
        """Give attempts under way `grace` seconds, then write down every callback that is still owed."""
        self._stopped = True
        self._disarm()
        self._let_all_in()
        left = await self._attempts.stop(grace)
        for chain in [*left, *(chain for _, _, chain in sorted(self._heap))]:
            self._attempts.write_off(chain, "the mock was stopped")
        self._heap.clear()

    def _let_in(self) -> None:
        """Have the request that waits longest look again whether there is room."""
        while self._held:
            held = self._held.popleft()
            if not held.done():
                return held.set_result(None)

    def _let_all_in(self) -> None:
        while self._held:
            self._let_in()

    def _push(self, chain: Chain, due: float) -> None:
        chain.due = due
        heapq.heappush(self._heap, (due, next(self._serial), chain))
        if self._chains > OWED_KEPT:
            self.written_off += 1
            first = heapq.heappop(self._heap)[-1]
            self._attempts.write_off(first, f"more than {OWED_KEPT} tasks are owed callbacks")
        self._arm()

    def _arm(self) -> None:
        """Have `_fire` called when the earliest callback is due, unless the clock stands still."""
        if self._stopped or not self._heap or self._clock.frozen:
            return
        due = self._heap[0][0]
        if self._timer is not None:
            if self._armed_for <= due:
                return
            self._timer.cancel()
        self._armed_for = due
        self._timer = asyncio.get_running_loop().call_later(max(0.0, due - self._clock.now()), self._fire)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        while self._is_due():
            self._attempts.start(heapq.heappop(self._heap)[-1])
        self._arm()

    def _is_due(self) -> bool:
        return not self._stopped and bool(self._heap) and self._heap[0][0] <= self._clock.now()

    async def _start_in_turn(self, chain: Chain, hanging: set[str]) -> None:
        """Start an attempt, and wait for it unless its receiver hangs."""
        attempt = self._attempts.start(chain)
        receiver = receiver_of(chain.task.callback_url)
        if attempt is not None and receiver not in hanging:
            done, _ = await asyncio.wait({attempt}, timeout=STAGGER)
            hanging |= set() if done else {receiver}
