"""What a store in memory keeps, as records of a state file: what a change writes, and what a start reads."""

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import asdict
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from mock_server.contract.source_tracks import Track
from mock_server.domain.terms import KeySettings
from mock_server.state import packed
from mock_server.state.faults import FaultTable
from mock_server.state.journal import MemoryJournal
from mock_server.state.ledger import Change, Table, Unwritten
from mock_server.state.live_settings import LiveSettings
from mock_server.state.memory_accounts import Accounts
from mock_server.state.memory_callbacks import OwedCallbacks
from mock_server.state.packed_entries import entry, of_entry
from mock_server.state.state_file import StateFile, Step

CHANGES: Final = (Change.CHANGED, Change.MOVED)


class Records:
    """The parts of one store; `mock` tells what else is to be kept of it."""

    def __init__(
        self,
        accounts: Accounts,
        owed: OwedCallbacks,
        faults: FaultTable,
        live: LiveSettings,
        journal: MemoryJournal,
        mock: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._accounts = accounts
        self._owed = owed
        self._faults = faults
        self._live = live
        self._journal = journal
        self._values: Mapping[Table, Callable[[Any], Any]] = {
            Table.MOCK: lambda _: mock(),
            Table.SETTINGS: lambda _: live.changes(),
            Table.KEY: lambda key: asdict(live.keys[key]),
            Table.FAULT: lambda key: packed.of_fault(faults.left(key)),
            Table.ACCOUNT: lambda key: packed.of_account(accounts.kept(key)),
            Table.TASK: lambda id: packed.of_task(accounts.kept_task(id)),
            Table.POLLED: lambda id: list(accounts.polled(id).recent),
            Table.OWED: packed.of_owed,
            Table.TRACK: lambda of: packed.of_track(accounts.tracks(of[0])[of[1]]),
            Table.ENTRY: of_entry,
        }

    def describe(self, unwritten: Unwritten) -> Mapping[Table, Step]:
        """What is to be written of what has changed."""
        return {table: self._step(table, table in unwritten.tables, changed) for table, changed in unwritten}

    def _step(self, table: Table, emptied: bool, changed: Mapping[Hashable, Change]) -> Step:
        value, name = self._values[table], NAMES.get(table, name_of)
        gone: list[str] = []
        written: dict[Change, list[tuple[str, Any]]] = {kind: [] for kind in CHANGES}
        for id, change in changed.items():
            if change is Change.GONE:
                gone.append(name(id))
            else:
                written[change].append((name(id), value(id)))
        return Step(emptied, gone, written)

    def restore(self, file: StateFile) -> Mapping[str, Any]:
        """Fill the parts with what was written, and return what `mock` told. Raises LookupError, TypeError, ValueError
        and BadSetting for what nobody wrote so."""
        mock: Mapping[str, Any] = dict(file.read(Table.MOCK)).get(name_of(""), {})
        for _, (settings, readings) in file.read(Table.SETTINGS):
            self._live.change(settings)
            self._live.override(readings)
        for key, own in _named(file, Table.KEY):
            self._live.change_key(key, asdict(KeySettings(**own)))
        for key, value in _named(file, Table.FAULT):
            self._faults.put(key, packed.fault(value))
        if mock:
            self._accounts.restore(
                {key: packed.account(value) for key, value in _named(file, Table.ACCOUNT)},
                (packed.task(value) for _, value in file.read(Table.TASK)),
                {id: packed.window(value) for id, value in _named(file, Table.POLLED)},
                ((of[0], Track(**value)) for of, value in _named(file, Table.TRACK)),
                mock["dropped"],
            )
            entries = (entry(value) for _, value in file.read(Table.ENTRY))
            self._journal.restore(entries, mock["started"], mock["newest"], mock["entries_dropped"])
        self._owed.restore(packed.owed(value) for _, value in file.read(Table.OWED))
        return mock


def name_of(id: Any) -> str:
    """What a record is called in the file: text of ASCII, whatever clients call things."""
    return encode_basestring_ascii(id) if isinstance(id, str) else json.dumps(id)


NAMES: Final[Mapping[Table, Callable[[Any], str]]] = {
    Table.OWED: packed.owed_id,
    Table.ENTRY: lambda entry: str(entry.id),
}
"""What records are called whose names tell more, or less."""


def _named(file: StateFile, table: Table) -> Iterator[tuple[Any, Any]]:
    """The records of a table, by what they are called in the mock."""
    return ((json.loads(id), value) for id, value in file.read(table))
