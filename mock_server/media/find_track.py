"""Where a track comes from: listed, added, made by a task, or adopted as it comes."""

from collections.abc import Collection
from typing import Literal, overload

from mock_server.contract.profile import Edition
from mock_server.contract.source_tracks import Track, adopted
from mock_server.domain.generated_tracks import Result
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import progress
from mock_server.runtime import Parts


class Sources:
    """Finds tracks by their ids."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @overload
    async def extendable(
        self, key: str, audio_id: str, model: str, edition: Edition, *, adopt: Literal[True]
    ) -> Track: ...
    @overload
    async def extendable(self, key: str, audio_id: str, model: str, edition: Edition) -> Track | None: ...

    async def extendable(
        self, key: str, audio_id: str, model: str, edition: Edition, *, adopt: bool = False
    ) -> Track | None:
        """The track of this id that the key can extend; `model` is what an adopted one is taken to be of, `adopt`
        takes any id."""
        listed = self._parts.tracks.get(audio_id)
        if listed is not None:
            return listed
        added = (await self._parts.store.tracks(key)).get(audio_id)
        if added is not None:
            return added
        made = await self.made(audio_id)
        if made is not None and made[0].account == key and made[1].finished:
            return made[1].track
        adopt = adopt or self._parts.config.settings.adopt_unknown_tracks
        if adopt or self._parts.scenarios.is_magic(audio_id):
            return adopted(audio_id, model, edition.family.longest[model])
        return None

    async def made(self, audio_id: str) -> tuple[Task, Result] | None:
        """The task that has made the track of this id by now, and the track as it stands."""
        family = self._parts.editions.family
        for task_id, index in self._parts.studio.tasks_of(audio_id, family.tracks_per_task):
            task = await self._parts.store.task(task_id)
            if task is not None:
                results = self.results(task)
                return (task, results[index]) if index < len(results) else None
        return None

    def results(self, task: Task) -> list[Result]:
        """A task's tracks as they stand now."""
        return self._parts.studio.listed(task, progress(task, self._parts.clock.now()).stage)

    async def known(self, key: str) -> Collection[str]:
        """The ids of the source tracks that are listed for the key, for an error text."""
        return [*self._parts.tracks, *await self._parts.store.tracks(key)]
