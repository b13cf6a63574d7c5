"""POST /api/v1/wav/generate: a WAV record of a finished track, once; nothing is converted
(`openapi/family.openapi.yaml`, Convert to WAV Format)."""

from collections.abc import Mapping

from mock_server.api.finished_track import FinishedTrack, applied
from mock_server.api.judgement import Check, Judgement, by_number
from mock_server.contract.operations import WAV
from mock_server.core import seeded
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.proposal import Decision


class Wav:
    """A second record of one track is refused."""

    name = WAV
    drawn_by = staticmethod(by_number)

    def __init__(self, finished: FinishedTrack, seed: int) -> None:
        self._seed = seed
        self.own_checks: Mapping[str, Check] = {**finished.checks(), "once": self._once}

    def _once(self, it: Judgement) -> None:
        it.leave("once")
        it.made_already = state_rules.made_already(WAV, it.request, it.edition)

    def accepted(self, it: Judgement) -> None:
        """The record is made once."""
        it.made = WAV, it.request["audioId"]

    def succeeded(self, it: Judgement, decision: Decision) -> Answer:
        """POST /api/v1/wav/generate is answered with the id of the conversion."""
        task_id = seeded.task_id(self._seed, it.account, decision.ordinal)
        return succeeded({"taskId": task_id}, it.edition, applied(decision.choice))
