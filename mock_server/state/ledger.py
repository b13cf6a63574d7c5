"""What of the state has changed and is not written yet, for an engine that keeps it beside memory."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Table(Enum):
    """The kinds of records, each with the name of its table."""

    __hash__ = object.__hash__  # an Enum's own is of Python, and asked with every change
    MOCK = "mock"
    SETTINGS = "settings"
    KEY = "key_settings"
    FAULT = "fault"
    ACCOUNT = "account"
    TASK = "task"
    POLLED = "polled"
    OWED = "owed"
    CLAIM = "claim"
    TRACK = "track"
    ENTRY = "entry"


class Change(Enum):
    """What became of a record: it changed where it stands, it is the last of its table now, or it is there no more."""

    CHANGED = "changed"
    MOVED = "moved"
    GONE = "gone"


class Ledger(Protocol):
    """Is told of every change of a record that outlives a request."""

    def note(self, table: Table, id: Hashable, change: Change = Change.CHANGED) -> None:
        """One record changed."""

    def emptied(self, table: Table) -> None:
        """All records of a table are gone."""


class Unkept:
    """The ledger of a store that keeps everything in memory."""

    def note(self, table: Table, id: Hashable, change: Change = Change.CHANGED) -> None:
        """Nobody asks."""

    def emptied(self, table: Table) -> None:
        """Nobody asks."""


@dataclass(slots=True)
class Unwritten:
    """What is to be written in one step: the tables that are emptied first, then by table the records, in the order in
    which they were moved."""

    tables: set[Table] = field(default_factory=set)
    records: dict[Table, dict[Hashable, Change]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.records or self.tables)

    def __iter__(self) -> Iterator[tuple[Table, Mapping[Hashable, Change]]]:
        """The records by their tables."""
        emptied: dict[Table, Mapping[Hashable, Change]] = {table: {} for table in self.tables}
        return iter((emptied | self.records).items())

    def note(self, table: Table, id: Hashable, change: Change = Change.CHANGED) -> None:
        """One record changed. What is last of its table and changes again is still the last."""
        changed = self.records.setdefault(table, {})
        before = changed.setdefault(id, change)  # of a record that is new here no more is asked: a hash may take long
        if before is Change.MOVED and change is Change.CHANGED:
            return
        if before is not change or change is Change.MOVED:
            del changed[id]
            changed[id] = change

    def holds(self, table: Table, id: Hashable) -> bool:
        """Whether the record changed."""
        return id in self.records.get(table, ())

    def emptied(self, table: Table) -> None:
        """All records of a table are gone."""
        self.tables.add(table)
        self.records.pop(table, None)

    def before(self, later: "Unwritten") -> "Unwritten":
        """This and what changed later, as one step."""
        both = Unwritten(set(self.tables), {table: {**changed} for table, changed in self.records.items()})
        for table in later.tables:
            both.emptied(table)
        for table, changed in later.records.items():
            for id, change in changed.items():
                both.note(table, id, change)
        return both
