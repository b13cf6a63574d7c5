"""A track as a page plays it."""

from collections.abc import Sequence
from dataclasses import dataclass

from mock_server.core import seeded
from mock_server.domain.generated_tracks import Result
from mock_server.pages.waveform import waveforms
from mock_server.pages.words import titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """A track as far as it is there; the URLs are names of its files, `audio` is the stream before it is finished,
    `waveform` is the path of a drawing."""

    id: str
    title: str
    duration: float | None
    audio: str
    cover: str
    waveform: str


def playables(results: Sequence[Result]) -> Sequence[Playable]:
    """The tracks of a task, as far as they are there."""
    drawn = waveforms([each.track for each in results])
    return [_playable(result, path) for result, path in zip(results, drawn, strict=True)]


def _playable(result: Result, path: str) -> Playable:
    name = seeded.media_name(result.track.id)
    return Playable(
        id=result.track.id,
        title=titled(result.track.title),
        duration=result.track.duration if result.finished else None,
        audio=f"{name}.mp3" if result.finished else name,
        cover=f"{name}.jpeg",
        waveform=path,
    )
