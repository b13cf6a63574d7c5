"""The journal's lines for somebody who looks at a terminal: with time and colour, within its width, polls counted."""

import os
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

import click

from mock_server.commands.options import ALWAYS, AUTO, NEVER

INDENT: Final = 13
"""Columns that further lines are indented by, so that they stand behind the time and the arrow."""
NARROWEST: Final = 40
"""Columns below which nothing is wrapped."""
COLOURS: Final[Mapping[str, str]] = {"good": "green", "bad": "red", "dull": "bright_black"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry of the journal: its line, when it came in epoch seconds, how it went (`good`, `bad` or `dull`), and
    what it polls, if it does."""

    line: str
    at: float
    tone: str
    polls: str = ""


class OnTerminal:
    """Writes entries one after the other; polls of the same are counted after the first. `columns` is None for a stream
    that has no width."""

    def __init__(self, columns: int | None, *, coloured: bool) -> None:
        self._columns = columns if columns is None or columns >= NARROWEST else None
        self._coloured = coloured
        self._series = ""
        self._more = 0

    @classmethod
    def of(cls, stream: TextIO, colour: str) -> "OnTerminal | None":
        """What writes for a stream; None where it is no terminal and no colours are asked for."""
        is_terminal = stream.isatty()
        if not is_terminal and colour != ALWAYS:
            return None
        plain = colour == NEVER or (colour == AUTO and bool(os.environ.get("NO_COLOR")))
        return cls(shutil.get_terminal_size().columns if is_terminal else None, coloured=not plain)

    def lines(self, told: Told) -> Iterator[str]:
        """The lines of the next entry, behind a count of the polls before it."""
        if told.polls and told.polls == self._series:
            self._more += 1
            return
        yield from self.rest()
        self._series = told.polls
        time = datetime.fromtimestamp(told.at, UTC).strftime("%H:%M:%S")
        first, *further = self._wrapped(told.line, len(time) + 1)
        yield f"{self._in(time, 'dull')} {self._in(first, told.tone)}"
        yield from (" " * INDENT + self._in(line, told.tone) for line in further)

    def rest(self) -> Iterator[str]:
        """How many polls came that were not told yet."""
        if self._more:
            times = "once" if self._more == 1 else f"{self._more} times"
            yield " " * INDENT + self._in(f"... polled {times} more", "dull")
        self._more = 0

    def _wrapped(self, line: str, taken: int) -> list[str]:
        """The line in parts, the first beside what is `taken`; a word that is longer than a line stays whole, so that
        it can be copied."""
        if self._columns is None:
            return [line]
        parts = textwrap.wrap(
            line,
            self._columns,
            initial_indent=" " * taken,
            subsequent_indent=" " * INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [part.strip() for part in parts] or [""]

    def _in(self, text: str, tone: str) -> str:
        return click.style(text, fg=COLOURS[tone]) if self._coloured and tone in COLOURS else text


def tone_of(kind: str, code: int, outcome: str) -> str:
    """How an entry went, by its kind, its envelope code and how an attempt ended; empty for what is as usual."""
    if kind == "attempt":
        return "good" if outcome == "accepted" else "bad"
    return "bad" if code not in (0, 200) else ""
