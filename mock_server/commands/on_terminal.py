"""The journal's lines for somebody who looks at a terminal: with time and colour, within its width, ids cut, polls and
floods counted."""

import os
import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

import click

from mock_server.commands.options import ALWAYS, AUTO, NEVER
from mock_server.commands.output import NARROWEST

INDENT: Final = 13
"""Columns that further lines are indented by, so that they stand behind the time and the arrow."""
WIDE: Final = 120
"""Columns from which on a line has room for whole ids."""
SHORTEST: Final = 8
"""Characters of an id that are shown at least."""
IDS: Final = 10_000
"""Beginnings of ids that are remembered."""
SERIES: Final = 1000
"""Series of polls that are counted at the same time."""
FLOOD, OF_FLOOD = 50, 20
"""Entries at the same time that are all shown, and of more, how many."""
SORTS: Final = 4
"""Sorts of entries that are told apart beside those shown of a flood."""
COLOURS: Final[Mapping[str, str]] = {"good": "green", "bad": "red", "dull": "bright_black"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry of the journal: its line, when it came in epoch seconds, how it went (`good`, `bad` or `dull`), and
    what it polls, if it does. `sort` is what it is counted as in a flood, `task_id` the id that its line has."""

    line: str
    at: float
    tone: str
    polls: str = ""
    sort: str = ""
    task_id: str = ""


class OnTerminal:
    """Writes entries one after the other; polls of the same are counted after the first, and so are many entries at the
    same time. `columns` is None for a stream that has no width; a narrow one has the beginnings of ids, as far as they
    tell a task apart from those before."""

    def __init__(self, columns: int | None, *, coloured: bool) -> None:
        self._columns = columns if columns is None or columns >= NARROWEST else None
        self._coloured = coloured
        self._series: Counter[str] = Counter()
        self._ids: dict[str, str] = {}

    @classmethod
    def of(cls, stream: TextIO, colour: str) -> "OnTerminal | None":
        """What writes for a stream; None where it is no terminal and no colours are asked for."""
        is_terminal = stream.isatty()
        if not is_terminal and colour != ALWAYS:
            return None
        plain = colour == NEVER or (colour == AUTO and bool(os.environ.get("NO_COLOR")))
        return cls(shutil.get_terminal_size().columns if is_terminal else None, coloured=not plain)

    def batch(self, entries: Sequence[Told]) -> Iterator[str]:
        """The lines of entries that came at the same time: of a flood only the first, and what came beside them."""
        shown = entries if len(entries) <= FLOOD else entries[:OF_FLOOD]
        for told in shown:
            yield from self.lines(told)
        if rest := entries[len(shown) :]:
            yield from self.rest()
            counts = Counter(told.sort for told in rest)
            sorts = [f"{sort} ({times})" for sort, times in counts.most_common(SORTS)]
            others = len(rest) - sum(times for _, times in counts.most_common(SORTS))
            text = f"... {len(rest)} more: {', '.join([*sorts, *([f'others ({others})'] if others else [])])}"
            yield from (" " * INDENT + self._in(line, "dull") for line in self._wrapped(text, INDENT))

    def lines(self, told: Told) -> Iterator[str]:
        """The lines of the next entry, behind a count of the polls before it."""
        if told.polls in self._series:
            self._series[told.polls] += 1
            return
        if not told.polls or len(self._series) == SERIES:
            yield from self.rest()
        if told.polls:
            self._series[told.polls] = 0
        time = datetime.fromtimestamp(told.at, UTC).strftime("%H:%M:%S")
        first, *further = self._wrapped(self._cut(told), len(time) + 1)
        yield f"{self._in(time, 'dull')} {self._in(first, told.tone)}"
        yield from (" " * INDENT + self._in(line, told.tone) for line in further)

    def rest(self) -> Iterator[str]:
        """How many polls came that were not told yet."""
        if more := self._series.total():
            times = "once" if more == 1 else f"{more} times"
            yield " " * INDENT + self._in(f"... polled {times} more", "dull")
        self._series.clear()

    def _cut(self, told: Told) -> str:
        """The line with no more of its task's id than tells it apart."""
        if self._columns is None or self._columns >= WIDE or not told.task_id:
            return told.line
        if len(self._ids) >= IDS:
            self._ids.clear()
        length = SHORTEST
        whole = len(told.task_id)
        while self._ids.setdefault(told.task_id[:length], told.task_id) != told.task_id and length < whole:
            length += 1
        return told.line.replace(f" {told.task_id}", f" {told.task_id[:length]}", 1)

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
