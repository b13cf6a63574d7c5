"""The rows of the inbox: every task, and every request that started none."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Final, NamedTuple

from mock_server.contract.scenarios import MAGIC
from mock_server.core.text import cut
from mock_server.domain.accounts import first_key, known_keys
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import next_change
from mock_server.pages.delivered import BAD, DULL, Attempts, Stages, trouble_of
from mock_server.pages.filters import EVERYTHING, REFUSED, Facts, Filter, counts, facts_of, is_wanted, tone_of
from mock_server.pages.search import search_of
from mock_server.pages.shown_keys import handle_of, label
from mock_server.pages.words import queued_of, refusal_of, titled
from mock_server.state.journal_entries import Requested
from mock_server.state.steps import Steps
from mock_server.state.store import Store

KEYS_LISTED: Final = 50
ENTRIES_SEEN: Final = 1000
"""The newest entries whose keys are listed though they have no account."""
READ_AS_ONE: Final = 4096
"""Bytes of a task's request that take about as long to read as one more row takes to look at."""
TASKS_SEEN: Final = 20_000
"""The newest tasks, which are all that rows are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task, or one request without, whose `id` is then its entry's. `at`, and `changes_at`, when a task will be in
    another status by itself, in epoch seconds of the mock's clock; `trouble` says which callbacks fail, or why the
    request was refused."""

    kind: str
    id: str
    at: float
    key: str
    title: str
    subtitle: str
    code: int
    tone: str
    stages: Stages
    trouble: str
    changes_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as a page has it: a handle that stands for it, what may be shown, and the scenarios that its next requests
    get."""

    handle: str
    shown: str
    queued: str


class Ids(NamedTuple):
    """Tasks by their ids, and entries of the journal by theirs."""

    tasks: set[str | None]
    entries: set[int]


class Inbox:
    """The rows of one mock, newest first."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def rows(self, wanted: Filter, most: int) -> tuple[list[Row], bool]:
        """At most `most` wanted rows, and whether there are more. Raises BadSetting as `search_of`."""
        found: list[Row] = []
        async for item, facts, delivered, now in self._wanted(wanted):
            found.append(_row(item, facts, delivered, now))
            if len(found) > most:
                break
        return found[:most], len(found) > most

    async def ids(self, wanted: Filter) -> Ids:
        """What stands for all the wanted rows. Raises BadSetting as `search_of`."""
        found = Ids(set(), set())
        async for item, *_ in self._wanted(wanted):
            found.tasks.add(_task_id(item) or None)
            if isinstance(item, Requested):
                found.entries.add(item.id)
        found.tasks.discard(None)
        return found

    async def _wanted(self, wanted: Filter) -> AsyncIterator[tuple[Task | Requested, Facts, Stages, float]]:
        """What rows are made of, newest first, with the time. Raises BadSetting as `search_of`."""
        search_of(wanted.q)
        entries, now = await self._store.journal.page(), (await self._store.moment()).now
        newest = islice(reversed(await self._store.tasks(None)), TASKS_SEEN)
        everything, tasks, came = wanted.status == EVERYTHING, dict[str, Task](), list[Requested]()
        attempts, told, steps = Attempts(), set[str | None](), Steps()
        for record in newest:
            await steps.one()
            tasks[record.id] = self._catalogue.task(record)
        for entry in entries:
            await steps.one()
            attempts.note(entry)
            if isinstance(entry, Requested):
                told.add(entry.task_id)
                came += [entry] if everything or counts(entry) else []
        for item in _items(came, tasks, told):
            await steps.one()
            facts, delivered = facts_of(item, now), attempts.stages(_task_id(item))
            if is_wanted(item, facts, delivered, wanted, now):
                await steps.one(0 if isinstance(item, Requested) else len(item.record.body) // READ_AS_ONE)
                yield item, facts, delivered, now

    async def keys(self, *wanted: str) -> list[Key]:
        """The keys that were used last, or before any was those that everyone knows; and those of the handles that are
        wanted."""
        keys = [await self._shown(key) for key in islice(await self._known(), KEYS_LISTED)]
        for handle in filter(None, dict.fromkeys(wanted)):
            if handle not in [key.handle for key in keys]:
                key = await self.key(handle)
                missing = Key(handle=handle, shown="a key that is not used", queued="")
                keys.append(missing if key is None else await self._shown(key))
        return keys

    async def default(self, kept: str) -> str:
        """The handle of the key that buttons are about where none is chosen: the one that was `kept`, or the only one
        that there is, magic keys left out. None of several, since a click could fail requests of somebody else."""
        if kept and await self.key(kept) is not None:
            return kept
        used = [key for key in await self._used() if not key.startswith(MAGIC)]
        if not used:
            return handle_of(first_key())
        return handle_of(used[0]) if len(used) == 1 and not kept else ""

    async def key(self, handle: str) -> str | None:
        """The key of a handle."""
        steps = Steps()
        for key in (*await self._known(), *known_keys()):
            await steps.one()
            if handle_of(key) == handle:
                return key
        return None

    async def _known(self) -> Iterable[str]:
        """The keys that the mock knows, the one used last first."""
        return await self._used() or known_keys()

    async def _used(self) -> Collection[str]:
        """The keys that were used, the last one first; one that was refused has no account."""
        newest = islice(reversed(await self._store.journal.page()), ENTRIES_SEEN)
        seen = dict.fromkeys(entry.key for entry in newest if entry.key)
        return seen | dict.fromkeys(reversed(await self._store.keys()))

    async def _shown(self, key: str) -> Key:
        account = await self._store.account(key)
        return Key(handle=handle_of(key), shown=label(key), queued="" if account is None else queued_of(account))


def _row(item: Task | Requested, facts: Facts, stages: Stages, now: float) -> Row:
    if isinstance(item, Requested):
        return _entry_row(item, facts, stages)
    return Row(
        kind="task",
        id=item.id,
        at=item.created,
        key=label(item.key),
        title=titled(cut(item.request.title, 80)) if item.request.title else item.id,
        subtitle=facts.status,
        code=facts.code,
        tone=BAD if trouble_of(stages) else tone_of(item, facts),
        stages=stages,
        trouble=trouble_of(stages),
        changes_at=next_change(item, now),
    )


def _items(
    came: Sequence[Requested], tasks: Mapping[str, Task], told: Collection[str | None]
) -> Iterator[Task | Requested]:
    """Each task once, and the requests that count by themselves, newest first; of `told` tasks the request is known."""
    started = (tasks.get(each.task_id or "", each) for each in reversed(came))
    untold = (task for task in tasks.values() if task.id not in told)
    return merge(started, untold, key=lambda item: -(item.created if isinstance(item, Task) else item.at))


def _task_id(item: Task | Requested) -> str:
    return item.id if isinstance(item, Task) else item.task_id or ""


def _entry_row(entry: Requested, facts: Facts, stages: Stages) -> Row:
    return Row(
        kind="entry",
        id=str(entry.id),
        at=entry.at,
        key=label(entry.call.key),
        title=entry.msg.partition(" - ")[0],
        subtitle=f"{entry.call.method} {entry.call.target}",
        code=entry.code,
        tone=BAD if facts.status == REFUSED or trouble_of(stages) else DULL,
        stages=stages,
        trouble=trouble_of(stages) or (refusal_of(entry) if facts.status == REFUSED else ""),
    )
