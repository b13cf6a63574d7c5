"""How loud a mocked track is at each time, high and low, from the notes that its file plays. Pure, but for one file."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from math import sqrt
from typing import Final, NamedTuple

import orjson

from mock_server.contract.documents import FIXTURES
from mock_server.media.melody import played_at
from mock_server.media.sound import FRAME_SECONDS

FULL: Final = 1000
"""What a full scale is in the file (fixtures/media/README.md)."""
KEPT: Final = 128
"""Tracks whose loudness is in memory, about 30 kB each (ours)."""
LOOKED_AT: Final = 8
"""Notes of one time that are looked at, so that a long track takes about as long as a short one (ours)."""
Frame = tuple[int, int]


class Loud(NamedTuple):
    """The root mean square of the samples of one time, as a share of the full scale: of what is above 480 Hz, and of
    what is below."""

    above: float
    below: float


@lru_cache(KEPT)
def loudness(track: str, duration: float, times: int) -> Sequence[Loud]:
    """How loud a track of so many seconds is in each of so many equal times."""
    frames = max(1, round(duration / FRAME_SECONDS))
    ends = [frames * each // times for each in range(times + 1)]
    return [_between(track, first, max(stop, first + 1)) for first, stop in pairwise(ends)]


def _between(track: str, first: int, stop: int) -> Loud:
    """Of the frames from `first` to `stop`, as far as they are looked at."""
    notes = _notes()
    length = len(notes[0])
    frames = [
        frame
        for number in range(first // length, -(-stop // length))[:LOOKED_AT]
        for frame in played_at(notes, track, number)[max(0, first - number * length) : stop - number * length]
    ]
    above, below = (sqrt(sum(each * each for each in band) / len(frames)) / FULL for band in zip(*frames, strict=True))
    return Loud(above, below)


@cache
def _notes() -> Sequence[Sequence[Frame]]:
    """How loud each frame of each note is, above and below."""
    bands: Mapping[str, Sequence[Sequence[int]]] = orjson.loads((FIXTURES / "media" / "loudness.json").read_bytes())
    return [[*zip(above, below, strict=True)] for above, below in zip(bands["above"], bands["below"], strict=True)]
