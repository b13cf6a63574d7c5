"""The words of a track with the seconds at which they are sung. Pure. Members: D, kie and sunoapi.org."""

import re
from collections.abc import Mapping
from typing import Any, Final

from mock_server.contract.source_tracks import INSTRUMENTAL
from mock_server.core.seeded import fraction
from mock_server.domain.made.wanted import Wanted

WORD: Final = re.compile(r"\S+\s*")
"""A word keeps the line break behind it (D)."""
POINTS: Final = 60
"""Numbers of the wave form (ours)."""
SUNG: Final = 0.9
"""The part of its time that a word takes (ours)."""
HEARD: Final = 0.02
"""The largest share of characters that is not heard as written (ours)."""


def aligned_words(wanted: Wanted) -> Mapping[str, Any]:
    """`words`, none of an instrumental track (D), `wave` and `errors`."""
    words = [] if wanted.lyrics == INSTRUMENTAL else WORD.findall(wanted.lyrics)
    each = wanted.seconds / max(1, len(words))
    named = (wanted.task_id, "wave")
    return {
        "words": [_aligned(word, number * each, each) for number, word in enumerate(words)],
        "wave": [round(fraction(wanted.seed, *named, number), 5) for number in range(POINTS)],
        "errors": round(HEARD * fraction(wanted.seed, wanted.task_id, "errors"), 4),
    }


def _aligned(word: str, start: float, lasts: float) -> Mapping[str, Any]:
    return {"word": word, "start": round(start, 2), "end": round(start + SUNG * lasts, 2)}
