"""Tests of songs.py with the fixtures of suno-mock: no server to start, and no time to wait for."""

import httpx
import pytest
from songs import NoCredits, Songs

SONG = {
    "audio_id": "e231****-****-****-****-****8cadc7dc",
    "defaultParamFlag": True,
    "model": "V4",
    "prompt": "Extend the music with more relaxing notes",
    "style": "Classical",
    "title": "Peaceful Piano Extended",
    "continueAt": 60,
}


@pytest.fixture
def songs(suno_mock, suno_receiver):
    ordering = Songs(suno_mock.url, suno_mock.key, suno_receiver.url)
    yield ordering
    ordering.close()


def delivered(songs, suno_mock, suno_receiver):
    """Let three minutes pass on the mock's clock, and hand on the callbacks that came."""
    suno_mock.clock.advance(180)
    for callback in suno_receiver.received:
        songs.receive(callback.json())


def test_a_song_has_two_tracks_that_play(songs, suno_mock, suno_receiver):
    task_id = songs.order(**SONG)
    delivered(songs, suno_mock, suno_receiver)
    tracks = [httpx.get(url) for url in songs.finished[task_id]]
    assert [track.headers["Content-Type"] for track in tracks] == ["audio/mpeg"] * 2


def test_a_failure_is_told(songs, suno_mock, suno_receiver):
    suno_mock.queue("callback-501")
    task_id = songs.order(**SONG)
    delivered(songs, suno_mock, suno_receiver)
    assert songs.failed == {task_id: "Audio generation failed."}


def test_an_account_without_credits_starts_nothing(songs, suno_mock):
    suno_mock.queue("402")
    with pytest.raises(NoCredits):
        songs.order(**SONG)


@pytest.mark.suno(scenario="duplicate")
def test_callbacks_that_come_twice_change_nothing(songs, suno_mock, suno_receiver):
    task_id = songs.order(**SONG)
    delivered(songs, suno_mock, suno_receiver)
    assert list(songs.finished) == [task_id]
