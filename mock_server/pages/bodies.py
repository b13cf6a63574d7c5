"""Bodies as lines to read, and how one differs from the one before. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

LINES_SHOWN: Final = 300
"""Comparing takes time in proportion to the square of the lines."""
CHARACTERS_SHOWN: Final = 20_000
SAME, NEW, GONE = "same", "new", "gone"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: in both bodies (`same`), in the later alone (`new`), or in the earlier alone (`gone`)."""

    text: str
    change: str


def lines_of(body: str | None) -> list[str]:
    """A body as it is read best: JSON with a member per line, anything else as it came. A long one ends with what is
    left out."""
    text = body or ""
    if len(text) <= CHARACTERS_SHOWN:
        text = _spread(text)
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


def _spread(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
