"""POST /api/v1/generate: a task that begins anew (`openapi/family.openapi.yaml`, Generate Music)."""

from collections.abc import Mapping
from typing import Any, Final

from mock_server.api.judgement import Check, Judgement, by_number
from mock_server.api.open_task import TaskOpening
from mock_server.contract.operations import GENERATE
from mock_server.contract.source_tracks import INSTRUMENTAL, Track
from mock_server.domain.answer import Answer
from mock_server.domain.proposal import Decision
from mock_server.domain.tasks import TaskRequest

TITLE_LENGTH: Final = 40
"""Characters of a description that become the title where none was asked for."""
UNTITLED: Final = "Untitled"
STYLE: Final = "ambient, calm"


def task_request(fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
    """Without custom mode nothing but the prompt counts; title and style are then the generator's (ours)."""
    custom = fields["customMode"]
    prompt = fields.get("prompt", "")
    return TaskRequest(
        fields=fields,
        model=fields["model"],
        title=fields["title"] if custom else prompt[:TITLE_LENGTH].strip() or UNTITLED,
        style=fields["style"] if custom else STYLE,
        prompt=INSTRUMENTAL if fields["instrumental"] else prompt,
    )


class Generate:
    """Nothing is checked of it but what is checked of every task."""

    name = GENERATE
    drawn_by = staticmethod(by_number)

    def __init__(self, opening: TaskOpening) -> None:
        self.own_checks: Mapping[str, Check] = opening.checks()
        self._opening = opening

    def propose(self, judgement: Judgement) -> None:
        """A task is to be started."""
        self._opening.draft(judgement)

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """POST /api/v1/generate is answered with the task that starts."""
        return self._opening.answer(judgement, decision)
