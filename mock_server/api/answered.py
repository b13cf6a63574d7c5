"""The requests that are answered at once, of operations whose file says what they are (`openapi/operations`)."""

from collections.abc import Mapping

from mock_server.api.finished_track import applied
from mock_server.api.judgement import Check, Judgement, by_number, pays
from mock_server.contract.operations import Operation
from mock_server.contract.shapes import filled
from mock_server.core.credits import exact
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.generated_tracks import TrackMaker, spelt_time
from mock_server.domain.proposal import Decision
from mock_server.domain.shaped import Subject
from mock_server.state.store import Store


class Answered:
    """What is checked is what the operation's file names, and whether the account can pay. Nothing is kept of it."""

    drawn_by = staticmethod(by_number)

    def __init__(
        self, operation: Operation, store: Store, track_maker: TrackMaker, checks: Mapping[str, Mapping[str, Check]]
    ) -> None:
        self.name = operation.name
        self._operation = operation
        self._store = store
        self._track_maker = track_maker
        named = [checks[each] for each in operation.checks]
        self.own_checks: Mapping[str, Check] = {
            **{name: check for each in named for name, check in each.items()},
            "credits": pays,
        }

    async def propose(self, judgement: Judgement) -> None:
        """What is left is told with the answer."""
        judgement.balance = await self._store.balance(judgement.account)

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """Every request of kind answer is answered with what its file says."""
        about = Subject(
            seed=self._track_maker.seed,
            task_id=judgement.edition.family.ids.task_id(self._track_maker.seed, judgement.account, decision.ordinal),
            operation=self._operation,
            fields=judgement.request,
            created=spelt_time(decision.at, judgement.edition),
            media=self._track_maker.media_at(judgement.call.base_url),
            tracks_per_task=judgement.edition.family.tracks_per_task,
            source=judgement.source,
            ids=judgement.edition.family.ids,
        )
        left = exact(judgement.balance - judgement.price)
        data = filled(self._operation.shapes.answer, about.values(credits=left, price=judgement.price))
        return succeeded(data, judgement.edition, applied(decision.choice))
