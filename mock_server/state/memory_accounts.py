"""Accounts and their tasks, in memory: the newest tasks and the accounts used last are kept, the oldest forgotten."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from mock_server.contract.source_tracks import Track
from mock_server.core.errors import BadSetting
from mock_server.domain.accounts import Account, Window
from mock_server.domain.proposal import Opening
from mock_server.domain.tasks import TaskRecord
from mock_server.state.ledger import Change, Ledger, Table, Unkept

TASKS_KEPT: Final = 100_000
BYTES_KEPT: Final = 256 * 1024 * 1024
"""Bytes of all kept tasks together, about; request bodies are most of it."""
ACCOUNTS_KEPT: Final = 10_000
POLLED_KEPT: Final = 10_000
"""Tasks whose polls are counted, the ones polled last."""
TRACKS_KEPT: Final = 10_000
"""Source tracks that were added."""
QUEUED_KEPT: Final = 10_000
"""Scenarios that are queued for a key."""


class Accounts:
    """`credits` tells what the account of a key opens with. `dropped` counts what was forgotten for want of room."""

    def __init__(self, credits: Callable[[str], int], ledger: Ledger | None = None) -> None:
        self._credits = credits
        self._ledger = Unkept() if ledger is None else ledger
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._tasks: OrderedDict[str, TaskRecord] = OrderedDict()
        self._forgotten: dict[str, None] = {}
        self._makers: dict[str, str] = {}
        self._bytes = 0
        self._polled: OrderedDict[str, Window] = OrderedDict()
        self._added: dict[str | None, dict[str, Track]] = {}
        self.dropped = Counter(tasks=0, accounts=0)

    def used(self, key: str) -> Account:
        """The key's account, which becomes the one used last."""
        self._ledger.note(Table.ACCOUNT, key, Change.MOVED)
        account = self._accounts.get(key)
        if account is not None:
            self._accounts.move_to_end(key)
            return account
        account = self._accounts[key] = Account(credits=self._credits(key))
        if len(self._accounts) > ACCOUNTS_KEPT:
            self._close(*self._accounts.popitem(last=False))
            self.dropped["accounts"] += 1
        return account

    def known(self, key: str) -> Account | None:
        """The key's account, if it was used and is kept."""
        return self._accounts.get(key)

    def kept(self, key: str) -> Account:
        """The key's account, which is kept."""
        return self._accounts[key]

    def kept_task(self, task_id: str) -> TaskRecord:
        """The task with this id, which is kept."""
        return self._tasks[task_id]

    def keys(self) -> list[str]:
        """The keys of all accounts, the one used last at the end."""
        return list(self._accounts)

    def open(self, opening: Opening) -> None:
        """Keep a task. Its account was used for it."""
        self._keep(opening.record)
        self._ledger.note(Table.TASK, opening.record.id, Change.MOVED)
        while len(self._tasks) > TASKS_KEPT or self._bytes > BYTES_KEPT:
            if self._forgotten:  # which make room before anything that is kept, however old that is
                self._let_go(next(iter(self._forgotten)))
                continue
            oldest = next(iter(self._tasks.values()))
            del self._accounts[oldest.key].tasks[oldest.id]
            self._gone(oldest.id)
            self._forget(oldest.id)
            self.dropped["tasks"] += 1

    def task(self, task_id: str) -> TaskRecord | None:
        """The task with this id, if it is kept."""
        return None if task_id in self._forgotten else self._tasks.get(task_id)

    def task_of_track(self, track_id: str) -> TaskRecord | None:
        """The task that generates a track, if it is kept."""
        return self.task(self._makers.get(track_id, ""))

    def tasks(self, key: str | None) -> Sequence[TaskRecord]:
        """One key's tasks or all, oldest first."""
        if key is None and self._forgotten:
            return [record for record in self._tasks.values() if record.id not in self._forgotten]
        if key is None:
            return list(self._tasks.values())
        account = self._accounts.get(key)
        return [self._tasks[task_id] for task_id in account.tasks] if account else []

    def note(self, task_id: str, *, given_up: bool, received: bool | None) -> None:
        """Remember that a task's callbacks are given up, and whether its last one was received; once it was, it stays
        so."""
        record = self._tasks.get(task_id)
        if record is None or not (given_up or received is not None):
            return
        heard = record.heard or received is True
        lost = not heard and (record.lost or received is False)
        self._tasks[task_id] = record.changed(given_up=record.given_up or given_up, heard=heard, lost=lost)
        if task_id not in self._forgotten:
            self._ledger.note(Table.TASK, task_id)

    def polls(self, task_id: str) -> Window:
        """When a task was polled."""
        self._let_go(task_id)
        window = self._polled.setdefault(task_id, Window())
        self._polled.move_to_end(task_id)
        self._ledger.note(Table.POLLED, task_id, Change.MOVED)
        if len(self._polled) > POLLED_KEPT:
            self._ledger.note(Table.POLLED, self._polled.popitem(last=False)[0], Change.GONE)
        return window

    def polled(self, task_id: str) -> Window:
        """When a task was polled, for who only looks."""
        return self._polled[task_id]

    def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Raises BadSetting when too many scenarios are queued."""
        account = self.used(key)
        if times is None:
            account.standing = scenario
        elif len(account.queued) + times > QUEUED_KEPT:
            raise BadSetting(
                f"{len(account.queued)} scenarios are queued for the key and {times} more would come. "
                f"Allowed: {QUEUED_KEPT} in all; clear the queue, or queue one with times None for all requests."
            )
        else:
            account.queued.extend([scenario] * times)

    def add_track(self, key: str | None, track: Track) -> None:
        """Raises BadSetting when too many were added."""
        tracks = self._added.setdefault(key, {})
        if track.id not in tracks and sum(map(len, self._added.values())) >= TRACKS_KEPT:
            raise BadSetting(f"{TRACKS_KEPT} source tracks were added; reset the mock, or one key, to forget them.")
        tracks[track.id] = track
        self._ledger.note(Table.TRACK, (key, track.id))

    def tracks(self, key: str | None) -> Mapping[str, Track]:
        """The source tracks that were added for all, and those for the key, by id."""
        return self._added.get(None, {}) | self._added.get(key, {})

    def added_track(self, track_id: str) -> Track | None:
        """The source track of an id that was added, for all or else for whichever key."""
        every = (self._added.get(None, {}), *self._added.values())
        return next((tracks[track_id] for tracks in every if track_id in tracks), None)

    def reset(self, key: str | None) -> None:
        """Forget one key's account, tasks and tracks, or everything. What one key's tasks were is there until somebody
        lets go of it, and nobody sees it."""
        if key is not None:
            for track_id in self._added.pop(key, {}):
                self._ledger.note(Table.TRACK, (key, track_id), Change.GONE)
            account = self._accounts.pop(key, Account(credits=0))
            self._ledger.note(Table.ACCOUNT, key, Change.GONE)
            for task_id in account.tasks:
                self._gone(task_id)
            self._forgotten |= account.tasks
            return
        for table in (Table.ACCOUNT, Table.TASK, Table.POLLED, Table.TRACK):
            self._ledger.emptied(table)
        self.dropped = Counter(tasks=0, accounts=0)
        for kept in (self._accounts, self._tasks, self._makers, self._polled, self._added, self._forgotten):
            kept.clear()
        self._bytes = 0

    def let_go(self) -> bool:
        """Let go of one forgotten task. Whether any are left."""
        self._let_go(next(iter(self._forgotten), ""))
        return bool(self._forgotten)

    def _let_go(self, task_id: str) -> None:
        if task_id in self._forgotten:
            del self._forgotten[task_id]
            self._forget(task_id)

    def restore(
        self,
        accounts: Mapping[str, Account],
        tasks: Iterable[TaskRecord],
        polled: Mapping[str, Window],
        tracks: Iterable[tuple[str | None, Track]],
        dropped: Mapping[str, int],
    ) -> None:
        """Keep what an engine has written, each in its order. Raises KeyError for a task of no account."""
        self._accounts.update(accounts)
        for record in tasks:
            self._keep(record)
        self._polled.update(polled)
        for key, track in tracks:
            self._added.setdefault(key, {})[track.id] = track
        self.dropped.update(dropped)

    def _keep(self, record: TaskRecord) -> None:
        self._let_go(record.id)
        self._tasks[record.id] = record
        self._accounts[record.key].tasks[record.id] = None
        for track in record.tracks:
            self._makers[track] = record.id
        self._bytes += record.size

    def _close(self, key: str, account: Account) -> None:
        self._ledger.note(Table.ACCOUNT, key, Change.GONE)
        for task_id in account.tasks:
            self._gone(task_id)
            self._forget(task_id)

    def _gone(self, task_id: str) -> None:
        self._ledger.note(Table.TASK, task_id, Change.GONE)
        self._ledger.note(Table.POLLED, task_id, Change.GONE)

    def _forget(self, task_id: str) -> None:
        record = self._tasks.pop(task_id)
        self._bytes -= record.size
        self._polled.pop(task_id, None)
        for track in record.tracks:
            self._makers.pop(track, None)
