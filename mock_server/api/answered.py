"""The requests that are answered at once, of operations whose file says what they are (`openapi/operations`)."""

from collections.abc import Mapping

from mock_server.api.finished_track import applied
from mock_server.api.judgement import Check, Judgement, by_number
from mock_server.contract.operations import Operation
from mock_server.contract.shapes import filled
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.generated_tracks import Studio, spelt_time
from mock_server.domain.proposal import Decision
from mock_server.domain.shaped import Subject
from mock_server.state.store import Store


class Answered:
    """What is checked is what the operation's file names. Nothing is kept of it, and nothing paid."""

    drawn_by = staticmethod(by_number)

    def __init__(
        self, operation: Operation, store: Store, studio: Studio, checks: Mapping[str, Mapping[str, Check]]
    ) -> None:
        self.name = operation.name
        self._operation = operation
        self._store = store
        self._studio = studio
        named = [checks[each] for each in operation.checks]
        self.own_checks: Mapping[str, Check] = {name: check for each in named for name, check in each.items()}

    async def accepted(self, it: Judgement) -> None:
        """What is left is told with the answer."""
        it.balance = await self._store.balance(it.account)

    def succeeded(self, it: Judgement, decision: Decision) -> Answer:
        """Every request of kind answer is answered with what its file says."""
        about = Subject(
            seed=self._studio.seed,
            task_id=it.edition.family.ids.task_id(self._studio.seed, it.account, decision.ordinal),
            operation=self._operation,
            fields=it.request,
            created=spelt_time(decision.at, it.edition),
            media=self._studio.media_at(it.call.base_url),
            tracks_per_task=it.edition.family.tracks_per_task,
            source=it.source,
            ids=it.edition.family.ids,
        )
        data = filled(self._operation.shapes.answer, about.values(credits=it.balance))
        return succeeded(data, it.edition, applied(decision.choice))
