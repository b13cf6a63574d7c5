"""An accepted request: what it asks for, and what judged it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiter import from_json

from mock_server.profile import Edition
from mock_server.scenarios import Scenario
from mock_server.settings import Pace
from mock_server.tracks import Track


@dataclass(slots=True, eq=False)
class Task:
    """One accepted request. `created` in epoch seconds of the mock's clock; `body` is the request as it came.

    Many tasks are kept and few are looked at again, so the body is decoded when somebody asks for it. `given_up`: no
    further callback of the task is sent.
    """

    id: str
    account: str
    created: float
    body: bytes
    source: Track
    edition: Edition
    scenario: Scenario
    pace: Pace
    given_up: bool = False

    @property
    def request(self) -> "TaskRequest":
        return TaskRequest(from_json(self.body), self.source)


class TaskRequest:
    """What a task was asked for, with what it inherits from its source track when defaultParamFlag is false."""

    def __init__(self, fields: Mapping[str, Any], source: Track) -> None:
        self.fields = fields
        custom = fields["defaultParamFlag"]
        self.model: str = fields["model"]
        self.callback_url: str = fields["callBackUrl"]
        self.title: str = fields["title"] if custom else source.title
        self.style: str = fields["style"] if custom else source.style
        self.prompt: str = fields["prompt"] if custom else source.prompt
        self.continue_at: float = fields["continueAt"] if custom else source.duration
