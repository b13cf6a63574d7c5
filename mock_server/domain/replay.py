"""A recording that is played: what it has by operation, its courses as scenarios, and whose turn is which."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from mock_server.contract import recording
from mock_server.contract.alike import Alike
from mock_server.contract.course import Recorded
from mock_server.contract.courses import recorded_requests
from mock_server.contract.operations import Operation
from mock_server.contract.scenarios import Scenario
from mock_server.domain.replayed import scenario_of

TURNS_KEPT: Final = 100_000


class Turns:
    """How often each key asked for each thing that was recorded."""

    def __init__(self) -> None:
        self._taken: OrderedDict[tuple[str | None, Hashable], int] = OrderedDict()

    def take(self, key: str | None, name: Hashable) -> int:
        """The number of the turn, from 0."""
        number = self._taken.pop((key, name), 0)
        self._taken[key, name] = number + 1
        if len(self._taken) > TURNS_KEPT:
            self._taken.popitem(last=False)
        return number

    def let_go(self, key: str | None) -> None:
        """Begin anew for one key, or for all."""
        self._taken = OrderedDict((each, turn) for each, turn in self._taken.items() if key not in (None, each[0]))


class Replay:
    """The recording of a file. `fault` says why a part of it was not read, and is empty where all was."""

    def __init__(self, file: str, operations: Mapping[str, Operation]) -> None:
        """Raises BadSetting for what cannot be played."""
        path = Path(file)
        read = recording.read(path)
        self.fault = read.fault
        self._file = path.name
        self._requests, self._left = recorded_requests(read, operations)
        every = [each for requests in self._requests.values() for each in requests]
        tells_keys = any(each.keyed for each in every)
        self._alike = {name: Alike(requests, tells_keys=tells_keys) for name, requests in self._requests.items()}
        self._scenarios = {each.line: scenario_of(each, self._file) for each in every if each.course is not None}
        self.turns = Turns()

    def alike(self, operation: str) -> Alike | None:
        """What was recorded of an operation; None where nothing was."""
        return self._alike.get(operation)

    @property
    def scenarios(self) -> Sequence[Scenario]:
        """The courses."""
        return [*self._scenarios.values()]

    def scenario(self, recorded: Recorded) -> Scenario | None:
        """The course that a request started, if it started one."""
        return self._scenarios.get(recorded.line)

    def summary(self) -> Iterator[str]:
        """What is played, and what is not."""
        count = sum(map(len, self._requests.values()))
        yield f"{self._file}: tasks {len(self._scenarios)}, other answers {count - len(self._scenarios)}"
        yield from (f"not played, {why}: {number}" for why, number in self._left.items())
