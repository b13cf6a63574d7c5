"""The requests about one track of one finished task: what is checked of all of them."""

from collections.abc import Mapping
from typing import cast

from mock_server.api.judgement import Check, Judgement
from mock_server.contract.scenarios import PLAIN, Choice
from mock_server.domain import state_rules
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import progress
from mock_server.state.store import Store


class FinishedTrack:
    """The track is one of the key's own, and its task is complete."""

    def __init__(self, store: Store, catalogue: Catalogue, track_maker: TrackMaker) -> None:
        self._store = store
        self._track_maker = track_maker
        self._catalogue = catalogue

    def checks(self) -> Mapping[str, Check]:
        """The checks behind those of the body, by their names."""
        return {"task": self._task, "finished": self._finished, "own_track": self._own_track}

    async def _task(self, judgement: Judgement) -> None:
        record = await self._store.task(judgement.request["taskId"])
        if record is None or record.key != judgement.account:
            raise state_rules.unknown_task(judgement.operation.name, judgement.request, judgement.edition)
        judgement.task = self._catalogue.task(record)

    async def _finished(self, judgement: Judgement) -> None:
        """Raise Invalid unless the task is complete."""
        task = cast(Task, judgement.task)
        state = progress(task, (await self._store.moment()).now)
        state_rules.enforce_made(judgement.operation.name, judgement.request, task, state, judgement.edition)

    def _own_track(self, judgement: Judgement) -> None:
        """Raise NotFound for a track that the task has not made."""
        task, audio_id = cast(Task, judgement.task), judgement.request["audioId"]
        if audio_id not in task.record.tracks:
            raise state_rules.foreign_audio(
                judgement.operation.name, judgement.request, task.record.tracks, judgement.edition
            )
        judgement.source = self._track_maker.track(task, task.request, audio_id)


def applied(choice: Choice) -> str:
    """The preference that was applied. A scenario that only changes callbacks is not applied: this request has none."""
    return choice.applied if choice.scenario.name == PLAIN else ""
