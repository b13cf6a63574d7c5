"""Writes what has changed to a state file, many requests in one step, so that their answers wait for one commit."""

import asyncio
import sqlite3
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from logging import getLogger
from typing import Final

from mock_server.core.errors import StateFailed
from mock_server.state.ledger import Change, Table, Unwritten
from mock_server.state.state_file import StateFile, Step

LOGGER: Final = getLogger("uvicorn.error")
FAILED: Final = (
    "the mock cannot write its state to {}: {}. What was asked may have happened or not; make room there, or make it "
    "writable, and ask again: it is tried with every request."
)


class FileWriter:
    """The ledger of a store. `describe` makes what is to be written of what has changed. While one step is committed in
    a thread, the next one gathers. `failed` says why the last step could not be written; what it held is written with
    the next."""

    def __init__(self, file: StateFile, describe: Callable[[Unwritten], Mapping[Table, Step]]) -> None:
        self._file = file
        self._describe = describe
        self._thread = ThreadPoolExecutor(1, "state file")
        self._waiting: list[asyncio.Future[None]] = []
        self._for_commit: list[asyncio.Future[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closed = False
        self._unwritten = Unwritten()
        self._step = Unwritten()
        self.failed = ""

    def note(self, table: Table, id: Hashable, change: Change = Change.CHANGED) -> None:
        self._unwritten.note(table, id, change)

    def emptied(self, table: Table) -> None:
        self._unwritten.emptied(table)

    def begin(self) -> None:
        """What has changed until now was read from the file."""
        self._unwritten = Unwritten()

    def holds(self, table: Table, id: Hashable) -> bool:
        """Whether all that has changed of a record is in the file."""
        return not self._unwritten.holds(table, id) and not self._step.holds(table, id)

    async def written(self) -> None:
        """Return once all that has changed so far is in the file. Raises StateFailed where that cannot be."""
        if self._closed:
            raise StateFailed(f"the mock was stopped; its state, without this, is in {self._file.path}")
        if not self._unwritten and self._writing is None:
            return
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        (self._waiting if self._unwritten else self._for_commit).append(waiter)
        if self._writing is None:
            self._writing = loop.create_task(self._write_all())
        await waiter

    async def tried(self) -> bool:
        """The same, for who can tell nobody; whether it is in the file."""
        try:
            await self.written()
        except StateFailed:
            return False
        return True

    async def close(self) -> None:
        """Write what is left, if that can be, and let go of the file."""
        if self._closed:
            return
        self.note(Table.MOCK, "")  # how late it was
        await self.tried()
        self._closed = True
        self._thread.shutdown()
        self._file.close()

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                self._for_commit, self._waiting = self._waiting, []
                failed = await self._write()
                if failed and not self.failed:
                    LOGGER.error(failed)
                self.failed = failed
                ended, self._for_commit = self._for_commit, []
                for waiter in ended:
                    _end(waiter, failed)
        finally:
            self._writing = None

    async def _write(self) -> str:
        """Write one step; what is said where it cannot be, else nothing."""
        self._step, self._unwritten = self._unwritten, Unwritten()
        self._step.note(Table.MOCK, "")
        try:
            self._file.write(self._describe(self._step))
            await asyncio.get_running_loop().run_in_executor(self._thread, self._file.commit)
        except Exception as error:
            self._file.roll_back()
            self._unwritten = self._step.before(self._unwritten)
            return FAILED.format(self._file.path, error if isinstance(error, sqlite3.Error) else repr(error))
        finally:
            self._step = Unwritten()
        return ""


def _end(waiter: asyncio.Future[None], failed: str) -> None:
    """Tell somebody who waits, unless he has left."""
    if waiter.done():
        return
    if failed:
        waiter.set_exception(StateFailed(failed))
    else:
        waiter.set_result(None)
