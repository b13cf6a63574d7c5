"""Fills in the shapes of operations whose file has them: callbacks, records, and answers at once. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mock_server.contract.forms import IdForm
from mock_server.contract.operations import Operation
from mock_server.contract.scenarios import STAGES
from mock_server.contract.shapes import filled, values_of
from mock_server.contract.source_tracks import Track
from mock_server.core.seeded import media_name
from mock_server.domain.generated_tracks import TrackMaker, create_time, spelt_time
from mock_server.domain.made.every import MAKERS
from mock_server.domain.made.wanted import Wanted
from mock_server.domain.param import param
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import Progress, reached_at


class Subject(NamedTuple):
    """What the shapes of a request are about; `media` is what URLs of files begin with, to the last slash,
    `tracks_per_task` how many tracks a task of music makes, `ids` what their ids are like, and `source` the track that
    the request names."""

    seed: int
    task_id: str
    operation: Operation
    fields: Mapping[str, Any]
    created: str | int
    media: str
    tracks_per_task: int
    ids: IdForm
    source: Track | None = None

    def values(self, **known: Any) -> Mapping[str, Any]:
        """The values of all names that a shape can have, `known` ones among them."""
        track = self.fields.get("audioId")
        url = f"{self.media}{media_name(track)}" if isinstance(track, str) else ""
        return values_of(
            {
                "task_id": self.task_id,
                "callback_url": self.fields.get("callBackUrl"),
                "param": param(self.fields),
                "created": self.created,
                "track_url": url or None,
                "music_index": self._index(track),
                **known,
            },
            request=self.fields,
            made=MAKERS[self.operation.makes](self._wanted(url)),
        )

    def _wanted(self, url: str) -> Wanted:
        lyrics, seconds = (self.source.prompt, self.source.duration) if self.source else ("", 0.0)
        return Wanted(self.seed, self.task_id, self.fields, url, lyrics, seconds)

    def _index(self, track: object) -> int:
        """Which of the tracks of its task the track is."""
        made = self.ids.track_ids(self.seed, str(self.fields.get("taskId")), self.tracks_per_task)
        return made.index(str(track)) if track in made else 0


def shaped_callback(task: Task, stage: str, track_maker: TrackMaker) -> Any:
    """`data` of the callback of a stage, or of that which comes in its place."""
    shapes, failure = task.operation.shapes, task.scenario.failure_at(stage)
    values = subject(task, track_maker).values(
        completed=spelt_time(reached_at(task, stage), task.edition),
        error_message=None if failure is None else task.edition.profile.failure_text(task.operation, failure.code),
    )
    return filled(shapes.callback if failure is None else shapes.failed, values)


def shaped_record(task: Task, state: Progress, track_maker: TrackMaker, *, word: Any, hidden: bool) -> Any:
    """`data` of polling; `word` is the status, and what is `hidden` tells no result."""
    shapes, failure = task.operation.shapes, state.failure
    done = state.stage == STAGES[-1] and not hidden
    values = subject(task, track_maker).values(
        status=word,
        completed=spelt_time(reached_at(task, STAGES[-1]), task.edition) if done else None,
        error_code=None if failure is None else failure.code,
        error_message=None if failure is None else task.edition.profile.failure_text(task.operation, failure.code),
    )
    known = values if task.scenario.record_urls else {**values, "track_url": None}
    return filled(shapes.record, {**values, "response": filled(shapes.response, known) if done else None})


def subject(task: Task, track_maker: TrackMaker) -> Subject:
    """What the shapes of a task are about."""
    return Subject(
        seed=track_maker.seed,
        task_id=task.id,
        operation=task.operation,
        fields=task.request.fields,
        created=create_time(task),
        media=track_maker.media_of(task),
        tracks_per_task=task.edition.family.tracks_per_task,
        source=task.record.source,
        ids=task.edition.family.ids,
    )
