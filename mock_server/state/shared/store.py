"""The store of one of several workers: all of it in memory, changed in turns.

The rules are those of the store in memory, and each worker applies them to the same state in one order. So the same
requests get the same answers and callbacks whoever serves them.
"""

import asyncio
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any, Final

from mock_server.contract.source_tracks import Track
from mock_server.core.credits import Credits
from mock_server.core.errors import StateFailed
from mock_server.core.settings import Settings
from mock_server.domain.accounts import AccountRecord
from mock_server.domain.answer import Answer
from mock_server.domain.owed import Claimed, Owed, Settlement
from mock_server.domain.proposal import Crowded, Proposal
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.terms import KeySettings, Terms
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Attempted
from mock_server.state.shared.worker import Worker
from mock_server.state.store import Advance, Moment

AGAIN: Final = 1.0
"""Seconds of real time after which what is due is looked at again: others make it due, or leave it behind."""


class SharedStore(Worker):
    """Whoever waits for a change has it in the engine, and whoever asks sees what was changed before. What the engine
    does not do is told by StateFailed."""

    async def terms(self, key: str | None) -> Terms:
        await self._caught_up()
        return await super().terms(key)

    async def count(self, key: str) -> int:
        return await self._in_turn(super().count(key))

    async def take_fault(self, key: str | None) -> Fault | None:
        await self._caught_up()
        return await self._in_turn(super().take_fault(key)) if self._faults.all() else None

    async def accept(self, proposal: Proposal) -> Answer | None:
        return await self._in_turn(super().accept(proposal))

    async def claim(self, full: Container[str], *, advancing: bool = False) -> Claimed | None:
        await self._tried()
        stands = self._clock.frozen and not advancing
        if stands or self.trouble or not self._owed.may_claim(self._clock.now(), full):
            return None
        try:
            claimed = await self._in_turn(super().claim(full, advancing=advancing))
        except StateFailed:
            return None
        if claimed is not None:
            self._sending.add(claimed.token)
        return claimed

    async def settle(self, claimed: Claimed, entries: Sequence[Attempted], settlement: Settlement) -> None:
        """How an attempt ended is written once it can be; after the end of this mock another one makes it again."""
        while not self._turns.closed:
            try:
                await self._in_turn(super().settle(claimed, entries, settlement))
                return self._sending.discard(claimed.token)
            except StateFailed:
                await asyncio.sleep(AGAIN)

    async def due_within(self) -> float | None:
        within = await super().due_within()
        return AGAIN if within is None else min(within, AGAIN)

    async def crowded(self, receiver: str) -> Crowded | None:
        await self._tried()
        return await super().crowded(receiver)

    async def owed(self, task_id: str) -> Sequence[Owed]:
        await self._tried()
        return await super().owed(task_id)

    async def abandon(self, why: str) -> None:
        try:
            await self._in_turn(self._leave_behind())
        except StateFailed:
            return

    async def moment(self) -> Moment:
        await self._tried()
        return await super().moment()

    async def freeze(self) -> None:
        await self._in_turn(self._moving(super().freeze()))

    async def run(self) -> None:
        await self._in_turn(self._moving(super().run()))

    async def begin_advance(self, seconds: float) -> Advance:
        """The same, once no other worker moves the clock."""
        while True:
            count = self.changes.count
            begun = await self._in_turn(self._begin(seconds))
            if begun is not None:
                self._moving_clock = True
                return begun
            await self.changes.past(count)

    async def advance(self, to: Advance) -> bool:
        try:
            is_due = await self._in_turn(self._advanced(to))
        except StateFailed:
            self._moving_clock = False  # who moves it ends
            raise
        self._moving_clock = is_due and self._moving_clock
        return is_due

    async def take_over(self) -> Advance | None:
        if not self._advance or self._advance[0]:
            return None
        taken = await self._in_turn(self._taken_over())
        self._moving_clock = taken is not None
        return taken

    async def settings_in_force(self) -> Settings:
        await self._tried()
        return await super().settings_in_force()

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        await self._in_turn(super().change_settings(changes))

    async def change_readings(self, readings: Mapping[str, str]) -> None:
        await self._in_turn(super().change_readings(readings))

    async def change_key(self, key: str, changes: Mapping[str, Any]) -> None:
        await self._in_turn(super().change_key(key, changes))

    async def keys_of_their_own(self) -> Mapping[str, KeySettings]:
        await self._caught_up()
        return await super().keys_of_their_own()

    async def put_fault(self, key: str | None, fault: Fault) -> None:
        await self._in_turn(super().put_fault(key, fault))

    async def faults(self) -> Sequence[tuple[str | None, Fault]]:
        await self._caught_up()
        return await super().faults()

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        await self._in_turn(super().queue(key, scenario, times))

    async def clear_queue(self, key: str) -> None:
        await self._in_turn(super().clear_queue(key))

    async def add_track(self, key: str | None, track: Track) -> None:
        await self._in_turn(super().add_track(key, track))

    async def tracks(self, key: str | None) -> Mapping[str, Track]:
        await self._caught_up()
        return await super().tracks(key)

    async def added_track(self, track_id: str) -> Track | None:
        await self._caught_up()
        return await super().added_track(track_id)

    async def task(self, task_id: str) -> TaskRecord | None:
        await self._caught_up()
        return await super().task(task_id)

    async def task_of_track(self, track_id: str) -> TaskRecord | None:
        await self._caught_up()
        return await super().task_of_track(track_id)

    async def tasks(self, key: str | None) -> Sequence[TaskRecord]:
        await self._caught_up()
        return await super().tasks(key)

    async def made(self, key: str, operation: str) -> Collection[str]:
        await self._caught_up()
        return await super().made(key, operation)

    async def account(self, key: str) -> AccountRecord | None:
        await self._caught_up()
        return await super().account(key)

    async def balance(self, key: str) -> Credits:
        return await self._in_turn(super().balance(key))

    async def keys(self) -> Sequence[str]:
        await self._caught_up()
        return await super().keys()

    async def dropped(self) -> Mapping[str, int]:
        await self._tried()
        return await super().dropped()

    async def reset(self, key: str | None) -> None:
        await self._in_turn(self._reset(key))

    async def _reset(self, key: str | None) -> None:
        await super().reset(key)
        if key is None:
            self._advance = None
            self._moved()

    async def _moving(self, change: Any) -> None:
        await change
        self._moved()

    async def _begin(self, seconds: float) -> Advance | None:
        left = 0.0
        if self._advance is not None and self._advance[0] != self._name:
            holder, target = self._advance
            if holder:
                return None
            left = target - self._clock.now()  # as if who has left it had ended it first
        to = await super().begin_advance(seconds + left if left > 0 else seconds)
        self._set_advance(self._name, to.target)
        return to

    async def _advanced(self, to: Advance) -> bool:
        is_due = await super().advance(to)
        if not is_due and to.resets == self._resets and self._advance == (self._name, to.target):
            self._advance = None
            self.changes.note()
        self._moved()
        return is_due

    async def _taken_over(self) -> Advance | None:
        if self._advance is None or self._advance[0]:
            return None
        self._set_advance(self._name, self._advance[1])
        return Advance(self._advance[1], self._resets)

    async def _leave_behind(self) -> None:
        for token in self._owed.held_by([self._name]):
            self._owed.give_back(token)
        if self._advance is not None and self._advance[0] == self._name:
            self._set_advance("", self._advance[1])
