"""The store of one process: everything in memory, and no method waits."""

from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

from mock_server.contract.source_tracks import Track
from mock_server.core.clock import LAST_MOMENT, Clock, MockClock
from mock_server.core.credits import Credits
from mock_server.core.epoch import MANUAL_EPOCH, parse_epoch
from mock_server.core.errors import BadSetting, ClockRuns
from mock_server.core.settings import Pace, Settings
from mock_server.domain.accounts import AccountRecord
from mock_server.domain.answer import Answer
from mock_server.domain.owed import Claimed, Owed, Settlement
from mock_server.domain.proposal import Crowded, Proposal
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.terms import KeySettings, Terms
from mock_server.state.change_signal import Changes
from mock_server.state.faults import Fault, FaultTable
from mock_server.state.journal import MemoryJournal
from mock_server.state.journal_entries import Attempted, Requested
from mock_server.state.ledger import Ledger
from mock_server.state.live_settings import LiveSettings
from mock_server.state.memory_accept import Deciding
from mock_server.state.memory_accounts import Accounts
from mock_server.state.memory_callbacks import OWED_KEPT, OwedCallbacks
from mock_server.state.steps import Steps
from mock_server.state.store import Advance, Moment


class MemoryStore:
    """Each method does all that it does at once, so that nobody sees half of it. Without a `clock` it has the one that
    the settings describe; a `ledger` is told of every record that changes."""

    outlives = False
    trouble = ""

    def __init__(self, settings: Settings, clock: Clock | None = None, ledger: Ledger | None = None) -> None:
        self.settings = settings
        self.changes = Changes()
        self.journal = MemoryJournal(self.changes, ledger)
        self._clock = clock or described_clock(settings)
        self._live = LiveSettings(settings, ledger)
        self._accounts = Accounts(lambda key: self._live.terms(key).credits, ledger)
        self._owed = OwedCallbacks(ledger)
        self._faults = FaultTable(ledger)
        self._written_off = 0
        self._resets = 0

    async def terms(self, key: str | None) -> Terms:
        return self._live.terms(key)

    async def count(self, key: str) -> int:
        account = self._accounts.used(key)
        account.requests += 1
        return account.requests

    async def take_fault(self, key: str | None) -> Fault | None:
        return self._faults.take(key)

    async def accept(self, proposal: Proposal) -> Answer | None:
        if self._live.terms(proposal.key).generation != proposal.terms.generation:
            return None
        now = self._clock.now()
        deciding = Deciding(proposal, self._accounts, self._owed, Moment(now, self._clock.frozen))
        opening, decision = deciding.decide()
        if opening is not None:
            self._accounts.open(opening)
            if opening.owed is not None:
                self._owe(opening.owed)
        answer = proposal.answered(decision)
        if proposal.call is not None:
            self.journal.record(Requested.answered(now, proposal.call, answer))
        return answer

    async def claim(self, full: Container[str], *, advancing: bool = False) -> Claimed | None:
        if self._clock.frozen and not advancing:
            return None
        claimed = self._owed.claim(self._clock.now(), full)
        return None if claimed is None else Claimed(*claimed, self._accounts.task(claimed[1].task_id))

    async def settle(self, claimed: Claimed, entries: Sequence[Attempted], settlement: Settlement) -> None:
        if not self._owed.settle(claimed.token):
            return
        for entry in entries:
            self.journal.record(entry)
        task_id = claimed.owed.task_id
        self._accounts.note(task_id, given_up=settlement.given_up, received=settlement.received)
        for owed in settlement.owed:
            self._owe(owed)

    async def due_within(self) -> float | None:
        due = None if self._clock.frozen else self._owed.next_later()
        return None if due is None else max(0.0, due - self._clock.now())

    async def crowded(self, receiver: str) -> Crowded | None:
        return self._owed.crowded(receiver, self._clock.now())

    async def owed(self, task_id: str) -> Sequence[Owed]:
        return sorted(each for each in self._owed if each.task_id == task_id)

    async def abandon(self, why: str) -> None:
        now = self._clock.now()
        for owed in self._owed.drop(None):
            self._write_off(owed, now, why)

    async def moment(self) -> Moment:
        return Moment(self._clock.now(), self._clock.frozen)

    async def freeze(self) -> None:
        self._clock.freeze()
        self.changes.note()

    async def run(self) -> None:
        self._clock.run()
        self.changes.note()

    async def begin_advance(self, seconds: float) -> Advance:
        if not self._clock.frozen:
            raise ClockRuns("the clock runs by itself; freeze it first, or start with --pace manual")
        if not isinstance(seconds, int | float) or not seconds >= 0:
            raise BadSetting(f"seconds is {seconds!r}. Allowed: 0 or more; a clock goes back with a reset alone.")
        target = self._clock.now() + seconds
        if not target <= LAST_MOMENT:
            raise BadSetting("the clock would pass the end of the year 9999; reset the mock to start again.")
        return Advance(target, self._resets)

    async def advance(self, to: Advance) -> bool:
        if to.resets != self._resets or not self._clock.frozen:
            return False
        due = self._owed.next_due()
        is_due = due is not None and due <= to.target
        moment = due if due is not None and is_due else to.target
        self._clock.move_to(max(self._clock.now(), moment))
        self.changes.note()
        return is_due

    async def take_over(self) -> Advance | None:
        return None

    async def settings_in_force(self) -> Settings:
        return self._live.settings

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        self._live.change(changes)
        self.changes.note()

    async def change_readings(self, readings: Mapping[str, str]) -> None:
        self._live.override(readings)
        self.changes.note()

    async def change_key(self, key: str, changes: Mapping[str, Any]) -> None:
        self._live.change_key(key, changes)
        if "credits" in changes:
            self._accounts.used(key).credits = self._live.terms(key).credits
        self.changes.note()

    async def keys_of_their_own(self) -> Mapping[str, KeySettings]:
        return self._live.keys

    async def put_fault(self, key: str | None, fault: Fault) -> None:
        self._faults.put(key, fault)
        self.changes.note()

    async def faults(self) -> Sequence[tuple[str | None, Fault]]:
        return self._faults.all()

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        self._accounts.queue(key, scenario, times)
        self.changes.note()

    async def clear_queue(self, key: str) -> None:
        account = self._accounts.used(key)
        account.queued.clear()
        account.standing = None
        self.changes.note()

    async def add_track(self, key: str | None, track: Track) -> None:
        self._accounts.add_track(key, track)
        self.changes.note()

    async def tracks(self, key: str | None) -> Mapping[str, Track]:
        return self._accounts.tracks(key)

    async def added_track(self, track_id: str) -> Track | None:
        return self._accounts.added_track(track_id)

    async def task(self, task_id: str) -> TaskRecord | None:
        return self._accounts.task(task_id)

    async def task_of_track(self, track_id: str) -> TaskRecord | None:
        return self._accounts.task_of_track(track_id)

    async def tasks(self, key: str | None) -> Sequence[TaskRecord]:
        return self._accounts.tasks(key)

    async def made(self, key: str, operation: str) -> Collection[str]:
        account = self._accounts.known(key)
        return () if account is None else account.named(operation)

    async def account(self, key: str) -> AccountRecord | None:
        account = self._accounts.known(key)
        return None if account is None else account.record(self._clock.now())

    async def balance(self, key: str) -> Credits:
        return self._accounts.used(key).balance(self._clock.now())

    async def keys(self) -> Sequence[str]:
        return self._accounts.keys()

    async def dropped(self) -> Mapping[str, int]:
        return {"entries": self.journal.dropped, "tasks_owed": self._written_off, **self._accounts.dropped}

    async def reset(self, key: str | None) -> None:
        self._accounts.reset(key)
        self._owed.forget(key)
        self._faults.reset(key)
        self.journal.forget(key)
        if key is None:
            self._written_off = 0
            self._resets += 1
            self._live.reset()
            self._clock.reset()
        steps = Steps()
        while self._accounts.let_go():
            await steps.one()

    async def close(self) -> None:
        """Nothing is held."""

    def let_go(self) -> None:
        """Nothing is held."""

    def _owe(self, owed: Owed) -> None:
        too_many = self._owed.owe(owed)
        if too_many is not None:
            self._written_off += 1
            self._write_off(too_many, self._clock.now(), f"more than {OWED_KEPT} tasks are owed callbacks")

    def _write_off(self, owed: Owed, now: float, why: str) -> None:
        for entry in Attempted.undelivered(owed, now, why):
            self.journal.record(entry)


def described_clock(settings: Settings) -> MockClock:
    """The clock that the settings describe."""
    epoch = parse_epoch(settings.epoch)
    if Pace.parse(settings.pace).manual:
        return MockClock(MANUAL_EPOCH if epoch is None else epoch, frozen=True)
    return MockClock(epoch)
