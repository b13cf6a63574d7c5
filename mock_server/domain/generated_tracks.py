"""The tracks that tasks generate, as they stand at a stage. Pure; callbacks, polling and media read them here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from mock_server.contract.editions import Edition
from mock_server.contract.source_tracks import Track
from mock_server.core import seeded
from mock_server.domain.tasks import Task, TaskRequest

RESULTS_KEPT: Final = 1024
"""Tasks whose tracks are remembered: three callbacks and many polls tell the same ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One generated track at one stage. Unfinished, it has no audio yet: an empty `audio_url` and no duration
    (capture)."""

    track: Track
    finished: bool
    audio_url: str
    stream_url: str
    image_url: str
    model_name: str
    create_time: str | int

    def unfinished(self) -> "Result":
        """The same track while it is generated."""
        return replace(self, finished=False, audio_url="")


class TrackMaker:
    """Makes tracks: the same ones from the same seed. `media` is what their URLs begin with, up to the last slash,
    unless a task has a base URL of its own; both end with the `folder` of files, such as `files/`, if there is one."""

    def __init__(self, seed: int, media: str, folder: str = "") -> None:
        self.seed = seed
        self._media = f"{media}{folder}"
        self._folder = folder
        self._results = lru_cache(maxsize=RESULTS_KEPT)(self._made)

    def listed(self, task: Task, stage: str | None) -> list[Result]:
        """The tracks that the callback of a stage lists: how many is an open question for text and first."""
        readings = task.edition.readings
        return self._standing(task, stage, {"text": readings.text_items, "first": readings.first_items})

    def polled(self, task: Task, stage: str | None) -> list[Result]:
        """Those that polling lists once the stage is reached, which is a question of its own."""
        return self._standing(task, stage, task.edition.readings.record_items)

    def there(self, task: Task, stage: str | None) -> list[Result]:
        """Those that either lists, and whose files can be loaded."""
        return max(self.listed(task, stage), self.polled(task, stage), key=len)

    def _standing(self, task: Task, stage: str | None, before: Mapping[str, int]) -> list[Result]:
        """All tracks at complete, `before` it as many as is said by stage."""
        tracks = len(task.record.tracks)
        shown, finished = {
            None: (0, 0),
            "text": (before["text"], 0),
            "first": (before["first"], 1),
            "complete": (tracks, tracks),
        }[stage]
        results = self._results(task)[:shown] if shown else ()
        return [result if index < finished else result.unfinished() for index, result in enumerate(results)]

    def track(self, task: Task, request: TaskRequest, id: str) -> Track:
        """A task's track, finished."""
        shortest, longest = task.operation.lasts
        lasts = shortest + (longest - shortest) * seeded.fraction(self.seed, id, "duration")
        return Track(
            id=id,
            model=request.model,
            duration=min(round(request.starts + lasts, 2), task.edition.family.longest[request.model]),
            title=request.title,
            style=request.style,
            prompt=request.prompt,
        )

    def media_of(self, task: Task) -> str:
        """What the URLs of its files begin with, up to the last slash."""
        return self.media_at(task.record.base_url)

    def media_at(self, base_url: str) -> str:
        """What URLs of files begin with, up to the last slash, by which a request reached the mock."""
        return f"{base_url}/{self._folder}" if base_url else self._media

    def _made(self, task: Task) -> tuple[Result, ...]:
        request = task.request
        return tuple(self._result(task, request, id) for id in task.record.tracks)

    def _result(self, task: Task, request: TaskRequest, id: str) -> Result:
        track = self.track(task, request, id)
        url = f"{self.media_of(task)}{seeded.media_name(track.id)}"
        return Result(
            track=track,
            finished=True,
            audio_url=f"{url}.mp3",
            stream_url=url,
            image_url=f"{url}.jpeg",
            model_name=task.edition.family.model_names[track.model],
            create_time=create_time(task),
        )


def create_time(task: Task) -> str | int:
    """When the task was accepted, in the edition's spelling; UTC."""
    return spelt_time(task.created, task.edition)


def spelt_time(at: float, edition: Edition) -> str | int:
    """A moment in epoch seconds, in the edition's spelling; UTC."""
    spelling = edition.readings.create_time
    if spelling is None:
        return round(at * 1000)
    return datetime.fromtimestamp(at, UTC).strftime(spelling)
