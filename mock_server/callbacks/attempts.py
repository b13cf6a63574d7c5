"""One attempt to deliver one callback: its body, its delivery, its journal entry, and what follows."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from mock_server.callbacks.shortage import shortage
from mock_server.domain import callback_body, replayed
from mock_server.domain.attempt import Attempt, Delivery, Outcome
from mock_server.domain.callback_headers import callback_headers
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.kept_answer import Headers
from mock_server.domain.owed import Claimed, Owed, Settlement, settled
from mock_server.domain.tasks import Task
from mock_server.state.journal_entries import Attempted
from mock_server.state.store import Store

CUT_OFF: Final = "the mock was stopped before the receiver had answered"
LACKS: Final = "the mock lacks what it needs: {}"
Ended = Callable[[Attempted], Awaitable[None]]
"""What is done with the journal entry of an attempt."""


class Attempts:
    """Makes attempts, and tells the store how they ended. `made` counts those that were made to the end."""

    def __init__(self, store: Store, delivery: Delivery, catalogue: Catalogue, track_maker: TrackMaker) -> None:
        self._store = store
        self._delivery = delivery
        self._catalogue = catalogue
        self._track_maker = track_maker
        self._stopping = False
        self.made = 0

    def stop(self) -> None:
        """From now on an attempt that is cut off is written down, because the mock stops."""
        self._stopping = True

    async def make(self, claimed: Claimed) -> None:
        """Attempt what was claimed, and settle the claim. A bug is written down as an attempt that was not made."""
        record = claimed.record
        if record is None:
            return await self._write_off(claimed, "its task was forgotten, because there were too many")
        if record.given_up:
            return await self._write_off(claimed, "an earlier callback of the task was given up")
        task = self._catalogue.task(record)
        try:
            await self._send(claimed.owed, task, partial(self._settle, claimed, task))
            self.made += 1
        except Exception as error:
            await self._write_off(claimed, f"the mock itself failed: {error!r}")
            trouble = {"message": f"an attempt for task {record.id} failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(trouble)

    async def make_again(self, task: Task, owed: Owed) -> Attempt:
        """Send one of a task's callbacks once more, now; nothing follows from how it ends."""
        return await self._send(owed, task, self._note, redelivered=True)

    async def _send(self, owed: Owed, task: Task, ended: Ended, *, redelivered: bool = False) -> Attempt:
        """Make one attempt and tell its end, also that of one that the mock's stop cuts off."""
        at = (await self._store.moment()).now
        body, recorded = self._told(task, owed)
        began = asyncio.get_running_loop().time()
        try:
            further = callback_headers(task, body, at, recorded)
            attempt = await self._delivery.attempt(owed.url, body, task.edition.readings.received_statuses, further)
        except asyncio.CancelledError:
            if self._stopping and (redelivered or not self._store.outlives):
                cut_off = _without_an_answer(Outcome.UNDELIVERED, CUT_OFF, began)
                await ended(Attempted.ended(owed, at, cut_off, body, redelivered=redelivered))
            raise
        except Exception as error:
            lack = shortage(error)
            if not lack:
                raise
            attempt = _without_an_answer(Outcome.UNREACHABLE, LACKS.format(lack), began)
        await ended(Attempted.ended(owed, at, attempt, body, redelivered=redelivered))
        return attempt

    def _told(self, task: Task, owed: Owed) -> tuple[bytes, Headers | None]:
        """The body of a callback, and the headers of one that was recorded."""
        course = task.scenario.course
        if course is None:
            return callback_body.body(task, owed.step, self._track_maker), None
        told = replayed.callback(task.scenario, course, owed.step)
        return replayed.told_again(task, course, told.text, self._track_maker).encode(), told.headers

    async def _settle(self, claimed: Claimed, task: Task, entry: Attempted) -> None:
        if entry.outcome is Outcome.UNDELIVERED:
            return await self._store.settle(claimed, [entry], Settlement.cut_off(claimed.owed))
        now = (await self._store.moment()).now
        await self._store.settle(claimed, [entry], settled(claimed.owed, entry.outcome, task, now))

    async def _note(self, entry: Attempted) -> None:
        await self._store.journal.append(entry)

    async def _write_off(self, claimed: Claimed, why: str) -> None:
        """Write down that what is left of the task's callbacks is not delivered."""
        now = (await self._store.moment()).now
        await self._store.settle(claimed, Attempted.undelivered(claimed.owed, now, why), Settlement())


def _without_an_answer(outcome: Outcome, detail: str, began: float) -> Attempt:
    return Attempt(outcome=outcome, detail=detail, took=asyncio.get_running_loop().time() - began)
