"""What is made of a finished track, once per track and at once: a persona, a WAV record."""

from typing import Final

from mock_server.api.admission import Admitted, Gate
from mock_server.contract.operations import PERSONA, WAV, operations
from mock_server.contract.profile import Edition
from mock_server.contract.scenarios import Choice
from mock_server.core import seeded
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.call import Call
from mock_server.domain.timeline import progress
from mock_server.media.find_track import Sources
from mock_server.runtime import Parts

PLAIN: Final = "200"
"""The scenario of success."""


class Derived:
    """The endpoints about one track of one finished task."""

    def __init__(self, parts: Parts, gate: Gate, sources: Sources) -> None:
        self._parts = parts
        self._gate = gate
        self._sources = sources

    async def persona(self, call: Call, ordinal: int, edition: Edition) -> Answer:
        """POST /api/v1/generate/generate-persona (`openapi/family.openapi.yaml`, Generate Persona)."""
        admitted = await self._about_track(PERSONA, call, ordinal, edition)
        request = admitted.request
        persona = seeded.persona_id(self._parts.config.settings.seed, admitted.account, request["audioId"])
        if not await self._parts.store.make(admitted.account, PERSONA, persona) and edition.readings.persona_twice:
            raise state_rules.made_already(PERSONA, request, edition)  # 409
        made = {"personaId": persona, "name": request["name"], "description": request["description"]}
        return succeeded(made, edition, _applied(admitted.choice))

    async def wav(self, call: Call, ordinal: int, edition: Edition) -> Answer:
        """POST /api/v1/wav/generate (`openapi/family.openapi.yaml`, Convert to WAV Format); nothing is converted."""
        admitted = await self._about_track(WAV, call, ordinal, edition)
        if not await self._parts.store.make(admitted.account, WAV, admitted.request["audioId"]):
            raise state_rules.made_already(WAV, admitted.request, edition)  # 409
        task_id = seeded.task_id(self._parts.config.settings.seed, admitted.account, ordinal)
        return succeeded({"taskId": task_id}, edition, _applied(admitted.choice))

    async def _about_track(self, operation: str, call: Call, ordinal: int, edition: Edition) -> Admitted:
        """The request, once its track is one of a finished task of the account."""
        admitted = await self._gate.admit(operations()[operation], call, ordinal, edition)
        request = admitted.request
        task = await self._parts.store.task(request["taskId"])
        if task is None or task.account != admitted.account:
            raise state_rules.unknown_task(operation, request, edition)  # 404
        state_rules.enforce_made(operation, request, task, progress(task, self._parts.clock.now()), edition)  # 422
        tracks = [result.track.id for result in self._sources.results(task)]
        if request["audioId"] not in tracks:
            raise state_rules.foreign_audio(operation, request, tracks, edition)  # 404
        return admitted


def _applied(choice: Choice) -> str:
    """The preference that was honoured: nothing is called back here, so that of a course of callbacks was not."""
    return choice.applied if choice.scenario.name == PLAIN else ""
