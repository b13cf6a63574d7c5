"""Sounds: what players and decoders make of them."""

import io
import tracemalloc
from array import array
from itertools import pairwise
from typing import Any

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mutagen.mp3 import MP3

from mock_server.media.melody import CHUNK
from mock_server.media.sound import FRAME, FRAME_HEADER, NOTE, TITLE_LIMIT, Sound, notes

TRACK = "b1946ac9-2c3f-4f0e-8f0e-000000000001"

tracks = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
titles = st.text(st.characters(codec=None))
durations = st.floats(0.1, 600)


def sound(track: str = TRACK, title: str = "Road", duration: float = 30.0) -> Sound:
    return Sound(track, title, duration)


def whole(sound: Sound) -> bytes:
    return b"".join(sound.part(0, sound.size))


def tagged(sound: Sound) -> Any:
    """What mutagen reads: the length of the audio, and the tag."""
    return MP3(io.BytesIO(whole(sound)))  # type: ignore[no-untyped-call]


def decoded(data: bytes) -> "array[float]":
    """The samples that FFmpeg's decoder gives."""
    samples = array("f")
    with av.open(io.BytesIO(data), "r", format="mp3") as opened:
        for frame in opened.decode(audio=0):
            samples.frombytes(bytes(frame.planes[0])[: frame.samples * samples.itemsize])
    return samples


@given(durations)
def test_a_sound_states_its_duration(duration: float) -> None:
    info = tagged(sound(duration=duration)).info
    assert info.length == pytest.approx(duration, abs=0.1)
    assert (info.bitrate, info.sample_rate, info.channels) == (32_000, 24_000, 1)


@settings(max_examples=15)
@given(durations)
@example(0.1)
@example(600.0)
def test_a_sound_plays_for_its_duration(duration: float) -> None:
    data = whole(sound(duration=duration))
    with av.open(io.BytesIO(data), "r", format="mp3") as opened:
        assert (opened.duration or 0) / 1_000_000 == pytest.approx(duration, abs=0.1)
    assert len(decoded(data)) / 24_000 == pytest.approx(duration, abs=0.1)


@pytest.mark.parametrize("duration", [0.0, -1.0, 0.001])
def test_no_sound_is_too_short_to_play(duration: float) -> None:
    assert len(decoded(whole(sound(duration=duration)))) == 6 * 576


def test_a_sound_is_heard_in_every_second() -> None:
    samples = decoded(whole(sound(duration=20)))
    for second in range(20):
        assert max(samples[second * 24_000 : (second + 1) * 24_000]) > 0.2


def test_notes_meet_in_silence() -> None:
    samples = decoded(whole(sound(duration=60)))
    for join in range(NOTE // FRAME * 576, len(samples), NOTE // FRAME * 576):
        assert max(map(abs, samples[join - 200 : join + 200])) < 0.005


def test_no_frame_needs_another() -> None:
    data = b"".join(notes())
    assert {len(note) for note in notes()} == {NOTE}
    for frame in range(0, len(data), FRAME):
        assert data[frame : frame + 4] == FRAME_HEADER
        assert data[frame + 4] == 0, "main_data_begin: the bit reservoir"


def test_all_notes_differ() -> None:
    assert len(set(notes())) == 12


@given(tracks, titles, durations, st.data())
def test_a_part_is_that_slice_of_the_whole(track: str, title: str, duration: float, data: st.DataObject) -> None:
    file = Sound(track, title, duration)
    everything = whole(file)
    start = data.draw(st.integers(0, file.size + 10))
    stop = data.draw(st.integers(0, file.size + 10))
    chunks = list(file.part(start, stop))
    assert b"".join(chunks) == everything[start:stop]
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)


@given(st.lists(st.integers(0, 120_000)))
def test_parts_join_to_the_whole(cuts: list[int]) -> None:
    file = sound()
    bounds = sorted({0, *cuts, file.size})
    assert b"".join(chunk for start, stop in pairwise(bounds) for chunk in file.part(start, stop)) == whole(file)


@given(tracks, titles, durations)
def test_the_size_is_that_of_the_whole(track: str, title: str, duration: float) -> None:
    file = Sound(track, title, duration)
    assert file.size == len(whole(file)) == len(whole(Sound(track, title, duration)))


@given(tracks, titles, durations)
def test_the_same_track_has_the_same_bytes(track: str, title: str, duration: float) -> None:
    assert whole(Sound(track, title, duration)) == whole(Sound(track, title, duration))


@given(tracks, tracks, durations)
def test_different_tracks_have_different_bytes(one: str, other: str, duration: float) -> None:
    assert (whole(sound(one, duration=duration)) == whole(sound(other, duration=duration))) == (one == other)


def test_every_track_has_its_own_melody() -> None:
    files = [sound(str(number)) for number in range(100)]
    assert len({b"".join(file.part(len(file.head), file.size)) for file in files}) == 100


@given(titles, tracks)
def test_a_sound_is_tagged(title: str, track: str) -> None:
    tags = tagged(sound(track, title)).tags
    assert str(tags.get("TIT2", "")) == title[:TITLE_LIMIT].encode("utf-8", "replace").decode().replace("\0", " ")
    assert tags["COMM::eng"].text == [f"Track {track}, mocked by suno-mock"]


def test_a_long_title_is_cut() -> None:
    assert len(sound(title="夜" * 5_000_000).head) < 1000


def test_a_long_sound_takes_little_memory() -> None:
    file = sound(duration=480)
    notes()
    tracemalloc.start()
    read = sum(map(len, file.part(0, file.size)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == file.size > 1_900_000
    assert peak < 2**20
