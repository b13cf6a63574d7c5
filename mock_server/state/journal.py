"""The journal in memory: a bounded record of what came in and what went out."""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from operator import attrgetter
from secrets import token_hex
from typing import Final

from mock_server.state.change_signal import Changes
from mock_server.state.journal_entries import Entry
from mock_server.state.journal_match import Match
from mock_server.state.ledger import Change, Ledger, Table, Unkept
from mock_server.state.steps import Steps

ENTRIES_KEPT: Final = 10_000
BYTES_KEPT: Final = 64 * 1024 * 1024
"""Bytes of all entries together, about; bodies are most of it."""


class Waiting:
    """Somebody who waits for `count` entries that match, after that of an id; `found` of them are there."""

    def __init__(self, match: Match, count: int, after: int) -> None:
        self._match = match
        self._count = count
        self._after = after
        self._unseen: Sequence[Entry] | None = None
        self.found = 0
        self.came = asyncio.Event()

    def see(self, entry: Entry) -> None:
        self.found += entry.id > self._after and self._match(entry)
        if self.found >= self._count:
            self.came.set()

    def begin(self, entries: Sequence[Entry]) -> None:
        """Count anew, beginning with these, once who waits is served."""
        self.found, self._unseen = 0, entries
        self.came.set()

    async def changed(self) -> None:
        """Return once there are enough, or what there was is to be counted anew, and is."""
        await self.came.wait()
        self.came.clear()
        await self.count()

    async def count(self) -> None:
        """See what there was from the beginning."""
        steps = Steps()
        while self._unseen is not None:
            entries, self._unseen = self._unseen, None
            for entry in entries:
                await steps.one()
                if self._unseen is not None:  # the journal was cleared in the meantime
                    break
                self.see(entry)


class MemoryJournal:
    """The newest entries, in memory. `newest` is the id that was given last, `dropped` counts the older ones that were
    forgotten; `started` is another text in each process, since ids begin anew there. `changes` is told of entries."""

    def __init__(self, changes: Changes, ledger: Ledger | None = None) -> None:
        self._ledger = Unkept() if ledger is None else ledger
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._listeners: list[Callable[[Entry], None]] = []
        self._waiting: set[Waiting] = set()
        self._closed = False
        self._changes = changes
        self.started = token_hex(4)
        self.newest = 0
        self.dropped = 0

    def listen(self, listener: Callable[[Entry], None]) -> None:
        self._listeners.append(listener)

    def record(self, entry: Entry) -> int:
        """Write an entry down, under the next id, which comes back."""
        self.newest += 1
        entry.id = self.newest
        self._ledger.note(Table.ENTRY, entry)
        self._keep(entry)
        for waiting in self._waiting:
            waiting.see(entry)
        self._changes.note()
        for listener in self._listeners:
            listener(entry)
        return entry.id

    def restore(self, entries: Iterable[Entry], started: str, newest: int, dropped: int) -> None:
        """Keep what an engine has written, oldest first, under the ids that it has."""
        self.started, self.newest, self.dropped = started, newest, dropped
        for entry in entries:
            self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._bytes += entry.size
        while len(self._entries) > ENTRIES_KEPT or self._bytes > BYTES_KEPT:
            forgotten = self._entries.popleft()
            self._ledger.note(Table.ENTRY, forgotten, Change.GONE)
            self._bytes -= forgotten.size
            self.dropped += 1

    async def append(self, entry: Entry) -> int:
        return self.record(entry)

    async def entry(self, id: int) -> Entry | None:
        return next((entry for entry in self._after(id - 1)[:1] if entry.id == id), None)

    async def page(self, after: int = 0, limit: int | None = None, match: Match | None = None) -> list[Entry]:
        newer = self._after(after)
        if match is None:
            return newer[:limit]
        found: list[Entry] = []
        steps = Steps()
        for entry in newer:
            await steps.one()
            if match(entry):
                found.append(entry)
            if len(found) == limit:
                break
        return found

    async def wait(self, match: Match, *, count: int, after: int = 0, within: float) -> int:
        waiting = Waiting(match, count, after)
        waiting.begin(self._after(after))
        self._waiting.add(waiting)
        try:
            await waiting.count()
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if self._closed else within):
                    while waiting.found < count and not self._closed:
                        await waiting.changed()
        finally:
            self._waiting.discard(waiting)
        return waiting.found

    async def clear(self, key: str | None) -> None:
        self.forget(key)

    def forget(self, key: str | None) -> None:
        """Forget one key's entries, or everything and the count of what was dropped."""
        kept = [] if key is None else [entry for entry in self._entries if entry.key != key]
        if key is None:
            self.dropped = 0
            self._ledger.emptied(Table.ENTRY)
        for entry in self._entries if key is not None else ():
            if entry.key == key:
                self._ledger.note(Table.ENTRY, entry, Change.GONE)
        self._entries = deque(kept)
        self._bytes = sum(entry.size for entry in kept)
        for waiting in self._waiting:
            waiting.begin(kept)
        self._changes.note()

    def _after(self, id: int) -> list[Entry]:
        """The entries after that of an id, as they are now."""
        entries = list(self._entries)
        return entries[bisect_right(entries, id, key=attrgetter("id")) :]

    def close(self) -> None:
        self._closed = True
        for waiting in self._waiting:
            waiting.came.set()
