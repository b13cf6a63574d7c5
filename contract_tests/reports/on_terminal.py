"""Rows as they are printed: on a terminal in colour and within its width, elsewhere one line each."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Final, TextIO

import click

from contract_tests.reports.rows import Row
from contract_tests.verdicts.results import Verdict

INDENT: Final = 4
"""Columns of the mark, behind which further lines stand."""
NARROWEST: Final = 40
"""Columns below which nothing is wrapped."""
COLOURS: Final[Mapping[Verdict, str]] = {
    Verdict.PASSED: "green",
    Verdict.VIOLATED: "red",
    Verdict.DEVIATED: "yellow",
}


def say(row: Row) -> None:
    """Print a row."""
    for line in lines_of(row, sys.stdout):
        click.echo(line)


def lines_of(row: Row, stream: TextIO) -> Iterator[str]:
    """The lines of a row for a stream."""
    if not stream.isatty():
        yield row.line
        return
    for line in _wrapped(row.line):
        colour = "" if os.environ.get("NO_COLOR") else COLOURS.get(row.verdict, "")
        yield click.style(line, fg=colour) if colour else line


def _wrapped(line: str) -> list[str]:
    """The line in parts; a word that is longer than a line stays whole, so that it can be copied."""
    columns = shutil.get_terminal_size().columns
    if columns < NARROWEST or len(line) <= columns:
        return [line]
    indent = " " * INDENT
    return textwrap.wrap(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
