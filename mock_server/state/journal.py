"""A bounded record of what came in and what went out."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Final

from mock_server.state.change_signal import Changes
from mock_server.state.journal_entries import Entry, line

ENTRIES_KEPT: Final = 10_000
BYTES_KEPT: Final = 64 * 1024 * 1024
"""Bytes of all entries together, about; bodies are most of it."""

LISTED: Final = 20
"""Entries that the text of a TimeoutError lists."""

Wanted = Callable[[Entry], bool]


def _any(entry: Entry) -> bool:
    return True


class Waiting:
    """Somebody who waits for `count` entries, `found` of which are there."""

    def __init__(self, wanted: Wanted, count: int) -> None:
        self.wanted = wanted
        self.count = count
        self.found = 0
        self.came = asyncio.Event()

    def see(self, entries: Iterable[Entry]) -> None:
        self.found += sum(map(self.wanted, entries))
        if self.found >= self.count:
            self.came.set()


class Journal:
    """The newest entries. `dropped` counts the older ones that were forgotten, `newest` is the id that was given last,
    `changes` counts what happened to the mock that somebody may want to see; `started` is another text in each process,
    since ids begin anew there."""

    def __init__(self, listener: Callable[[Entry], None] | None = None) -> None:
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._listener = listener
        self._waiting: set[Waiting] = set()
        self._closed = False
        self.started = token_hex(4)
        self.newest = 0
        self.dropped = 0
        self.changes = Changes()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def record(self, entry: Entry) -> None:
        """Write an entry down, under the next id."""
        self.newest += 1
        entry.id = self.newest
        self._entries.append(entry)
        self._bytes += entry.size
        while len(self._entries) > ENTRIES_KEPT or self._bytes > BYTES_KEPT:
            self._bytes -= self._entries.popleft().size
            self.dropped += 1
        for waiting in self._waiting:
            waiting.see((entry,))
        self.changes.note()
        if self._listener is not None:
            self._listener(entry)

    async def wait_for(self, wanted: Wanted, *, count: int, within: float, among: Wanted = _any) -> list[Entry]:
        """All entries that match, once `count` do. Waits on change, never polls.

        Raises TimeoutError after `within` seconds of real time, or when the mock stops; its text lists the newest
        entries of those `among` which they are sought.
        """
        waiting = await self._waited(Waiting(wanted, count), within)
        if waiting.found < count:
            when = "until the mock stopped" if self._closed else f"within {within:g} s"
            came = _listed([entry for entry in self if among(entry)])
            raise TimeoutError(f"{waiting.found} of {count} came {when}. Journal:{came}")
        return [entry for entry in self if wanted(entry)]

    async def after(self, id: int, wanted: Wanted, within: float) -> list[Entry]:
        """The entries after that of an id that match, once there are some; none after `within` seconds of real time, or
        when the mock stops."""

        def newer(entry: Entry) -> bool:
            return entry.id > id and wanted(entry)

        await self._waited(Waiting(newer, 1), within)
        return [entry for entry in self if newer(entry)]

    async def _waited(self, waiting: Waiting, within: float) -> Waiting:
        waiting.see(self)
        self._waiting.add(waiting)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if self._closed else within):
                    await waiting.came.wait()
        finally:
            self._waiting.discard(waiting)
        return waiting

    def close(self) -> None:
        """Let nobody wait any longer, as the mock stops."""
        self._closed = True
        self.changes.close()
        for waiting in self._waiting:
            waiting.came.set()

    def clear(self, key: str | None) -> None:
        """Forget one key's entries, or everything and the count of what was dropped."""
        kept = [] if key is None else [entry for entry in self._entries if entry.key != key]
        if key is None:
            self.dropped = 0
        self._entries = deque(kept)
        self._bytes = sum(entry.size for entry in kept)
        for waiting in self._waiting:
            waiting.found = 0
            waiting.see(kept)
        self.changes.note()


def _listed(entries: Sequence[Entry]) -> str:
    older = len(entries) - LISTED
    lines = [f" ({older} older ones left out)"] if older > 0 else []
    lines += [f"\n  {line(entry)}" for entry in entries[-LISTED:]]
    return "".join(lines) or " nothing"
