"""What one worker holds in memory of what all have changed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from mock_server.domain.terms import KeySettings
from mock_server.state import packed
from mock_server.state.faults import FaultTable
from mock_server.state.file_records import Records
from mock_server.state.ledger import Table
from mock_server.state.live_settings import LiveSettings
from mock_server.state.shared.accounts import SharedAccounts, rows
from mock_server.state.shared.engine import Changed
from mock_server.state.shared.journal import SharedJournal
from mock_server.state.shared.owed import SharedOwed
from mock_server.state.state_file import Step


class Replica(Records):
    """The parts of one store. `follow_mock` takes what else another worker has told, which `mock` tells of this one."""

    def __init__(
        self,
        accounts: SharedAccounts,
        owed: SharedOwed,
        faults: FaultTable,
        live: LiveSettings,
        journal: SharedJournal,
        mock: Callable[[], Mapping[str, Any]],
        follow_mock: Callable[[Mapping[str, Any]], None],
    ) -> None:
        super().__init__(accounts, owed, faults, live, journal, mock)
        self._values = {**self._values, Table.CLAIM: owed.of_claim}
        self._shared_owed = owed
        self._other_mock = follow_mock
        self._following: Mapping[Table, Callable[[Step], None]] = {
            Table.SETTINGS: self._follow_settings,
            Table.KEY: self._follow_keys,
            Table.FAULT: self._follow_faults,
            Table.ACCOUNT: accounts.follow_accounts,
            Table.TASK: accounts.follow_tasks,
            Table.POLLED: accounts.follow_polled,
            Table.TRACK: accounts.follow_tracks,
            Table.ENTRY: journal.follow,
            Table.MOCK: self._follow_mock,
        }

    def follow(self, changed: Changed) -> None:
        """Take what a turn of another worker has changed. Raises LookupError, TypeError and ValueError for what nobody
        wrote so."""
        for table, follow in self._following.items():
            if table is Table.TRACK:
                self._shared_owed.follow(changed.get(Table.OWED), changed.get(Table.CLAIM))
            if table in changed:
                follow(changed[table])

    def _follow_mock(self, step: Step) -> None:
        for _, _, value in rows(step):
            self._other_mock(value)

    def _follow_settings(self, step: Step) -> None:
        for _, _, (settings, readings) in rows(step):
            self._live.restore(settings, readings)

    def _follow_keys(self, step: Step) -> None:
        if step.emptied:
            self._live.forget_keys()
        for _, id, value in rows(step):
            self._live.change_key(json.loads(id), asdict(KeySettings(**value)))

    def _follow_faults(self, step: Step) -> None:
        if step.emptied:
            for key, _ in self._faults.all():
                self._faults.drop(key)
        for id in step.gone:
            self._faults.drop(json.loads(id))
        for change, id, value in rows(step):
            if change.value == "moved":
                self._faults.drop(json.loads(id))
            self._faults.restore(json.loads(id), packed.fault(value))
