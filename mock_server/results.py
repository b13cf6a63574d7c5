"""What a task generates: its tracks as they stand at a stage. Pure; callbacks and polling both write this down."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from mock_server import seeding
from mock_server.tasks import Task, TaskRequest

EXTENSION: Final = (30.0, 120.0)
"""Seconds that an extension adds to what it continues (ours; no document says)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One generated track. Unfinished, it has no audio yet: an empty `audio_url` and no duration (capture)."""

    id: str
    finished: bool
    audio_url: str
    stream_url: str
    image_url: str
    prompt: str
    model_name: str
    title: str
    tags: str
    create_time: str | int
    duration: float


def listed(task: Task, stage: str, seed: int) -> list[Result]:
    """The tracks that a stage shows: how many is an open question for text and first, all at complete."""
    tracks = task.edition.family.tracks_per_task
    readings = task.edition.readings
    shown, finished = {
        "text": (readings.text_items, 0),
        "first": (readings.first_items, 1),
        "complete": (tracks, tracks),
    }[stage]
    request = task.request
    return [_result(task, request, index, index < finished, seed) for index in range(shown)]


def create_time(task: Task) -> str | int:
    """When the task was accepted, in the edition's spelling; UTC."""
    spelling = task.edition.readings.create_time
    if spelling is None:
        return round(task.created * 1000)
    return datetime.fromtimestamp(task.created, UTC).strftime(spelling)


def _result(task: Task, request: TaskRequest, index: int, finished: bool, seed: int) -> Result:
    track = seeding.track_id(seed, task.id, index)
    family = task.edition.family
    url = family.media + seeding.media_name(track)
    return Result(
        id=track,
        finished=finished,
        audio_url=f"{url}.mp3" if finished else "",
        stream_url=url,
        image_url=f"{url}.jpeg",
        prompt=request.prompt,
        model_name=family.model_names[request.model],
        title=request.title,
        tags=request.style,
        create_time=create_time(task),
        duration=min(_duration(request.continue_at, track, seed), family.longest[request.model]),
    )


def _duration(continue_at: float, track: str, seed: int) -> float:
    shortest, longest = EXTENSION
    return round(continue_at + shortest + (longest - shortest) * seeding.fraction(seed, track, "duration"), 2)
