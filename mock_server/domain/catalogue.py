"""Looks up what records name."""

from collections.abc import Mapping

from mock_server.contract.editions import Editions
from mock_server.contract.scenarios import Scenarios
from mock_server.domain.tasks import Asked, Task, TaskRecord


class Catalogue:
    """Makes tasks of records. `asked` has what the request of an operation asks for, by the operation's name."""

    def __init__(self, editions: Editions, scenarios: Scenarios, asked: Mapping[str, Asked]) -> None:
        self._editions = editions
        self._scenarios = scenarios
        self._asked = asked
        self._operations = editions.profile.every

    def task(self, record: TaskRecord) -> Task:
        """The task of a record."""
        return Task(
            record,
            self._operations[record.operation],
            self._asked[record.operation],
            self._editions.named(record.readings, record.drawn),
            self._scenarios.named(record.scenario),
        )
