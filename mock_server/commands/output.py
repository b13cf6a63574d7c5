"""What commands print: `tell`, `say` and `warn` for one that ends, `Printer` for one that goes on, `LogPrinter` for
what libraries log meanwhile.

A Printer's stream may be read slowly, or not at all, or be closed: whoever prints goes on.
"""

import logging
import os
import shutil
import sys
import textwrap
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TextIO

import click

from mock_server.core.text import in_json, printable

NARROWEST: Final = 40
"""Columns below which nothing is wrapped."""
HANGS: Final = 4
"""Columns by which further lines are indented more than the first."""
PASTED: Final = ("suno-mock ", "suno-contract ", "curl ")
"""How lines begin that are to be pasted."""
KEPT: Final = 1024 * 1024
"""Characters that wait to be read; further lines are left out, and counted where they are missing."""
AGAIN_WITHIN: Final = 1.0
"""Seconds of real time within which a text that is logged again is counted and not printed."""
TEXTS_COUNTED: Final = 1000
"""Texts that are counted at once; others are printed as they come."""
LAST_WORDS: Final = 1.0
"""Seconds of real time for what waits at the end."""


def tell(lines: Iterable[str], value: object, as_json: bool) -> None:
    """Print the lines, on a terminal within its width, or in their place the value as JSON."""
    if as_json:
        click.echo(in_json(value, indent=2))
        return
    columns = columns_of(sys.stdout)
    for line in lines:
        for part in fitted(printable(line), columns):
            click.echo(part)


def columns_of(stream: TextIO) -> int | None:
    """The width of a terminal; None where there is none."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def fitted(line: str, columns: int | None) -> list[str]:
    """A line in parts of so many columns, behind a hanging indent. What is to be pasted stays whole, and so does a word
    that is longer than a line."""
    text = line.lstrip()
    if columns is None or columns < NARROWEST or len(line) <= columns or text.startswith(PASTED):
        return [line]
    indent = " " * (len(line) - len(text) + HANGS)
    parts = textwrap.wrap(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return parts or [""]


def say(line: str, *, err: bool = False) -> None:
    """Print one line, whatever a server has put into it: what a terminal would obey or hide is written out."""
    click.echo(printable(line), err=err)


def warn(text: str) -> None:
    """Say what is not part of the output."""
    say(f"suno-mock: {text}", err=True)


class Printer:
    """Prints lines from any thread without waiting for the reader. Stops when the stream is closed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        self._size = 0
        self._left_out = 0
        self._gone = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def __call__(self, *lines: str) -> None:
        with self._changed:
            if self._size > KEPT:
                self._left_out += len(lines)
            elif not self._gone:
                self._put(lines)
            if self._thread is None:
                self._thread = threading.Thread(target=self._print, name="printer", daemon=True)
                self._thread.start()

    def close(self, within: float = LAST_WORDS) -> None:
        """Return when all is printed, after `within` seconds of real time at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._size or self._gone, within)

    def _put(self, lines: Sequence[str]) -> None:
        """Have lines printed, behind a word about those that are missing before them."""
        missing, self._left_out = self._left_out, 0
        for line in [*_told(missing), *lines]:
            self._waiting.append(f"{line}\n")
            self._size += len(line) + 1
        self._changed.notify_all()

    def _print(self) -> None:
        while not self._gone:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                text = "".join(self._waiting)
                self._waiting.clear()
            gone = not _written(self._stream, text)
            with self._changed:
                self._gone |= gone
                self._size -= len(text)
                if self._left_out and not self._size:
                    self._put([])
                self._changed.notify_all()


class LogPrinter(logging.Handler):
    """Prints what is logged. A text that comes again within a second is counted, or who sends nonsense could fill a
    terminal; the count is printed before what is logged next, or at the end. A traceback is always printed."""

    def __init__(self, say: Printer, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.WARNING)
        self._say = say
        self._now = now
        self._printed: dict[str, float] = {}
        self._again: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        text = f"suno-mock: {self.format(record)}"
        now = self._now()
        self._tell_again(now)
        if record.exc_info is None and text in self._printed:
            self._again[text] += 1
            return
        if len(self._printed) < TEXTS_COUNTED:
            self._printed[text] = now
        self._say(text)

    def close(self) -> None:
        """Print how often each text came again."""
        self._tell_again(float("inf"))
        super().close()

    def _tell_again(self, now: float) -> None:
        """Tell of the texts whose second is over."""
        for text in [text for text, at in self._printed.items() if now - at >= AGAIN_WITHIN]:
            del self._printed[text]
            if times := self._again.pop(text, 0):
                self._say(f"{text} ({times} more)")


def _told(missing: int) -> Iterator[str]:
    if missing:
        yield f"... {missing} {'line is' if missing == 1 else 'lines are'} left out, because nobody read"


def _written(stream: TextIO, text: str) -> bool:
    """Whether a text could be written, past the stream's buffer: one that a thread waits for would hold up the end of
    the program."""
    encoding = stream.encoding or "utf-8"
    data = text.encode(encoding, "backslashreplace")
    try:
        if _has_descriptor(stream):
            stream.flush()
            while data:
                data = data[os.write(stream.fileno(), data) :]
        else:
            stream.write(data.decode(encoding))
            stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _has_descriptor(stream: TextIO) -> bool:
    try:
        return stream.fileno() >= 0
    except OSError:  # one in memory
        return False
