"""Journal entries written to a stream as they come, off the path of the request."""

import asyncio
from contextlib import suppress
from typing import Final, TextIO

from mock_server.entries import Entry, line

FLUSH_AFTER: Final = 0.05
"""Seconds that a line may wait, so that many are written at once and none on the path of a request."""


class Console:
    """Writes every entry to a stream a moment after it was recorded. Never fails for a stream that was closed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: list[Entry] = []

    def __call__(self, entry: Entry) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)
        self._waiting.append(entry)

    def flush(self) -> None:
        """Write what waits."""
        encoding = self._stream.encoding or "utf-8"
        text = "".join(f"{line(entry)}\n" for entry in self._waiting)
        self._waiting.clear()
        if self._stream.closed:
            return
        with suppress(OSError):
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
