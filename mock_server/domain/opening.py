"""A request that starts a task → the task, once its number, its moment and its scenario are known. Pure."""

from dataclasses import dataclass

from mock_server.contract.course import Course
from mock_server.contract.editions import Edition
from mock_server.contract.family import Family
from mock_server.contract.operations import Operation
from mock_server.contract.scenarios import Scenario
from mock_server.contract.source_tracks import Track
from mock_server.domain.new_ids import task_like, tracks_like
from mock_server.domain.owed import owed_first
from mock_server.domain.proposal import Opening
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.timeline import after, planned


@dataclass(slots=True, eq=False)
class Draft:
    """What is known of a task before the store decides; `speed` divides every delay, `base_url` is what the URLs
    of its tracks begin with, empty for the mock's own. Once it is opened, its first callback is due after `due_after`
    seconds. `replays` is the recorded course that it follows, if it does."""

    seed: int
    key: str
    body: bytes
    callback_url: str
    operation: Operation
    source: Track | None
    edition: Edition
    speed: float
    base_url: str = ""
    due_after: float | None = None
    replays: Scenario | None = None

    def opened(self, ordinal: int, now: float, scenario: Scenario) -> Opening:
        """The task. `ordinal` counts the key's requests, `now` is in epoch seconds of the mock's clock."""
        family = self.edition.profile.family_of(self.operation.name)
        scenario = (self.replays or scenario).on(family.stages)
        id, tracks = self._ids(family, ordinal, scenario.course)
        record = TaskRecord(
            id,
            self.key,
            ordinal,
            now,
            self.body,
            self.callback_url,
            self.operation.name,
            self.source,
            self.edition.picked,
            self.edition.drawn,
            scenario.name,
            self.speed,
            tracks,
            self.base_url,
        )
        fails = scenario.fails
        gone = fails is None or not family.gives_back(fails.refund)
        refunded = None if fails is None or gone else now + after(family, self.speed, fails.instead_of, id)
        steps = planned(scenario, family, self.speed, id)
        self.due_after = steps[0].after if steps and self.callback_url else None
        return Opening(record, owed_first(record, steps), refunded)

    def _ids(self, family: Family, ordinal: int, course: Course | None) -> tuple[str, tuple[str, ...]]:
        """Those of the task and of its tracks."""
        if course is not None:
            id = task_like(course.task_id, family.ids, self.seed, self.key, ordinal)
            return id, tracks_like(course.tracks, family.ids, self.seed, id)
        id = family.ids.task_id(self.seed, self.key, ordinal)
        return id, family.ids.track_ids(self.seed, id, family.tracks_per_task)
