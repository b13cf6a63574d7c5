"""The store of one process that outlives it: all of it in memory, and every change in a file before its answer leaves.

The rules are those of the store in memory, which notes what it changes. What a step has noted goes into the file as one
step, so that the next process finds all of it or nothing.
"""

import sqlite3
from collections.abc import Container, Coroutine, Mapping, Sequence
from typing import Any, Final, Self, TypeVar

from mock_server.contract.profile_files import identity, profile_file
from mock_server.contract.questions import Register
from mock_server.contract.source_tracks import Track
from mock_server.core.clock import LAST_MOMENT, Clock, MockClock, real_time
from mock_server.core.credits import Credits
from mock_server.core.errors import BadSetting, StateFailed
from mock_server.core.garbage import nothing_thrown_away
from mock_server.core.seeded import digest
from mock_server.core.settings import CATCH_UP, Pace, Settings
from mock_server.domain.answer import Answer
from mock_server.domain.owed import Claimed, Settlement
from mock_server.domain.proposal import Proposal
from mock_server.state.change_signal import Changes
from mock_server.state.faults import Fault
from mock_server.state.file_errors import told, why
from mock_server.state.file_records import Records
from mock_server.state.file_writer import FileWriter
from mock_server.state.journal import MemoryJournal
from mock_server.state.journal_entries import Attempted, Entry
from mock_server.state.ledger import Table
from mock_server.state.memory_store import MemoryStore, described_clock
from mock_server.state.state_file import StateFile
from mock_server.state.store import Advance

T = TypeVar("T")
AGAIN: Final = 1.0
"""Seconds of real time until callbacks are looked at again while the file cannot be written."""


class FileJournal(MemoryJournal):
    """The journal, with every entry in the file. One that cannot be written is kept in memory, and written later."""

    def __init__(self, changes: Changes, writer: FileWriter) -> None:
        super().__init__(changes, writer)
        self._writer = writer

    async def append(self, entry: Entry) -> int:
        id = await super().append(entry)
        await self._writer.tried()
        return id

    async def clear(self, key: str | None) -> None:
        await super().clear(key)
        await self._writer.written()


