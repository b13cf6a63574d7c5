"""A request while it is judged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.contract.decode import Decoded
from mock_server.contract.operations import Operation
from mock_server.contract.profile import Edition
from mock_server.contract.scenarios import Choice, Scenarios
from mock_server.contract.source_tracks import Track
from mock_server.core.errors import ApiError
from mock_server.core.settings import RateLimit
from mock_server.domain.answer import Answer, refused
from mock_server.domain.call import Call
from mock_server.domain.opening import Draft
from mock_server.domain.proposal import Decision, Proposal
from mock_server.domain.tasks import Task
from mock_server.domain.terms import Terms

NOTHING: Final = Decoded()


@dataclass(slots=True, eq=False)
class Judgement:
    """What is known of a request so far. The checks fill it in, and each raises its refusal.

    `ordinal` is its number, None as long as the store is to count it and 0 where it is not counted; `steps` are the
    checks that are left to the store. `source` is the track that is extended, `task` the one that is asked about,
    `draft` the one that is to be started; `balance` is what the key has left. `succeeded` makes the answer where
    nothing refuses.
    """

    operation: Operation
    call: Call
    terms: Terms
    edition: Edition
    succeeded: Callable[["Judgement", Decision], Answer]
    key: str = ""
    ordinal: int | None = 0
    decoded: Decoded = NOTHING
    choice: Choice | None = None
    request: dict[str, Any] = field(default_factory=dict)
    source: Track | None = None
    task: Task | None = None
    steps: tuple[str, ...] = ()
    refusal: ApiError | None = None
    made: tuple[str, str] | None = None
    made_already: ApiError | None = None
    limit: RateLimit | None = None
    receiver: str = ""
    balance: int = 0
    draft: Draft | None = None

    def leave(self, step: str) -> None:
        """Leave a check to the store."""
        self.steps += (step,)

    def answered(self, decision: Decision) -> Answer:
        """The one place where a refusal becomes an answer."""
        if decision.refusal is not None:
            return refused(decision.refusal, self.edition)
        return self.succeeded(self, decision)

    def proposal(self, scenarios: Scenarios) -> Proposal:
        """What the store is asked to decide."""
        polled = self.task
        return Proposal(
            call=self.call,
            key=self.call.key,
            terms=self.terms,
            answered=self.answered,
            scenarios=scenarios,
            steps=self.steps,
            ordinal=self.ordinal,
            refusal=self.refusal,
            choice=self.choice,
            limit=self.limit,
            polled="" if polled is None else polled.id,
            made=self.made,
            made_already=self.made_already,
            price=self.operation.price,
            receiver=self.receiver,
            opens=None if self.draft is None else self.draft.opened,
        )


Check = Callable[[Judgement], Awaitable[None]]
