"""A track as a page plays it."""

from dataclasses import dataclass

from mock_server.core import seeded
from mock_server.domain.generated_tracks import Result
from mock_server.pages.words import titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """A track as far as it is there; the URLs are names of its files, `audio` is the stream before it is finished."""

    id: str
    title: str
    duration: float | None
    audio: str
    cover: str


def playable(result: Result) -> Playable:
    """A track of a task, as far as it is there."""
    name = seeded.media_name(result.track.id)
    return Playable(
        id=result.track.id,
        title=titled(result.track.title),
        duration=result.track.duration if result.finished else None,
        audio=f"{name}.mp3" if result.finished else name,
        cover=f"{name}.jpeg",
    )
