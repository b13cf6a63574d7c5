"""A state file as the engine of several workers of one machine."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from typing import Any, Final

from mock_server.core.clock import elapsed, real_time
from mock_server.state.ledger import Change, Table
from mock_server.state.shared.engine import (
    TURNS_KEPT,
    UNSEEN,
    Changed,
    EngineFailed,
    Turn,
    Whole,
    Written,
    as_text,
    from_text,
)
from mock_server.state.state_file import StateFile, Step

TURN_WITHIN: Final = 10.0
"""Seconds of real time that a worker waits for its turn, past which who has it hangs."""
LOOKS_AFTER: Final = 0.0005
"""Seconds of real time from the first look whether the file is free to the second; from each to the next half more."""
LOOKS_EVERY: Final = 0.02
"""Seconds of real time between two looks, at most."""
EMPTIED_AFTER: Final = 64
"""Turns of one worker after which what the log of SQLite holds is put where it belongs, so that the log begins anew."""
WRITE: Final = "INSERT INTO turn (worker, changed) VALUES (?, ?) RETURNING number"
Run = Callable[..., Sequence[Any]]


class FileEngine:
    """The tables of the state file, with those of turns and of workers beside them. A process that ends in its turn has
    changed nothing, and nobody waits for it: the system lets go of its lock."""

    def __init__(self, path: str, about: Mapping[str, str], durability: str = "normal") -> None:
        """Raises BadSetting as StateFile does."""
        self.name = path
        self._file = StateFile(path, about, durability, shared=True)
        self._file.run("PRAGMA busy_timeout = 0")  # its own wait would be one of the whole event loop
        with ExitStack() as opened:
            opened.callback(self._file.close)
            self._looking = opened.enter_context(closing(_connected(path)))
            self._emptying = opened.enter_context(closing(_connected(path)))
            opened.pop_all()
        self._not_emptied = 0
        self._thread = ThreadPoolExecutor(1, "state file")
        self._version = -1

    def real_time(self) -> float:
        return real_time()

    async def take(self, worker: str, seen: int) -> Turn:
        until, pause = elapsed() + TURN_WITHIN, LOOKS_AFTER
        while True:
            try:
                self._file.begin()
                break
            except sqlite3.Error as error:
                if not _is_busy(error):
                    raise EngineFailed(str(error)) from None
                if elapsed() > until:
                    raise EngineFailed(f"another process has had it for {TURN_WITHIN:g} seconds") from None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LOOKS_EVERY)
        try:
            dead = self._file.run("SELECT name FROM worker WHERE until < ? AND name <> ?", real_time(), worker)
            return Turn(0, self._turns(self._file.run, seen), [name for (name,) in dead])
        except sqlite3.Error as error:
            self._file.roll_back()
            raise EngineFailed(str(error)) from None

    async def write(self, turn: Turn, worker: str, changed: Changed, lease: float) -> int:
        try:
            run = self._file.run
            self._file.put(changed)
            ((number,),) = run(WRITE, worker, as_text(changed))
            run("DELETE FROM turn WHERE number <= ?", number - TURNS_KEPT)
            for name in turn.dead:
                run("DELETE FROM worker WHERE name = ?", name)
            run("INSERT OR REPLACE INTO worker (name, until) VALUES (?, ?)", worker, real_time() + lease)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._commit)
        except sqlite3.Error as error:
            raise EngineFailed(str(error)) from None
        return int(number)

    async def give_up(self, turn: Turn) -> None:
        self._file.roll_back()

    async def missed(self, seen: int) -> Sequence[Written] | None:
        try:
            ((version,),) = self._look("PRAGMA data_version")
            if version == self._version:
                return ()
            found = self._turns(self._look, seen)
        except sqlite3.Error as error:
            if _is_busy(error):
                return ()
            raise EngineFailed(str(error)) from None
        self._version = version
        return found

    async def whole(self, worker: str) -> Whole:
        try:
            records = {
                table: Step(emptied=True, gone=(), written={Change.MOVED: [*self._file.read(table)]}) for table in Table
            }
            ((number,),) = self._file.run("SELECT coalesce(max(number), 0) FROM turn")
            others = self._file.run("SELECT name FROM worker WHERE until >= ? AND name <> ?", real_time(), worker)
        except sqlite3.Error as error:
            raise EngineFailed(str(error)) from None
        return Whole(number, records, [name for (name,) in others])

    async def leave(self, worker: str) -> None:
        with suppress(EngineFailed, sqlite3.Error):
            await self.take(worker, UNSEEN)
            self._file.run("DELETE FROM worker WHERE name = ?", worker)
            self._file.commit()
        self._file.roll_back()

    async def close(self) -> None:
        self.let_go()

    def let_go(self) -> None:
        self._thread.shutdown()
        for connection in (self._looking, self._emptying, self._file):
            connection.close()

    def _commit(self) -> None:
        """Have the turn last. The log is emptied while nobody else can write: up to 3.51.2, SQLite can lose what one
        process commits while another one empties the log (sqlite.org/wal.html, the WAL-reset bug)."""
        self._file.commit()
        self._not_emptied += 1
        if self._not_emptied < EMPTIED_AFTER:
            return
        with suppress(sqlite3.Error):  # where another worker is faster, the next turn does it
            self._file.begin()
            self._emptying.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self._not_emptied = 0
        self._file.roll_back()

    def _look(self, asked: str, *values: Any) -> Sequence[Any]:
        return self._looking.execute(asked, values).fetchall()

    def _turns(self, run: Run, seen: int) -> Sequence[Written] | None:
        """The turns after that of a number; None where they are not all there, or the file is another one by now."""
        if seen == UNSEEN:
            return None
        ((newest,),) = run("SELECT coalesce(max(number), 0) FROM turn")
        rows = run("SELECT number, worker, changed FROM turn WHERE number > ? ORDER BY number", seen)
        if len(rows) != newest - seen:
            return None
        return [Written(number, worker, from_text(changed)) for number, worker, changed in rows]


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _connected(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