class FileStore(MemoryStore):
    """Whoever waits for a change has it in the file. What cannot be written is told by StateFailed; after that nothing
    is changed until the file can be written again. What only callbacks wait for is written when it can be.

    A `clock` of somebody's own is taken as it is; that of the settings goes on from where it was seen last."""

    outlives = True

    def __init__(self, settings: Settings, file: StateFile, clock: Clock | None = None) -> None:
        self._file = file
        self._writer = FileWriter(file, lambda unwritten: self._records.describe(unwritten))
        own_clock = described_clock(settings)
        super().__init__(settings, clock or own_clock, self._writer)
        self.journal: MemoryJournal = FileJournal(self.changes, self._writer)
        self._manual = Pace.parse(settings.pace).manual
        self._records = Records(self._accounts, self._owed, self._faults, self._live, self.journal, self._mock)
        with nothing_thrown_away():
            mock = self._records.restore(file)
        if mock:
            self._written_off = mock["tasks_owed"]
            self._go_on(own_clock, mock)
        self._writer.begin()

    @property
    def trouble(self) -> str:  # type: ignore[override]  # it is not for ever
        return self._writer.failed

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The store that `settings.state` holds, or a new one there. Raises BadSetting."""
        return cls.reopened(settings, made_with(settings))

    @classmethod
    def reopened(cls, settings: Settings, about: Mapping[str, str]) -> Self:
        """The same, where the file was made with `about`, whatever the settings say. Raises BadSetting."""
        file = StateFile(settings.state, about, settings.durability)
        try:
            return cls(settings, file)
        except sqlite3.Error as error:
            file.close()
            raise BadSetting(f"the state file {settings.state} cannot be used: {told(error)}") from None
        except (LookupError, TypeError, ValueError) as error:
            file.close()
            raise BadSetting(
                f"the state file {settings.state} cannot be read: {why(error)}. It stays as it is: choose another "
                "--state."
            ) from None

    async def count(self, key: str) -> int:
        return await self._kept(super().count(key))

    async def take_fault(self, key: str | None) -> Fault | None:
        fault = await super().take_fault(key)
        if fault is not None:
            await self._writer.tried()
        return fault

    async def accept(self, proposal: Proposal) -> Answer | None:
        return await self._kept(super().accept(proposal))

    async def claim(self, full: Container[str], *, advancing: bool = False) -> Claimed | None:
        claimed = await super().claim(full, advancing=advancing)
        if claimed is None or self._writer.holds(Table.OWED, claimed.owed):
            return claimed
        return self._if_written(claimed, written=await self._writer.tried())

    async def settle(self, claimed: Claimed, entries: Sequence[Attempted], settlement: Settlement) -> None:
        await super().settle(claimed, entries, settlement)
        await self._writer.tried()

    async def due_within(self) -> float | None:
        within = await super().due_within()
        return within if within is None or not self._writer.failed else max(within, AGAIN)

    async def abandon(self, why: str) -> None:
        await self._writer.tried()

    async def freeze(self) -> None:
        self._writer.note(Table.MOCK, "")
        await self._kept(super().freeze())

    async def run(self) -> None:
        self._writer.note(Table.MOCK, "")
        await self._kept(super().run())

    async def advance(self, to: Advance) -> bool:
        self._writer.note(Table.MOCK, "")
        return await self._kept(super().advance(to))

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        await self._kept(super().change_settings(changes))

    async def change_readings(self, readings: Mapping[str, str]) -> None:
        await self._kept(super().change_readings(readings))

    async def change_key(self, key: str, changes: Mapping[str, Any]) -> None:
        await self._kept(super().change_key(key, changes))

    async def put_fault(self, key: str | None, fault: Fault) -> None:
        await self._kept(super().put_fault(key, fault))

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        await self._kept(super().queue(key, scenario, times))

    async def clear_queue(self, key: str) -> None:
        await self._kept(super().clear_queue(key))

    async def add_track(self, key: str | None, track: Track) -> None:
        await self._kept(super().add_track(key, track))

    async def balance(self, key: str) -> Credits:
        return await self._kept(super().balance(key))

    async def reset(self, key: str | None) -> None:
        await self._kept(super().reset(key))

    async def close(self) -> None:
        await self._writer.close()

    def let_go(self) -> None:
        self._file.close()

    def _if_written(self, claimed: Claimed, *, written: bool) -> Claimed | None:
        """What was claimed; what the file does not know is given back, and not attempted."""
        if written:
            return claimed
        self._owed.give_back(claimed.token)
        return None

    async def _kept(self, change: Coroutine[Any, Any, T]) -> T:
        """Make a change, and return once it is in the file. Raises StateFailed: before anything is changed where the
        file could not be written before."""
        if self._writer.failed:
            try:
                await self._writer.written()
            except StateFailed:
                change.close()
                raise
        made = await change
        await self._writer.written()
        return made

    def _mock(self) -> Mapping[str, Any]:
        return {
            "shown": self._clock.now(),
            "frozen": self._clock.frozen,
            "manual": self._manual,
            "real": real_time(),
            "started": self.journal.started,
            "newest": self.journal.newest,
            "entries_dropped": self.journal.dropped,
            "tasks_owed": self._written_off,
            "dropped": dict(self._accounts.dropped),
        }

    def _go_on(self, clock: MockClock, mock: Mapping[str, Any]) -> None:
        """Have the clock go on from where it was seen last; of a pace that is not manual any more, or is now, it does
        as the pace says."""
        frozen = mock["frozen"] if mock["manual"] == self._manual else self._manual
        away = max(0.0, real_time() - mock["real"])
        runs_on = not mock["frozen"] and self.settings.after_restart == CATCH_UP
        clock.go_on(min(mock["shown"] + (away if runs_on else 0.0), LAST_MOMENT), frozen=frozen)


def made_with(settings: Settings) -> Mapping[str, str]:
    """What a state file has to be made with, to be used under these settings. Raises BadSetting."""
    questions = " ".join(Register.of(profile_file(settings.profile)).questions)
    return {
        "seed": f"{settings.seed}",
        "profile": identity(settings.profile),
        "questions": digest(0, questions).hex()[:16],
    }
