"""How loud tracks are, compared with what FFmpeg decodes of their files."""

import json
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.documents import FIXTURES
from mock_server.core.clock import elapsed
from mock_server.media.loudness import FULL, KEPT, loudness
from mock_server.media.sound import Sound, notes
from tests.mock_server.media.bands import bands, loud
from tests.mock_server.media.test_sound import decoded, whole

FRAME = 576
"""Samples."""
TIMES = 50
HEAD = FRAME
"""Samples of the frame that states the length, which FFmpeg decodes as silence when it is not told to skip them."""


def test_the_file_has_what_is_decoded_of_the_notes() -> None:
    below, above = bands(decoded(b"".join(notes())))
    made = {}
    for name, band in (("below", below), ("above", above)):
        frames = [round(FULL * loud(band[first : first + FRAME])) for first in range(0, len(band), FRAME)]
        made[name] = [frames[first : first + 20] for first in range(0, len(frames), 20)]
    kept = json.loads((FIXTURES / "media" / "loudness.json").read_bytes())
    for name, rows in made.items():
        assert [each for row in kept[name] for each in row] == pytest.approx(
            [each for row in rows for each in row], abs=1
        )
        assert [len(row) for row in kept[name]] == [len(row) for row in rows]


@pytest.mark.parametrize("duration", [3.0, 20.0, 60.0])
def test_a_track_is_as_loud_as_its_file_decoded(duration: float) -> None:
    track = "b1946ac9-2c3f-4f0e-8f0e-000000000001"
    below, above = bands(decoded(whole(Sound(track, "Road", duration))))
    found = loudness(track, duration, TIMES)
    for number, each in enumerate(found):
        first, stop = (round(part * duration / TIMES / 0.024) * FRAME for part in (number, number + 1))
        assert each.below == pytest.approx(loud(below[first:stop]), abs=0.02)
        assert each.above == pytest.approx(loud(above[first:stop]), abs=0.02)
    assert sqrt(sum(each.below**2 for each in found) / TIMES) == pytest.approx(loud(below), rel=0.05)


@given(st.uuids(), st.floats(0, 1e9), st.integers(1, 300))
def test_every_time_has_a_loudness(track: object, duration: float, times: int) -> None:
    found = loudness(f"{track}", duration, times)
    assert len(found) == times
    assert all(0 <= part <= 0.3 for each in found for part in each)


def test_tracks_differ() -> None:
    assert loudness("one", 180, TIMES) != loudness("other", 180, TIMES)


def test_a_long_track_takes_no_longer_and_little_is_kept() -> None:
    began = elapsed()
    for number in range(KEPT + 10):
        loudness(f"{number}", 1e9, 24)
    assert elapsed() - began < 30
    assert loudness.cache_info().currsize <= KEPT
