"""Journal entries printed as they come, off the path of the request."""

import asyncio
from typing import Final

from mock_server.commands.output import Printer
from mock_server.state.journal_entries import Entry, line

FLUSH_AFTER: Final = 0.05
"""Seconds that a line may wait, so that many are printed at once and none on the path of a request."""


class Console:
    """Prints every entry a moment after it was recorded."""

    def __init__(self, say: Printer) -> None:
        self._say = say
        self._waiting: list[Entry] = []

    def __call__(self, entry: Entry) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)
        self._waiting.append(entry)

    def flush(self) -> None:
        """Print what waits."""
        waiting, self._waiting = self._waiting, []
        self._say(*map(line, waiting))

    def close(self) -> None:
        """Print what waits, before the program ends."""
        self.flush()
        self._say.close()
