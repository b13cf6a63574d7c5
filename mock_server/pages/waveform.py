"""The waveforms of a task's tracks, on one axis of time and with one scale of loudness. Pure."""

from collections.abc import Sequence
from typing import Final

from mock_server.contract.source_tracks import Track
from mock_server.media.loudness import loudness

HALF: Final = 20
"""Units from the middle of a waveform to its top, and to its bottom."""
WIDTH: Final = 240
"""Units of the longest track, each with a line."""


def waveforms(tracks: Sequence[Track]) -> Sequence[str]:
    """The path of each: a line for each time, from as far above the middle as what is high is loud to as far below it
    as what is low is."""
    longest = max((each.duration for each in tracks), default=0.0)
    loud = [loudness(each.id, each.duration, _lines(each, longest)) for each in tracks]
    loudest = max((part for each in loud for time in each for part in time), default=0.0) or 1.0
    return [
        "".join(
            f"M{x} {HALF - _units(time.above, loudest)}V{HALF + _units(time.below, loudest)}"
            for x, time in enumerate(each)
        )
        for each in loud
    ]


def _lines(track: Track, longest: float) -> int:
    return max(1, round(WIDTH * track.duration / longest)) if longest > 0 else WIDTH


def _units(loud: float, loudest: float) -> int:
    """At least so many that they are seen."""
    return max(1, round(HALF * loud / loudest))
