"""An accepted request: what it asks for, and what judged it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jiter import from_json

from mock_server.contract.operations import Operation
from mock_server.contract.profile import Edition
from mock_server.contract.scenarios import Scenario
from mock_server.contract.source_tracks import INSTRUMENTAL, Track
from mock_server.core.settings import Pace

TITLE_LENGTH: Final = 40
"""Characters of a description that become the title where none was asked for."""
UNTITLED: Final = "Untitled"
STYLE: Final = "ambient, calm"
OVERHEAD: Final = 1024
"""Bytes that a task takes beside its body, about."""
DRAWN: Final = 4608
"""Bytes that an edition takes whose readings were drawn for one request, about."""


@dataclass(slots=True, eq=False)
class Task:
    """One accepted request. `created` in epoch seconds of the mock's clock; `body` is the request as it came, `source`
    the track that it extends, if it does.

    Many tasks are kept and few are looked at again, so the body is decoded when somebody asks for it. `given_up`: no
    further callback of the task is sent. `heard`: the last one was received; `lost`: it could not be delivered.
    `forgotten`: nobody can ask for it any more, so its body is gone.
    """

    id: str
    account: str
    created: float
    body: bytes
    callback_url: str
    operation: Operation
    source: Track | None
    edition: Edition
    scenario: Scenario
    pace: Pace
    given_up: bool = False
    heard: bool = False
    lost: bool = False
    forgotten: bool = False

    @property
    def size(self) -> int:
        """Bytes, about."""
        return OVERHEAD + len(self.body) + (DRAWN if self.edition.drawn else 0)

    def forget(self) -> None:
        """Let go of what takes room; callbacks that are still owed are not sent."""
        self.forgotten = True
        self.body = b""

    @property
    def request(self) -> "TaskRequest":
        fields = from_json(self.body)
        return TaskRequest.generate(fields) if self.source is None else TaskRequest.extend(fields, self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """What a task was asked for. `fields` as they came, the rest with what is inherited or left to the generator;
    `starts` is how many seconds of the tracks are there already."""

    fields: Mapping[str, Any]
    model: str
    title: str
    style: str
    prompt: str
    starts: float = 0.0

    @classmethod
    def extend(cls, fields: Mapping[str, Any], source: Track) -> "TaskRequest":
        """With defaultParamFlag false everything is the source track's (both documents, Parameter Details)."""
        custom = fields["defaultParamFlag"]
        return cls(
            fields=fields,
            model=fields["model"],
            title=fields["title"] if custom else source.title,
            style=fields["style"] if custom else source.style,
            prompt=fields["prompt"] if custom else source.prompt,
            starts=fields["continueAt"] if custom else source.duration,
        )

    @classmethod
    def generate(cls, fields: Mapping[str, Any]) -> "TaskRequest":
        """Without custom mode nothing but the prompt counts; title and style are then the generator's (ours)."""
        custom = fields["customMode"]
        prompt = fields.get("prompt", "")
        return cls(
            fields=fields,
            model=fields["model"],
            title=fields["title"] if custom else prompt[:TITLE_LENGTH].strip() or UNTITLED,
            style=fields["style"] if custom else STYLE,
            prompt=INSTRUMENTAL if fields["instrumental"] else prompt,
        )
