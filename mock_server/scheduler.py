"""The callbacks that all tasks owe, in due order, and their delivery. A slow receiver holds up nothing but its own
task."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Collection
from itertools import count
from typing import Final

from mock_server import callbacks
from mock_server.chains import Chain, chains
from mock_server.clock import Clock
from mock_server.delivery import Attempt, Delivery, Outcome
from mock_server.entries import Attempted
from mock_server.journal import Journal
from mock_server.places import Places, receiver_of
from mock_server.results import Studio
from mock_server.tasks import Task
from mock_server.timeline import plan

STAGGER: Final = 0.25
"""Under a manual clock an attempt waits for the one before it, so that the order is always the same, but at most
these seconds of real time, and once per receiver, so that one that hangs delays nobody."""
OWED_KEPT: Final = 100_000
"""Chains of callbacks that are owed at once; past that the one due first is written off."""
LAST_MOMENT: Final = 253402300799.0
"""Epoch seconds of the end of the year 9999, past which no createTime can be written."""
GRACE: Final = 1.0
"""Seconds of real time that attempts under way get when the mock stops."""


class Scheduler:
    """Owes callbacks and has them delivered. While the clock runs they go out by themselves until `stop`; while it
    stands still `advance` sends them. `note_last` is told whether a task's last callback was received; `written_off`
    counts the chains that were never sent because there were too many."""

    def __init__(
        self,
        clock: Clock,
        delivery: Delivery,
        journal: Journal,
        studio: Studio,
        note_last: Callable[[Task, bool], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._delivery = delivery
        self._journal = journal
        self._studio = studio
        self._note_last = note_last
        self._heap: list[tuple[float, int, Chain]] = []
        self._serial = count()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._under_way: dict[asyncio.Task[None], Chain] = {}
        self._places = Places()
        self._advancing = asyncio.Lock()
        self._stopped = False
        self.written_off = 0

    def schedule(self, task: Task) -> None:
        """Owe the task's callbacks from now on."""
        for chain in chains(task):
            self._push(chain)

    def owed(self, task: Task) -> list[tuple[float, Chain]]:
        """What is still owed to a task, each with when it is due, the next one first; not what is under way."""
        owed = sorted(entry for entry in self._heap if entry[-1].task is task)
        return [(due, chain) for due, _, chain in owed]

    async def advance(self, seconds: float) -> int:
        """Move a clock that stands still and attempt all that falls due on the way, each at its time. Returns how many.

        Raises TypeError when the clock runs by itself, and ValueError when it would pass the year 9999.
        """
        async with self._advancing:
            if not self._clock.frozen:
                raise TypeError("the clock runs by itself; freeze it first, or start with --pace manual")
            target = self._clock.now() + seconds
            if not target <= LAST_MOMENT:
                raise ValueError("the clock would pass the end of the year 9999; reset the mock to start again")
            attempts = await self.run_due()
            while self._heap and self._heap[0][0] <= target and not self._stopped:
                self._clock.move_to(self._heap[0][0])
                attempts += await self.run_due()
            self._clock.move_to(target)
        return attempts

    async def set_clock(self, change: Callable[[], None]) -> None:
        """Freeze the clock, let it run, or reset it, once nobody moves it."""
        async with self._advancing:
            change()
            self._disarm()
            self._arm()

    async def redeliver(self, task: Task, position: int) -> Attempt:
        """Send one of the task's callbacks once more, now; nothing follows from how it ends."""
        chain = Chain(task, plan(task), position)
        return await self._send(chain)

    async def run_due(self) -> int:
        """Attempt all that is due by now, in due order; returns when everything was attempted, and how many."""
        attempts = 0
        hanging: set[str] = set()
        while self._is_due():
            started = []
            while self._is_due():
                started.append(await self._start_in_turn(heapq.heappop(self._heap)[-1], hanging))
            await asyncio.wait(started)
            attempts += sum(1 for attempt in started if not attempt.cancelled() and attempt.result() is None)
        return attempts

    async def drop(self, key: str | None) -> None:
        """Owe nothing more to one key's tasks, or to any, and cut off the attempts under way."""
        self.written_off = 0 if key is None else self.written_off
        self._heap = [owed for owed in self._heap if key not in (None, owed[-1].task.account)]
        heapq.heapify(self._heap)
        await _cut_off([each for each, chain in self._under_way.items() if key in (None, chain.task.account)])

    async def stop(self, grace: float = GRACE) -> None:
        """Give attempts under way `grace` seconds, then write down every callback that is still owed."""
        self._stopped = True
        self._disarm()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=grace)
        under_way = dict(self._under_way)
        await _cut_off(under_way)
        for chain in [*under_way.values(), *(chain for _, _, chain in sorted(self._heap))]:
            self._write_off(chain, "the mock was stopped")
        self._heap.clear()

    def _push(self, chain: Chain, due: float | None = None) -> None:
        heapq.heappush(self._heap, (chain.due if due is None else due, next(self._serial), chain))
        if len(self._heap) > OWED_KEPT:
            self.written_off += 1
            self._write_off(heapq.heappop(self._heap)[-1], f"more than {OWED_KEPT} tasks are owed callbacks")
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
            self._start(heapq.heappop(self._heap)[-1])
        self._arm()

    def _is_due(self) -> bool:
        return not self._stopped and bool(self._heap) and self._heap[0][0] <= self._clock.now()

    def _start(self, chain: Chain) -> asyncio.Task[None]:
        attempt = asyncio.get_running_loop().create_task(self._attempt(chain))
        self._under_way[attempt] = chain
        attempt.add_done_callback(self._under_way.pop)
        return attempt

    async def _start_in_turn(self, chain: Chain, hanging: set[str]) -> asyncio.Task[None]:
        """Start an attempt, and wait for it unless its receiver hangs."""
        attempt = self._start(chain)
        receiver = receiver_of(chain.task.callback_url)
        if receiver not in hanging:
            done, _ = await asyncio.wait({attempt}, timeout=STAGGER)
            hanging |= set() if done else {receiver}
        return attempt

    async def _attempt(self, chain: Chain) -> None:
        try:
            await self._make(chain)
        except Exception as error:
            self._write_off(chain, f"the mock itself failed: {error!r}")
            raise

    async def _make(self, chain: Chain) -> None:
        if chain.task.given_up:
            return self._write_off(chain, "an earlier callback of the task was given up")
        async with self._places.place(chain.task.callback_url):
            attempt = await self._send(chain)
        await self._follow_up(chain, attempt.outcome)

    async def _send(self, chain: Chain) -> Attempt:
        """Make one attempt and write it down."""
        task = chain.task
        at = self._clock.now()
        body = callbacks.body(task, chain.step, self._studio)
        attempt = await self._delivery.attempt(task.callback_url, body, task.edition.readings.received_statuses)
        self._record(chain, at, attempt, body)
        return attempt

    async def _follow_up(self, chain: Chain, outcome: Outcome) -> None:
        """Retry, go on to the next callback, or give the task up."""
        wait = chain.retry_after(outcome)
        if wait is not None:
            chain.retries += 1
            return self._push(chain, self._clock.now() + wait)
        last = chain.go_on(outcome)
        if last is not None:
            await self._note_last(chain.task, last)
        if not chain.ended:
            self._push(chain)

    def _record(self, chain: Chain, at: float, attempt: Attempt, body: bytes = b"") -> None:
        task = chain.task
        stage = chain.step.stage
        failure = task.scenario.failure_at(stage)
        self._journal.record(
            Attempted(
                at=at,
                key=task.account,
                task_id=task.id,
                stage=stage,
                code=200 if failure is None else failure.code,
                number=chain.retries + 1,
                url=task.callback_url,
                body=body,
                outcome=attempt.outcome,
                detail=attempt.detail,
                took=attempt.took,
            )
        )

    def _write_off(self, chain: Chain, why: str) -> None:
        now = self._clock.now()
        while not chain.ended:
            self._record(chain, now, Attempt(outcome=Outcome.UNDELIVERED, detail=why, took=0.0))
            chain.position += 1
            chain.retries = 0


async def _cut_off(attempts: Collection[asyncio.Task[None]]) -> None:
    """Cancel attempts, and return when they have ended."""
    for attempt in attempts:
        attempt.cancel()
    await asyncio.gather(*attempts, return_exceptions=True)
