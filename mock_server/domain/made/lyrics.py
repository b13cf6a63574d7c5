"""Lyrics: two variants, of lines that are ours, about what was asked for. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from mock_server.core.seeded import pick
from mock_server.domain.made.wanted import Wanted

VARIANTS: Final = 2
TITLE_LENGTH: Final = 40
"""Characters of what was asked for that become the title."""
LINES: Final = (
    "The lights go out along the street",
    "I count the windows, one by one",
    "A quiet step, a steady beat",
    "And nothing left to be undone",
    "The river keeps the time we lost",
    "We hum it home, whatever it cost",
)
PARTS: Final = ("[Verse 1]", "[Chorus]", "[Verse 2]")


def lyrics(wanted: Wanted) -> Mapping[str, Any]:
    """`variants`, each with `title` and `text`."""
    return {"variants": [_variant(wanted, number) for number in range(VARIANTS)]}


def _variant(wanted: Wanted, number: int) -> Mapping[str, str]:
    about = str(wanted.fields.get("prompt", ""))[:TITLE_LENGTH].strip() or "Untitled"
    parts = (f"{part}\n{_lines(wanted, number, part)}" for part in PARTS)
    return {"title": about, "text": "\n\n".join(parts)}


def _lines(wanted: Wanted, number: int, part: str) -> str:
    named = (wanted.task_id, "lyrics", number, part)
    return "\n".join(pick(LINES, wanted.seed, *named, line) for line in range(2))
