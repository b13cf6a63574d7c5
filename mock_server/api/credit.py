"""GET /api/v1/chat/credit and /api/v1/generate/credit: what is left (`openapi/family.openapi.yaml`)."""

from collections.abc import Mapping
from math import floor

from mock_server.api.judgement import Check, Judgement
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.call import Call
from mock_server.domain.proposal import Decision
from mock_server.state.store import Store


class Credit:
    """Two paths, one endpoint."""

    def __init__(self, name: str, store: Store) -> None:
        self.name = name
        self._store = store
        self.own_checks: Mapping[str, Check] = {}

    def drawn_by(self, call: Call) -> str:
        """What names the request where readings are drawn."""
        return call.path

    async def propose(self, judgement: Judgement) -> None:
        """What is left when it is asked for."""
        judgement.balance = await self._store.balance(judgement.account)

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """GET /api/v1/chat/credit and /api/v1/generate/credit are answered with what is left, a whole number or not."""
        kind = float if judgement.edition.readings.credits_number else floor
        return succeeded(kind(judgement.balance), judgement.edition)
