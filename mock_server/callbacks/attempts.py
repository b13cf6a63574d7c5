"""Attempts to deliver callbacks: those under way, those that wait for a place, and what follows from how one ends."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from functools import partial
from itertools import chain as chained
from typing import Any, Final, Protocol, TypeVar

from mock_server.callbacks.chain import Chain
from mock_server.callbacks.concurrency import IN_ALL, PER_RECEIVER, Places, receiver_of
from mock_server.core.clock import Clock
from mock_server.core.errors import BadSetting, NoSuch
from mock_server.domain import callback_body
from mock_server.domain.attempt import Attempt, Delivery, Outcome
from mock_server.domain.generated_tracks import Studio
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan
from mock_server.state.journal import Journal
from mock_server.state.journal_entries import Attempted

T = TypeVar("T")
CUT_OFF: Final = "the mock was stopped before the receiver had answered"
NoteLast = Callable[[Task, bool], Awaitable[None]]


class Owe(Protocol):
    """Takes a chain whose next attempt is due at a moment of the mock's clock."""

    def __call__(self, chain: Chain, due: float) -> None: ...


class Attempts:
    """Makes attempts, as many at once as there are places. `owe` gets back each chain that goes on, `note_last` is told
    whether a task's last callback was received, `freed` is called when an attempt has left its place. `made` counts
    the attempts that ended."""

    def __init__(
        self,
        clock: Clock,
        delivery: Delivery,
        journal: Journal,
        studio: Studio,
        note_last: NoteLast,
        owe: Owe,
        freed: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._delivery = delivery
        self._journal = journal
        self._studio = studio
        self._note_last = note_last
        self._owe = owe
        self._freed = freed
        self._places = Places[Chain]()
        self._under_way: dict[asyncio.Task[Any], Chain] = {}
        self._stopped = False
        self.made = 0

    def __len__(self) -> int:
        """How many chains are under way or wait for a place."""
        return len(self._under_way) + len(self._places)

    def __iter__(self) -> Iterator[Chain]:
        """These chains."""
        return chained((each for each in self._under_way.values() if not each.redelivered), self._places)

    def queued(self, receiver: str) -> int:
        """How many chains wait for a place at a receiver."""
        return self._places.queued(receiver)

    def start(self, chain: Chain) -> asyncio.Task[Any] | None:
        """Make a chain's next attempt; None when it has to wait for a place."""
        receiver = receiver_of(chain.task.callback_url)
        if self._places.take(receiver):
            return self._begin(chain, self._attempt(chain), receiver)
        self._places.wait(receiver, chain)
        return None

    async def settled(self) -> None:
        """Return when nothing is under way and nobody waits for a place."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def redeliver(self, task: Task, position: int) -> Attempt:
        """Send one of the task's callbacks once more, now; nothing follows from how it ends.

        Raises BadSetting when no place is free, and NoSuch when the task is forgotten or the mock stopped meanwhile.
        """
        receiver = receiver_of(task.callback_url)
        if not self._places.take(receiver):
            crowd = f"{PER_RECEIVER} attempts to {receiver} or {IN_ALL} in all"
            raise BadSetting(f"{crowd} are under way; try again when some have ended.")
        again = Chain(task, plan(task)[position : position + 1], redelivered=True)
        sending = self._begin(again, self._send(again), receiver)
        await asyncio.wait({sending})
        if sending.cancelled():
            why = "the mock was stopped" if self._stopped else f"task {task.id} was forgotten"
            raise NoSuch(f"{why} while its callback was sent once more")
        return sending.result()

    async def drop(self, key: str | None) -> None:
        """Cut off the attempts for one key's tasks, or all."""
        self._places.drop(lambda chain: key in (None, chain.task.account))
        await _cut_off([each for each, chain in self._under_way.items() if key in (None, chain.task.account)])

    async def stop(self, grace: float) -> list[Chain]:
        """Give attempts under way `grace` seconds of real time. The chains that were not attempted to the end."""
        self._stopped = True
        waiting = [*self._places]
        self._places.drop(lambda each: True)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=grace)
        cut_off = dict(self._under_way)
        await _cut_off(cut_off)
        return [*cut_off.values(), *waiting]

    def write_off(self, chain: Chain, why: str) -> None:
        """Write down that what is left of a chain is not delivered."""
        now = self._clock.now()
        while not chain.ended:
            self._record(chain, now, Attempt(outcome=Outcome.UNDELIVERED, detail=why, took=0.0))
            chain.turn()

    def _begin(self, chain: Chain, attempt: Coroutine[Any, Any, T], receiver: str) -> asyncio.Task[T]:
        begun = asyncio.get_running_loop().create_task(attempt)
        self._under_way[begun] = chain
        begun.add_done_callback(partial(self._ended, receiver))
        return begun

    def _ended(self, receiver: str, attempt: asyncio.Task[Any]) -> None:
        del self._under_way[attempt]
        following = self._places.leave(receiver)
        if following is not None:
            self._begin(following, self._attempt(following), receiver_of(following.task.callback_url))
        self._freed()

    async def _attempt(self, chain: Chain) -> None:
        try:
            await self._make(chain)
        except Exception as error:
            self.write_off(chain, f"the mock itself failed: {error!r}")
            trouble = {"message": f"an attempt for task {chain.task.id} failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(trouble)

    async def _make(self, chain: Chain) -> None:
        task = chain.task
        if task.forgotten:
            return self.write_off(chain, "its task was forgotten, because there were too many")
        if task.given_up:
            return self.write_off(chain, "an earlier callback of the task was given up")
        attempt = await self._send(chain)
        self.made += 1
        await self._follow_up(chain, attempt.outcome)

    async def _send(self, chain: Chain) -> Attempt:
        """Make one attempt and write it down, also one that the mock's stop cuts off."""
        task = chain.task
        at = self._clock.now()
        body = callback_body.body(task, chain.step, self._studio)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            attempt = await self._delivery.attempt(task.callback_url, body, task.edition.readings.received_statuses)
        except asyncio.CancelledError:
            if self._stopped:
                self._record(
                    chain, at, Attempt(outcome=Outcome.UNDELIVERED, detail=CUT_OFF, took=loop.time() - began), body
                )
                chain.turn()
            raise
        self._record(chain, at, attempt, body)
        return attempt

    async def _follow_up(self, chain: Chain, outcome: Outcome) -> None:
        """Retry, go on to the next callback, or give the task up."""
        wait = chain.retry_after(outcome)
        if wait is not None:
            retried = chain.retried()
            self._owe(retried, self._clock.now() + wait)
            if retried is chain:
                return
        else:
            last = chain.go_on(outcome)
            if last is not None:
                await self._note_last(chain.task, last)
        if not chain.ended:
            self._owe(chain, chain.planned_at)

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
                redelivered=chain.redelivered,
                url=task.callback_url,
                body=body,
                outcome=attempt.outcome,
                detail=attempt.detail,
                took=attempt.took,
            )
        )


async def _cut_off(attempts: Collection[asyncio.Task[Any]]) -> None:
    """Cancel attempts, and return when they have ended."""
    for attempt in attempts:
        attempt.cancel()
    await asyncio.gather(*attempts, return_exceptions=True)
