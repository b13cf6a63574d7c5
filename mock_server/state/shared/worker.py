"""What makes a store in memory that of one worker: the parts that follow others, its turns, and its sign of life."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from logging import getLogger
from secrets import token_hex
from typing import Any, Final, TypeVar

from mock_server.core.clock import LAST_MOMENT
from mock_server.core.errors import StateFailed
from mock_server.core.garbage import nothing_thrown_away
from mock_server.core.settings import CATCH_UP, Pace, Settings
from mock_server.state.journal import MemoryJournal
from mock_server.state.ledger import Table
from mock_server.state.memory_store import MemoryStore, described_clock
from mock_server.state.shared.accounts import SharedAccounts, rows
from mock_server.state.shared.engine import LEASE, Engine, Turn, Whole, Written
from mock_server.state.shared.journal import SharedJournal
from mock_server.state.shared.owed import SharedOwed
from mock_server.state.shared.replica import Replica
from mock_server.state.shared.turns import Turns

LOGGER: Final = getLogger("uvicorn.error")
T = TypeVar("T")
ANSWERS_FOLLOW: Final = (
    "pace",
    "epoch",
    "readings",
    "models",
    "rate_limit",
    "maintenance",
    "strict_keys",
    "adopt_unknown_tracks",
    "credits",
    "retention_days",
    "base_url",
    "callback_timeout",
)
"""The options that decide what is answered and sent, so that all workers have to have the same."""
LOOKS_EVERY: Final = 0.05
"""Seconds of real time between two looks at what others have changed, for who waits for it."""


class Worker(MemoryStore):
    """`name` is one that no other worker has. A worker that was not heard of for `lease` seconds of real time is dead:
    another one makes its attempts, and moves the clock to where it was moving it."""

    outlives = True

    def __init__(self, settings: Settings, engine: Engine, lease: float = LEASE, name: str = "") -> None:
        self._engine = engine
        self._name = name or token_hex(6)
        self._turns = Turns(engine, self._name, self._follow, self._restart, self._begin_turn, self._describe, lease)
        self._own_clock = described_clock(settings)
        super().__init__(settings, self._own_clock, self._turns)
        self.journal: MemoryJournal = (
            journal := SharedJournal(self.changes, self._turns, self._turns.change, self._tried)
        )
        self._accounts: SharedAccounts = SharedAccounts(lambda key: self._live.terms(key).credits, self._turns)
        self._owed: SharedOwed = SharedOwed(self._turns, self._name)
        self._replica = Replica(
            self._accounts, self._owed, self._faults, self._live, journal, self._mock, self._follow_mock
        )
        self._manual = Pace.parse(settings.pace).manual
        self._options = {name: str(getattr(settings, name)) for name in ANSWERS_FOLLOW}
        self._moves: int | None = None
        self._advance: tuple[str, float] | None = None
        self._read: Whole | None = None
        self._sending: set[int] = set()
        self._moving_clock = False
        self._joined = False
        self._watching: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    @property
    def trouble(self) -> str:  # type: ignore[override]  # it is not for ever
        return self._turns.failed

    async def close(self) -> None:
        if self._watching is not None:
            self._ended.set()  # a library in between may swallow a cancellation
            await self._watching
        await self._turns.close()
        await self._engine.leave(self._name)
        await self._engine.close()

    def let_go(self) -> None:
        self._engine.let_go()

    async def _in_turn(self, change: Coroutine[Any, Any, T]) -> T:
        """Make a change in a turn. Raises StateFailed."""
        self._watch()
        return await self._turns.change(change)

    async def _caught_up(self) -> None:
        """Return once what others have changed is here. Raises StateFailed."""
        self._watch()
        await self._turns.caught_up()

    async def _tried(self) -> None:
        """The same, for who can do with less."""
        with suppress(StateFailed):
            await self._caught_up()

    def _watch(self) -> None:
        if self._watching is None:
            self._watching = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while not self._ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await self._ended.wait()
            with suppress(StateFailed):
                await self._turns.caught_up()
                await self._turns.beat()

    def _describe(self, unwritten: Any) -> Any:
        return self._replica.describe(unwritten)

    def _follow(self, written: Written) -> None:
        self._replica.follow(written.changed)
        self.changes.note()

    def _restart(self, whole: Whole) -> None:
        self._moves, self._read = None, whole
        with nothing_thrown_away():
            self._replica.follow(whole.records)
        self.changes.note()

    def _begin_turn(self, turn: Turn) -> None:
        """Do what those have left who are dead; after all was read, also what others had left before."""
        gone = set(turn.dead)
        if self._read is not None:
            advances = {self._advance[0]} if self._advance else set()
            gone |= (self._owed.holders() | advances) - {self._name, *self._read.others}
            self._join(self._read)
            self._read = None
            self._leave_unknown()
        for token in self._owed.held_by(gone) if gone else ():
            self._owed.give_back(token)
        if self._advance is not None and self._advance[0] in gone:
            self._set_advance("", self._advance[1])

    def _leave_unknown(self) -> None:
        """Leave what this worker has begun in a turn of which nobody told it that it was kept."""
        self._sending.intersection_update(mine := self._owed.held_by([self._name]))
        for token in mine:
            if token not in self._sending:
                self._owed.give_back(token)
        if self._advance is not None and self._advance[0] == self._name and not self._moving_clock:
            self._set_advance("", self._advance[1])

    def _join(self, whole: Whole) -> None:
        """Who is alone with what there is goes on after a restart of the mock; nobody else moves the clock by that."""
        mock = next((value for _, _, value in rows(whole.records[Table.MOCK])), None)
        joined, self._joined = self._joined, True
        if joined:
            return
        if whole.others:
            return self._compare(mock)
        if mock is not None:
            frozen = mock["frozen"] if mock["manual"] == self._manual else self._manual
            runs_on = not mock["frozen"] and self.settings.after_restart == CATCH_UP
            self._show(mock, frozen=frozen, runs_on=runs_on)
        self._moved()

    def _compare(self, mock: Mapping[str, Any] | None) -> None:
        """Tell of options that are others than those of the workers that are there."""
        theirs = dict((mock or {}).get("options", self._options))
        for name, own in self._options.items():
            if theirs.get(name) != own:
                LOGGER.warning(
                    f"another worker of this state has {name} {theirs.get(name)!r}, this one has {own!r}: what is "
                    "answered depends on which one is asked. Start all with the same options."
                )

    def _moved(self) -> None:
        """The clock was moved, or stands still, or runs from now on, for all workers."""
        self._moves = (self._moves or 0) + 1
        self._turns.note(Table.MOCK, "")

    def _set_advance(self, holder: str, target: float) -> None:
        self._advance = (holder, target)
        self._turns.note(Table.MOCK, "")
        self.changes.note()

    def _show(self, mock: Mapping[str, Any], *, frozen: bool, runs_on: bool) -> None:
        away = max(0.0, self._engine.real_time() - mock["real"]) if runs_on else 0.0
        self._own_clock.go_on(min(mock["shown"] + away, LAST_MOMENT), frozen=frozen)

    def _mock(self) -> Mapping[str, Any]:
        return {
            "shown": self._clock.now(),
            "frozen": self._clock.frozen,
            "manual": self._manual,
            "real": self._engine.real_time(),
            "started": self.journal.started,
            "newest": self.journal.newest,
            "entries_dropped": self.journal.dropped,
            "tasks_owed": self._written_off,
            "dropped": dict(self._accounts.dropped),
            "resets": self._resets,
            "token": self._owed.newest_token,
            "moves": self._moves or 0,
            "advance": self._advance,
            "options": self._options,
        }

    def _follow_mock(self, mock: Mapping[str, Any]) -> None:
        self.journal.started = mock["started"]
        self.journal.newest, self.journal.dropped = mock["newest"], mock["entries_dropped"]
        self._written_off, self._resets = mock["tasks_owed"], mock.get("resets", 0)
        self._accounts.dropped.update(mock["dropped"])
        self._owed.go_on_after(mock.get("token", 0))
        advance = mock.get("advance")
        self._advance = None if advance is None else (advance[0], advance[1])
        if mock.get("moves", 0) != self._moves:
            self._moves = mock.get("moves", 0)
            self._show(mock, frozen=mock["frozen"], runs_on=not mock["frozen"])
