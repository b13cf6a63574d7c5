"""The last line of a terminal while a command waits: for how long, and for what. Elsewhere there is none."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from mock_server.core.text import printable

EVERY: Final = 0.2
"""Seconds from one tick to the next."""


class Ticking:
    """Writes one line over and over, or nothing without a stream. It uses no more than a carriage return, which every
    terminal knows."""

    def __init__(self, stream: TextIO | None, waits_for: str, now: Callable[[], float] = time.monotonic) -> None:
        self.waits_for = waits_for
        self._stream = stream
        self._now = now
        self._began = now()
        self._shown = ""
        self._one = threading.Lock()

    def tick(self) -> None:
        """Write the line anew."""
        with self._one:
            self._write()

    def above(self, say: Callable[[], object]) -> None:
        """Have something said above the line."""
        with self._one:
            self._erase()
            say()
            self._write()

    def erase(self) -> None:
        """Leave nothing behind."""
        with self._one:
            self._erase()

    def _write(self) -> None:
        if self._stream is None:
            return
        columns = shutil.get_terminal_size().columns
        line = printable(f"{self._now() - self._began:7.1f} s  waits for {self.waits_for}")[: columns - 1]
        self._stream.write(f"\r{line.ljust(len(self._shown))}")
        self._stream.flush()
        self._shown = line

    def _erase(self) -> None:
        if self._stream is not None and self._shown:
            self._stream.write(f"\r{' ' * len(self._shown)}\r")
            self._stream.flush()
        self._shown = ""


@contextmanager
def ticking(waits_for: str, stream: TextIO | None = None) -> Iterator[Ticking]:
    """One that ticks by itself, on standard error; where that is no terminal it writes nothing."""
    stream = sys.stderr if stream is None else stream
    if not stream.isatty():
        yield Ticking(None, waits_for)
        return
    line, over = Ticking(stream, waits_for), threading.Event()

    def tick() -> None:
        while not over.wait(EVERY):
            line.tick()

    thread = threading.Thread(target=tick, name="ticking", daemon=True)
    thread.start()
    try:
        yield line
    finally:
        over.set()
        thread.join()
        line.erase()
