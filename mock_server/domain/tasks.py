"""An accepted request: the plain record that a store keeps, and the task that it stands for."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from jiter import from_json

from mock_server.contract.editions import Edition
from mock_server.contract.family import Family
from mock_server.contract.operations import Operation
from mock_server.contract.scenarios import Scenario
from mock_server.contract.source_tracks import Track
from mock_server.core.settings import Pace

OVERHEAD: Final = 1536
"""Bytes that a task takes beside its body, about, with the ids of its tracks."""
DRAWN: Final = 2048
"""Bytes that the names of readings take that were drawn for one request, about."""


class TaskRecord(NamedTuple):
    """One accepted request as a store keeps it: plain values, and nothing that changes.

    `ordinal` counts the key's requests, `created` is in epoch seconds of the mock's clock, `body` is the request as it
    came. `source` is the track that it extends, if it does, `readings` are the names of those that judged it, in the
    register's order, `drawn` writes out those that were drawn for it alone, `speed` divides every delay,
    `tracks` are the ids of those that it generates, `base_url` is what their URLs begin with, the base URL by which the
    request reached the mock; empty for the mock's own.

    `given_up`: no further callback of the task is sent. `heard`: the last one was received; `lost`: it could not be
    delivered.
    """

    id: str
    key: str
    ordinal: int
    created: float
    body: bytes
    callback_url: str
    operation: str
    source: Track | None
    readings: tuple[str, ...]
    drawn: str
    scenario: str
    speed: float
    tracks: tuple[str, ...]
    base_url: str = ""
    given_up: bool = False
    heard: bool = False
    lost: bool = False

    def changed(self, **changes: Any) -> "TaskRecord":
        """The same with other fields."""
        return self._replace(**changes)

    @property
    def size(self) -> int:
        """Bytes, about."""
        return OVERHEAD + len(self.body) + len(self.base_url) + (DRAWN if self.drawn else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """What a task was asked for. `fields` as they came, the rest with what is inherited or left to the generator;
    `parent` is the id of the track that is extended, if one is, `starts` how many seconds of the tracks are there
    already."""

    fields: Mapping[str, Any]
    model: str
    title: str
    style: str
    prompt: str
    parent: str = ""
    starts: float = 0.0


TaskRequestFrom = Callable[[Mapping[str, Any], Track | None], TaskRequest]
"""What an operation's request asks for, by its fields and the track that it extends."""


def no_music(fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
    """What a request asks for of whose operation no music comes."""
    return TaskRequest(fields=fields, model="", title="", style="", prompt="")


def as_recorded(models: Collection[str], fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
    """What a request asks for that a recording answers, which the profile may not know: of a model that it has."""
    model, title, style, prompt = (str(fields.get(name, "")) for name in ("model", "title", "style", "prompt"))
    known = model if model in models else next(iter(models))
    parent = str(fields.get("audioId", ""))
    return TaskRequest(fields=fields, model=known, title=title, style=style, prompt=prompt, parent=parent)


class Task:
    """A record, and what it names: its operation, edition, scenario and pace.

    Many tasks are kept and few are looked at again, so the body is decoded when somebody asks for `request`. Two tasks
    of the same record are equal.
    """

    __slots__ = ("_task_request", "edition", "operation", "pace", "record", "scenario")

    def __init__(
        self,
        record: TaskRecord,
        operation: Operation,
        task_request: TaskRequestFrom,
        edition: Edition,
        scenario: Scenario,
    ) -> None:
        self.record = record
        self.operation = operation
        self._task_request = task_request
        self.edition = edition
        self.scenario = scenario
        self.pace = Pace(speed=record.speed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self.record == other.record

    def __hash__(self) -> int:
        return hash(self.record)

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def created(self) -> float:
        return self.record.created

    @property
    def family(self) -> Family:
        """What holds for the tasks of its operation."""
        return self.edition.profile.family_of(self.operation.name)

    @property
    def callback_url(self) -> str:
        return self.record.callback_url

    @property
    def request(self) -> TaskRequest:
        """What was asked for, decoded anew each time."""
        return self._task_request(from_json(self.record.body), self.record.source)
