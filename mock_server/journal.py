"""A bounded record of what came in and what went out."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from mock_server.entries import Entry, line

ENTRIES_KEPT: Final = 10_000

Wanted = Callable[[Entry], bool]


class Journal:
    """The newest entries. `dropped` counts the older ones that were forgotten."""

    def __init__(self, listener: Callable[[Entry], None] | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self._listener = listener
        self._waiting: set[asyncio.Event] = set()
        self.dropped = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def record(self, entry: Entry) -> None:
        if len(self._entries) == ENTRIES_KEPT:
            self.dropped += 1
        self._entries.append(entry)
        for changed in self._waiting:
            changed.set()
        if self._listener is not None:
            self._listener(entry)

    async def wait_for(self, wanted: Wanted, *, count: int, within: float) -> list[Entry]:
        """All entries that match, once `count` do. Waits on change, never polls.

        Raises TimeoutError after `within` seconds of real time; its text lists what did come.
        """
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            async with asyncio.timeout(within):
                while len(found := [entry for entry in self if wanted(entry)]) < count:
                    await changed.wait()
                    changed.clear()
                return found
        except TimeoutError:
            lines = [f"\n  {line(entry)}" for entry in self]
            came = "".join(lines) or " nothing"
            raise TimeoutError(f"{len(found)} of {count} came within {within:g} s. Journal:{came}") from None
        finally:
            self._waiting.discard(changed)

    def clear(self, key: str | None) -> None:
        """Forget one key's entries, or everything and the count of what was dropped."""
        if key is None:
            self._entries.clear()
            self.dropped = 0
        else:
            self._entries = deque((entry for entry in self._entries if entry.key != key), maxlen=ENTRIES_KEPT)
