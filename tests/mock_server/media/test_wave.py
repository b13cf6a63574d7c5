"""The WAV of a track."""

from io import BytesIO
from wave import open as read_wave

import pytest

from mock_server.media.wave import Wave

WAVE = Wave("track", 2.5)
WHOLE = b"".join(WAVE.part(0, WAVE.size))


def test_a_wav_is_as_long_as_its_track() -> None:
    with read_wave(BytesIO(WHOLE)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 1, 8000)
        assert sound.getnframes() == 20_000
    assert len(WHOLE) == WAVE.size


@pytest.mark.parametrize(("start", "stop"), [(0, 10), (40, 50), (2040, 2050), (20_000, 99_999)])
def test_a_part_is_that_of_the_whole(start: int, stop: int) -> None:
    assert b"".join(WAVE.part(start, stop)) == WHOLE[start:stop]


def test_another_track_sounds_otherwise() -> None:
    other = Wave("other", 2.5)
    assert other.identity != WAVE.identity
    assert b"".join(other.part(0, other.size)) != WHOLE
