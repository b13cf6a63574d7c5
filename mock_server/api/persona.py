"""POST /api/v1/generate/generate-persona: a persona of a finished track, made at once
(`openapi/family.openapi.yaml`, Generate Persona)."""

from collections.abc import Mapping

from mock_server.api.finished_track import FinishedTrack, applied
from mock_server.api.judgement import Check, Judgement, by_number, pays
from mock_server.contract.operations import PERSONA
from mock_server.core import seeded
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.proposal import Decision


class Persona:
    """Whether a second persona of one track is refused is an open question (`persona_twice`)."""

    name = PERSONA
    drawn_by = staticmethod(by_number)

    def __init__(self, finished: FinishedTrack, seed: int) -> None:
        self._seed = seed
        self.own_checks: Mapping[str, Check] = {**finished.checks(), "once": self._once, "credits": pays}

    def _once(self, judgement: Judgement) -> None:
        if judgement.edition.readings.persona_twice:
            judgement.leave("once")
            judgement.made_already = state_rules.made_already(PERSONA, "persona", judgement.request, judgement.edition)

    def propose(self, judgement: Judgement) -> None:
        """The persona is made once."""
        judgement.made = PERSONA, self._persona(judgement)

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """POST /api/v1/generate/generate-persona is answered with the persona."""
        request = judgement.request
        made = {"personaId": self._persona(judgement), "name": request["name"], "description": request["description"]}
        return succeeded(made, judgement.edition, applied(decision.choice))

    def _persona(self, judgement: Judgement) -> str:
        return seeded.persona_id(self._seed, judgement.account, judgement.request["audioId"])
