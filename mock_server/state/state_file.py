"""One file of SQLite that holds a mock's state: tables of records, and steps that happen as a whole or not at all."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from mock_server.core.errors import BadSetting
from mock_server.state.file_errors import NoRecord, told
from mock_server.state.in_use import InUse, Use
from mock_server.state.ledger import Change, Table
from mock_server.state.network_disk import network_disk
from mock_server.state.new_file import make_file, must_lead_somewhere
from mock_server.state.packed import packed, unpacked

MARK: Final = 0x53554E4F
"""What tells a file of ours from other files of SQLite: `SUNO` in ASCII."""
WAITS: Final = 0.5
"""Seconds of real time in which another process may let go of the file."""
PAGES: Final = -65536
"""KiB of pages in memory, negative as SQLite has it."""
SYNCHRONOUS: Final[Mapping[str, str]] = {"normal": "NORMAL", "full": "FULL"}
RECORDS: Final = "CREATE TABLE {} (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, value BLOB NOT NULL)"
DELETE: Final = "DELETE FROM {} WHERE id = ?"
WRITE: Final[Mapping[Change, str]] = {
    Change.CHANGED: "INSERT INTO {} (id, value) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value",
    Change.MOVED: "INSERT OR REPLACE INTO {} (id, value) VALUES (?, ?)",
}


class Step(NamedTuple):
    """What is written of one table in one step: whether it is emptied first, the ids of records that are gone, and by
    what became of them the others, in order."""

    emptied: bool
    gone: Sequence[str]
    written: Mapping[Change, Sequence[tuple[str, Any]]]


Migration = Callable[[sqlite3.Connection], None]


def _shared(run: sqlite3.Connection) -> None:
    """Version 2: several workers write down what they have claimed, their turns, and that they live."""
    run.execute(RECORDS.format("claim"))
    for table in OF_WORKERS:
        run.execute(table)


OF_WORKERS: Final = (
    "CREATE TABLE turn (number INTEGER PRIMARY KEY, worker TEXT NOT NULL, changed BLOB NOT NULL)",
    "CREATE TABLE worker (name TEXT PRIMARY KEY, until REAL NOT NULL)",
)
MIGRATIONS: Final[Sequence[Migration]] = (_shared,)
"""What makes a file of version 1 one of version 2, and so on."""
NEWEST: Final = len(MIGRATIONS) + 1
"""The version of what is written now."""


class StateFile:
    """The file at `path`, which is made where there is none. Nobody else can use it until it is closed, but those that
    share it; others can read it. `about` is what a file must have been made with, by name.

    Raises BadSetting, and leaves the file as it is, where it cannot be used: it is in use, of something else, newer, on
    a network file system, or made with something else.
    """

    def __init__(
        self,
        path: str,
        about: Mapping[str, str],
        durability: str = "normal",
        migrations: Sequence[Migration] = MIGRATIONS,
        waits: float = WAITS,
        *,
        shared: bool = False,
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._use: Use | None = None
        if kind := network_disk(path):
            raise BadSetting(
                f"the state file {path} is on a network file system ({kind}), which locks it badly. Choose a --state "
                "on a disk of this machine, or an engine that several machines share: redis://HOST."
            )
        try:
            must_lead_somewhere(path)
            self._use = Use(path, waits, shared=shared)
            make_file(path)
            self._connection = sqlite3.connect(path, timeout=waits, isolation_level=None, check_same_thread=False)
        except InUse:
            raise
        except (OSError, ValueError, sqlite3.Error) as error:
            self._end_use()
            raise BadSetting(f"the state file {path} cannot be used: {told(error)}") from None
        try:
            if shared:
                self._connection.execute("PRAGMA wal_autocheckpoint = 0")  # the engine does it, in a turn
            elif not self._use.locks:
                self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._open(about, durability)
        except sqlite3.Error as error:
            self.close()
            raise BadSetting(f"the state file {path} cannot be used: {told(error)}") from None
        except BaseException:
            self.close()
            raise

    def read(self, table: Table) -> Iterator[tuple[str, Any]]:
        """The records of a table in their order: id and value. Raises NoRecord for what nobody has written so."""
        rows = self._connection.execute(f"SELECT id, value FROM {table.value} ORDER BY place")  # noqa: S608
        for number, (id, value) in enumerate(rows, 1):
            try:
                yield id, unpacked(value)
            except ValueError:
                raise NoRecord(table.value, number) from None

    def write(self, steps: Mapping[Table, Step]) -> None:
        """Write one step, which `commit` makes last. Raises sqlite3.Error."""
        self.begin()
        self.put(steps)

    def begin(self) -> None:
        """Begin a step; nobody else writes until it has ended. Raises sqlite3.Error."""
        self._connection.execute("BEGIN IMMEDIATE")

    def run(self, asked: str, *values: Any) -> Sequence[Any]:
        """The rows that a statement has. Raises sqlite3.Error."""
        return self._connection.execute(asked, values).fetchall()

    def put(self, steps: Mapping[Table, Step]) -> None:
        """Write the records of a step that has begun. Raises sqlite3.Error."""
        run = self._connection
        for table, step in steps.items():
            if step.emptied:
                run.execute(f"DELETE FROM {table.value}")  # noqa: S608
            run.executemany(DELETE.format(table.value), [(id,) for id in step.gone])
            for change, records in step.written.items():
                rows = [(id, packed(value)) for id, value in records]
                run.executemany(WRITE[change].format(table.value), rows)

    def commit(self) -> None:
        """Have what was written last. Raises sqlite3.Error."""
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Have nothing of what was written, where it could not be made to last."""
        with suppress(sqlite3.Error):  # nothing was begun
            self._connection.execute("ROLLBACK")

    def check(self) -> str:
        """What is wrong with the file as SQLite sees it; empty where nothing is."""
        found: str = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        return "" if found == "ok" else found

    def copy(self, path: str) -> None:
        """Write all that the file holds to another, which is empty. Raises sqlite3.Error."""
        self._connection.execute("VACUUM INTO ?", [path])

    def give_way(self) -> None:
        """Have no log beside the file, which SQLite would play over another of its name, and only `close` to be done.
        Raises sqlite3.OperationalError while others read it."""
        (mode,) = self.run("PRAGMA journal_mode = DELETE")[0]
        self._connection.close()
        if mode != "delete":
            raise sqlite3.OperationalError("its log cannot be ended")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._end_use()

    def _end_use(self) -> None:
        if self._use is not None:
            self._use.end()

    def _open(self, about: Mapping[str, str], durability: str) -> None:
        run = self._connection
        run.execute("BEGIN IMMEDIATE")
        version = self._version_found()
        try:
            self._make(about) if version == 0 else self._agree(version, about)
        except BaseException:
            run.execute("ROLLBACK")
            raise
        run.execute("COMMIT")
        run.execute("PRAGMA journal_mode = WAL")
        run.execute(f"PRAGMA synchronous = {SYNCHRONOUS[durability]}")
        run.execute(f"PRAGMA cache_size = {PAGES}")
        run.execute("PRAGMA cache_spill = OFF")

    @property
    def version(self) -> int:
        """Which tables it has, and what its records look like."""
        return len(self._migrations) + 1

    def _version_found(self) -> int:
        """The version of the file as it was found; 0 of one that is empty."""
        asked = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        mark, version, tables = [self.run(each)[0][0] for each in asked]
        if mark == MARK:
            return int(version)
        if mark or version or tables:
            raise BadSetting(
                f"the state file {self.path} is a database of something else, which stays as it is. "
                "Choose another --state."
            )
        return 0

    def _make(self, about: Mapping[str, str]) -> None:
        run = self._connection
        run.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        run.executemany("INSERT INTO about VALUES (?, ?)", about.items())
        for table in (*(RECORDS.format(each.value) for each in Table), *OF_WORKERS):
            run.execute(table)
        run.execute(f"PRAGMA application_id = {MARK}")
        run.execute(f"PRAGMA user_version = {self.version}")

    def _agree(self, version: int, about: Mapping[str, str]) -> None:
        newest = self.version
        if version > newest:
            raise BadSetting(
                f"the state file {self.path} has version {version}, and this suno-mock knows those up to {newest}. "
                "Use the suno-mock that made it, or choose another --state."
            )
        for migrate in self._migrations[version - 1 :]:
            migrate(self._connection)
        self._connection.execute(f"PRAGMA user_version = {newest}")
        made = self.about()
        for name, value in about.items():
            if (found := made.get(name)) != value:
                raise BadSetting(
                    f"the state file {self.path} was made with {name} {found!r}, and now it is {value!r}. Start with "
                    "the same, or choose another --state."
                )

    def about(self) -> Mapping[str, str]:
        """What the file was made with."""
        return dict(self._connection.execute("SELECT name, value FROM about"))
