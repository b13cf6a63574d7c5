"""The provider's endpoints: a call in, an answer out. Each makes its checks in the order of `openapi/checks.yaml`."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mock_server.api.admission import Admission
from mock_server.api.judgement import Check, Judgement
from mock_server.callbacks.scheduler import Scheduler
from mock_server.contract.checks import ordered
from mock_server.contract.editions import Editions
from mock_server.contract.scenarios import Scenarios
from mock_server.core.errors import ApiError
from mock_server.domain.answer import Answer, refused
from mock_server.domain.call import Call
from mock_server.domain.proposal import Decision
from mock_server.state.journal_entries import Requested
from mock_server.state.store import Store

if TYPE_CHECKING:
    from mock_server.api.replayed import Replayed


class ServedOperation(Protocol):
    """What an endpoint says of itself."""

    @property
    def name(self) -> str:
        """The operation's name."""

    @property
    def own_checks(self) -> Mapping[str, Check]:
        """Its checks beside those common to all, by their names."""

    def drawn_by(self, call: Call) -> str | int:
        """What names a request, beside its key, where readings are drawn for one that has no number."""

    def propose(self, judgement: Judgement) -> Awaitable[None] | None:
        """Say what the store is to do, once no check refuses."""

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """The answer where the store does not refuse, either."""


class Judge:
    """Judges the calls of one operation, has the store decide what is left, and answers. What was `replayed` is judged
    by its recording."""

    def __init__(
        self,
        served: ServedOperation,
        admission: Admission,
        store: Store,
        editions: Editions,
        scenarios: Scenarios,
        scheduler: Scheduler,
        replayed: "Replayed | None" = None,
    ) -> None:
        self._served = served
        self._operation = editions.profile.operations[served.name]
        common = admission.of_post() if self._operation.method == "POST" else admission.of_get()
        self._checks: list[Check] = [
            *in_order({**common, **served.own_checks}, editions.family.checks),
            served.propose,
        ]
        self._store = store
        self._editions = editions
        self._scenarios = scenarios
        self._scheduler = scheduler
        self._replayed = replayed

    async def __call__(self, call: Call) -> Answer:
        """Decide on a call; where the settings change meanwhile, anew, under the same number."""
        ordinal = 0
        while True:
            judgement = await self._judged(call, ordinal)
            if judgement.draft is not None and judgement.receiver:
                await self._scheduler.reserve(judgement.receiver)
            answer = await self._store.accept(judgement)
            if answer is not None:
                break
            ordinal = judgement.ordinal or 0  # what the store was still to count was not counted
        if judgement.draft is not None and judgement.draft.due_after is not None:
            self._scheduler.owe(judgement.draft.due_after)
        return answer

    async def _judged(self, call: Call, ordinal: int) -> Judgement:
        terms = await self._store.terms(call.key)
        in_force = self._editions.under(terms.overrides)
        # `drawn_by` may parse the query, which is for nothing where no question varies.
        drawn = in_force.draw(call.key or "", self._served.drawn_by(call)) if in_force.varies else in_force.default
        judgement = Judgement(
            call=call,
            key=call.key,
            terms=terms,
            in_force=in_force,
            edition=drawn,
            scenarios=self._scenarios,
            succeeded=self._served.succeeded,
            ordinal=ordinal,
            price=self._operation.price,
            operation=self._operation,
        )
        checks = self._checks if self._replayed is None else await self._replayed.checks(judgement, self._checks)
        try:
            for check in checks:
                waits = check(judgement)
                if waits is not None:
                    await waits
        except ApiError as refusal:
            judgement.refusal = refusal
        return judgement


class Undecided:
    """What is answered without a decision, and written down all the same."""

    def __init__(self, store: Store, editions: Editions) -> None:
        self._store = store
        self._editions = editions

    async def failed(self) -> Answer:
        """What a bug of the mock looks like from outside."""
        terms = await self._store.terms(None)
        problem = ApiError("the mock itself failed; its standard error has the traceback")
        return replace(refused(problem, self._editions.under(terms.overrides).default), status=500)

    async def write_down(self, call: Call, answer: Answer) -> None:
        """Write down a request on which nothing was decided."""
        await self._store.journal.append(Requested.answered((await self._store.moment()).now, call, answer))


def in_order(named: Mapping[str, Check], first: Sequence[str] = ()) -> Sequence[Check]:
    """The checks in the order in which they are made; a profile makes some `first`."""
    return [named[each.name] for each in ordered(first) if each.name in named]
