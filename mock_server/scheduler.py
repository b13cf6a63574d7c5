"""The callbacks that tasks owe, in due order, and the policy of when the next attempt is made.

A task's callbacks form one chain, of which one is owed at a time, so a stage never overtakes another and a slow
receiver holds up nothing but its own task. Where an edition lets stages overtake, each is a chain of its own.
"""

import asyncio
import heapq
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from typing import Final

from mock_server import callbacks
from mock_server.clock import Clock, ManualClock
from mock_server.delivery import Attempt, Delivery, Outcome
from mock_server.entries import Attempted, shown_url
from mock_server.journal import Journal
from mock_server.tasks import Task
from mock_server.timeline import Planned, plan

IN_FLIGHT: Final = 500
"""Attempts under way at once; further ones wait for a place, and their time to answer starts then."""
STAGGER: Final = 0.25
"""Under a manual clock an attempt waits for the one before it, so that the order is always the same, but at most
these seconds of real time, and once per receiver, so that one that hangs delays nobody."""
OWED_KEPT: Final = 100_000
"""Chains of callbacks that are owed at once; past that the one due first is written off."""
LAST_MOMENT: Final = 253402300799.0
"""Epoch seconds of the end of the year 9999, past which no createTime can be written."""
GRACE: Final = 1.0
"""Seconds of real time that attempts under way get when the mock stops."""


@dataclass(slots=True, eq=False)
class Chain:
    """Callbacks of one task that go out one after the other: the position, and the retries made there."""

    task: Task
    planned: tuple[Planned, ...]
    position: int = 0
    retries: int = 0

    @property
    def due(self) -> float:
        return self.task.created + self.planned[self.position].after


class Scheduler:
    """Owes callbacks and has them delivered. With a running clock they go out by themselves until `stop`; with a
    manual clock `advance` sends them."""

    def __init__(self, clock: Clock, delivery: Delivery, journal: Journal, seed: int) -> None:
        self._clock = clock
        self._delivery = delivery
        self._journal = journal
        self._seed = seed
        self._heap: list[tuple[float, int, Chain]] = []
        self._serial = count()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._under_way: dict[asyncio.Task[None], Chain] = {}
        self._places = asyncio.Semaphore(IN_FLIGHT)
        self._advancing = asyncio.Lock()
        self._stopped = False

    def schedule(self, task: Task) -> None:
        """Owe the task's callbacks from now on."""
        planned = plan(task)
        if not planned:
            return
        if task.edition.readings.callback_order:
            self._push(Chain(task, planned))
        else:
            for each in planned:
                self._push(Chain(task, (each,)))

    async def advance(self, seconds: float) -> int:
        """Move a manual clock and attempt all that falls due on the way, each at its time. Returns how many.

        Raises TypeError when the clock runs by itself, and ValueError when it would pass the year 9999.
        """
        if not isinstance(self._clock, ManualClock):
            raise TypeError("the clock runs by itself; only --pace manual has a clock to move")
        async with self._advancing:
            target = self._clock.now() + seconds
            if not target <= LAST_MOMENT:
                raise ValueError("the clock would pass the end of the year 9999; reset the mock to start again")
            attempts = await self.run_due()
            while self._heap and self._heap[0][0] <= target:
                self._clock.move_to(self._heap[0][0])
                attempts += await self.run_due()
            self._clock.move_to(target)
        return attempts

    async def rewind(self) -> None:
        """Take a manual clock back to its start, once nobody moves it."""
        async with self._advancing:
            if isinstance(self._clock, ManualClock):
                self._clock.reset()

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
        self._heap = [owed for owed in self._heap if key not in (None, owed[-1].task.account)]
        heapq.heapify(self._heap)
        await _cut_off([each for each, chain in self._under_way.items() if key in (None, chain.task.account)])

    async def stop(self, grace: float = GRACE) -> None:
        """Give attempts under way `grace` seconds, then write down every callback that is still owed."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
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
            self._write_off(heapq.heappop(self._heap)[-1], f"more than {OWED_KEPT} tasks are owed callbacks")
        self._arm()

    def _arm(self) -> None:
        """Have `_fire` called when the earliest callback is due, unless somebody moves the clock."""
        if self._stopped or not self._heap or isinstance(self._clock, ManualClock):
            return
        due = self._heap[0][0]
        if self._timer is not None:
            if self._armed_for <= due:
                return
            self._timer.cancel()
        self._armed_for = due
        self._timer = asyncio.get_running_loop().call_later(max(0.0, due - self._clock.now()), self._fire)

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
        url = chain.task.request.callback_url
        if url not in hanging:
            done, _ = await asyncio.wait({attempt}, timeout=STAGGER)
            hanging |= set() if done else {url}
        return attempt

    async def _attempt(self, chain: Chain) -> None:
        try:
            await self._make(chain)
        except Exception as error:
            self._write_off(chain, f"the mock itself failed: {error!r}")
            raise

    async def _make(self, chain: Chain) -> None:
        task = chain.task
        step = chain.planned[chain.position].step
        if task.given_up:
            return self._write_off(chain, "an earlier callback of the task was given up")
        async with self._places:
            at = self._clock.now()
            attempt = await self._delivery.attempt(
                task.request.callback_url,
                callbacks.body(task, step, self._seed),
                task.edition.readings.received_statuses,
            )
        self._record(chain, at, attempt)
        self._follow_up(chain, attempt.outcome)

    def _follow_up(self, chain: Chain, outcome: Outcome) -> None:
        """Retry, go on to the next callback, or give the task up."""
        readings = chain.task.edition.readings
        received = outcome is Outcome.ACCEPTED
        retries = 0 if outcome is Outcome.BLOCKED else len(readings.retry_spacing)
        if not received and chain.retries < retries:
            wait = chain.task.pace.scale(readings.retry_spacing[chain.retries])
            chain.retries += 1
            return self._push(chain, self._clock.now() + wait)
        chain.task.given_up |= not received and readings.after_giving_up
        chain.position += 1
        chain.retries = 0
        if chain.position < len(chain.planned):
            self._push(chain)

    def _record(self, chain: Chain, at: float, attempt: Attempt) -> None:
        task = chain.task
        stage = chain.planned[chain.position].step.stage
        failure = task.scenario.failure_at(stage)
        self._journal.record(
            Attempted(
                at=at,
                key=task.account,
                task_id=task.id,
                stage=stage,
                code=200 if failure is None else failure.code,
                number=chain.retries + 1,
                url=shown_url(task.request.callback_url),
                outcome=attempt.outcome,
                detail=attempt.detail,
                took=attempt.took,
            )
        )

    def _write_off(self, chain: Chain, why: str) -> None:
        now = self._clock.now()
        while chain.position < len(chain.planned):
            self._record(chain, now, Attempt(outcome=Outcome.UNDELIVERED, detail=why, took=0.0))
            chain.position += 1


async def _cut_off(attempts: Collection[asyncio.Task[None]]) -> None:
    """Cancel attempts, and return when they have ended."""
    for attempt in attempts:
        attempt.cancel()
    await asyncio.gather(*attempts, return_exceptions=True)
