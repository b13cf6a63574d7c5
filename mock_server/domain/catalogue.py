"""Looks up what records name."""

from collections.abc import Mapping
from functools import partial

from mock_server.contract.editions import Editions
from mock_server.contract.scenarios import Scenarios
from mock_server.domain.tasks import Task, TaskRecord, TaskRequestFrom, as_recorded, no_music


class Catalogue:
    """Makes tasks of records. `asked` has what the request of an operation asks for whose tracks are music, by its
    name, or by the name of the one that asks as it does."""

    def __init__(self, editions: Editions, scenarios: Scenarios, task_requests: Mapping[str, TaskRequestFrom]) -> None:
        self._editions = editions
        self._scenarios = scenarios
        self._task_requests = task_requests
        self._operations = editions.profile.every
        self._family_of = editions.profile.family_of

    def task(self, record: TaskRecord) -> Task:
        """The task of a record."""
        operation = self._operations[record.operation]
        family = self._family_of(operation.name)
        scenario = self._scenarios.of_task(record.scenario).on(family.stages)
        asked = self._task_requests.get(operation.asks or operation.name, no_music)
        return Task(
            record,
            operation,
            asked if scenario.course is None else partial(as_recorded, family.longest),
            self._editions.named(record.readings, record.drawn),
            scenario,
        )
