"""Where a track comes from: listed, added, made by a task, or adopted as it comes."""

from collections.abc import Collection, Mapping

from mock_server.contract.profile import Edition
from mock_server.contract.scenarios import Scenarios
from mock_server.contract.source_tracks import Track, adopted
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.generated_tracks import Result, Studio
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import progress
from mock_server.state.store import Store


class FindTrack:
    """Finds tracks by their ids. `listed` are those that every key has from the start."""

    def __init__(
        self, store: Store, catalogue: Catalogue, studio: Studio, scenarios: Scenarios, listed: Mapping[str, Track]
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._studio = studio
        self._scenarios = scenarios
        self._listed = listed

    async def extendable(
        self, key: str, audio_id: str, model: str, edition: Edition, *, adopts: bool = False
    ) -> Track | None:
        """The track of this id that the key can extend. Where it `adopts`, or where the id names a scenario, any id is
        a track, of the `model` that the request names."""
        listed = self._listed.get(audio_id)
        if listed is not None:
            return listed
        added = (await self._store.tracks(key)).get(audio_id)
        if added is not None:
            return added
        made = await self.made(audio_id)
        if made is not None and made[0].key == key and made[1].finished:
            return made[1].track
        if adopts or self._scenarios.is_magic(audio_id):
            return adopted(audio_id, model, edition.family.longest[model])
        return None

    async def made(self, audio_id: str) -> tuple[Task, Result] | None:
        """The task that has made the track of this id by now, and the track as it stands."""
        record = await self._store.task_of_track(audio_id)
        if record is None:
            return None
        task = self._catalogue.task(record)
        stage = progress(task, (await self._store.moment()).now).stage
        shown = self._studio.listed(task, stage)
        return next(((task, result) for result in shown if result.track.id == audio_id), None)

    async def known(self, key: str) -> Collection[str]:
        """The ids of the source tracks that are listed for the key, for an error text."""
        return [*self._listed, *await self._store.tracks(key)]
