"""Splits bodies into lines and compares two of them. Pure."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

LINES_SHOWN: Final = 300
"""Comparing takes time in proportion to the square of the lines."""
CHARACTERS_SHOWN: Final = 20_000
PARTS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++')
OPENING, CLOSING = ("[", "{"), ("]", "}")
BREAKING: Final = (*OPENING, ",")
INDENT: Final = "  "
DEEPEST: Final = 20
"""Levels that are indented."""
SAME, NEW, GONE = "same", "new", "gone"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: in both bodies (`same`), in the later alone (`new`), or in the earlier alone (`gone`)."""

    text: str
    change: str


def lines_of(body: str | None) -> list[str]:
    """A body as it is read best: JSON with a member per line, but every name and value as it came, and anything else as
    it came. A long one ends with what is left out."""
    text = body or ""
    if len(text) <= CHARACTERS_SHOWN and _is_json(text):
        lines = list(islice(_spread(text), LINES_SHOWN + 1))
        return [*lines[:LINES_SHOWN], "... more"] if len(lines) > LINES_SHOWN else lines
    shown = text[:CHARACTERS_SHOWN].splitlines(keepends=True)[:LINES_SHOWN]
    left_out = len(text) - sum(map(len, shown))
    more = [f"... {left_out} more characters"] if left_out else []
    return [*(line.rstrip("\r\n") for line in shown), *more]


def compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """The lines of the later body, and those that it has no more where they stood."""
    for change, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if change != "equal":
            yield from (Line(text, GONE) for text in before[first:last])
        yield from (Line(text, SAME if change == "equal" else NEW) for text in after[begin:end])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _spread(text: str) -> Iterator[str]:
    """JSON, a member per line. Part by part, since a parser would lose what is there twice and how a number was
    written."""
    line, depth, before = "", 0, ""
    for part in PARTS.findall(text):
        depth -= part in CLOSING
        empty = before in OPENING and part in CLOSING
        if (before in BREAKING or part in CLOSING) and not empty:
            yield line
            line = INDENT * min(depth, DEEPEST)
        line += f"{part} " if part == ":" else part
        depth += part in OPENING
        before = part
    yield line
