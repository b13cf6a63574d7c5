"""Accounts and tasks that other workers change, too."""

import json
from typing import Any

from mock_server.contract.source_tracks import Track
from mock_server.domain.accounts import Account
from mock_server.state import packed
from mock_server.state.ledger import Change
from mock_server.state.memory_accounts import Accounts
from mock_server.state.state_file import Step


class SharedAccounts(Accounts):
    """The methods take what another worker's turn has done to the records of one table."""

    def follow_accounts(self, step: Step) -> None:
        if step.emptied:
            self._accounts.clear()
        for id in step.gone:
            self._accounts.pop(json.loads(id), None)
        for change, id, value in rows(step):
            key, account = json.loads(id), packed.account(value)
            known = self._accounts.get(key)
            account.tasks = Account(credits=0).tasks if known is None else known.tasks
            self._accounts[key] = account
            if change is Change.MOVED:
                self._accounts.move_to_end(key)

    def follow_tasks(self, step: Step) -> None:
        if step.emptied:
            for kept in (self._tasks, self._makers, self._forgotten):
                kept.clear()
            self._bytes = 0
            for account in self._accounts.values():
                account.tasks.clear()
        for id in step.gone:
            self._take_out(json.loads(id))
        for change, id, value in rows(step):
            record = packed.task(value)
            if change is Change.CHANGED and record.id in self._tasks:
                self._tasks[record.id] = record
                continue
            self._take_out(json.loads(id))
            self._keep(record)

    def follow_polled(self, step: Step) -> None:
        if step.emptied:
            self._polled.clear()
        for id in step.gone:
            self._polled.pop(json.loads(id), None)
        for change, id, value in rows(step):
            self._polled[json.loads(id)] = packed.window(value)
            if change is Change.MOVED:
                self._polled.move_to_end(json.loads(id))

    def follow_tracks(self, step: Step) -> None:
        if step.emptied:
            self._added.clear()
        for id in step.gone:
            key, track_id = json.loads(id)
            self._added.get(key, {}).pop(track_id, None)
        for _, id, value in rows(step):
            key, track_id = json.loads(id)
            self._added.setdefault(key, {})[track_id] = Track(**value)

    def _take_out(self, task_id: str) -> None:
        record = self._tasks.get(task_id)
        if record is None:
            return
        account = self._accounts.get(record.key)
        if account is not None:
            account.tasks.pop(task_id, None)
        self._forgotten.pop(task_id, None)
        self._forget(task_id)


def rows(step: Step) -> list[tuple[Change, str, Any]]:
    """What was written of a table, with what became of each record."""
    return [(change, id, value) for change, written in step.written.items() for id, value in written]
