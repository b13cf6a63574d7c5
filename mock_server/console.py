"""Journal entries as lines of text: `-->` what came in, `<--` what went out."""

import asyncio
from typing import Final, TextIO

from mock_server.journal import Attempted, Entry, Requested

FLUSH_AFTER: Final = 0.05
"""Seconds that a line may wait, so that many are written at once and none on the path of a request."""


def line(entry: Entry) -> str:
    """One entry as one printable line."""
    text = _request(entry) if isinstance(entry, Requested) else _attempt(entry)
    return text if text.isprintable() else "".join(map(_printable, text))


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
        lines = [f"{line(entry)}\n" for entry in self._waiting]
        self._waiting.clear()
        try:
            self._stream.write("".join(lines))
            self._stream.flush()
        except (BrokenPipeError, ValueError):
            pass


def _printable(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def _request(entry: Requested) -> str:
    answer = entry.answer
    said = f"{answer.code} task {answer.task.id}" if answer.task else f"{answer.code} {answer.msg}"
    http = "" if answer.status == 200 else f"HTTP {answer.status}, "
    return f"--> {entry.call.method} {entry.call.path}  {http}{said}"


def _attempt(entry: Attempted) -> str:
    retry = f" (attempt {entry.number})" if entry.number > 1 else ""
    took = f" in {entry.took * 1000:.0f} ms" if entry.took else ""
    return f"<-- {entry.stage} of {entry.task_id} to {entry.url}{retry}  {entry.outcome}: {entry.detail}{took}"
