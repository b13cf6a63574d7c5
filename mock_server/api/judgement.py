"""A request while it is judged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.contract.decode import Decoded
from mock_server.contract.editions import InForce
from mock_server.contract.operations import Operation
from mock_server.contract.source_tracks import Track
from mock_server.core.credits import Credits
from mock_server.core.settings import RateLimit
from mock_server.domain.call import Call
from mock_server.domain.opening import Draft
from mock_server.domain.proposal import Proposal
from mock_server.domain.tasks import Task

NOTHING: Final = Decoded()


@dataclass(slots=True, eq=False, kw_only=True)
class Judgement(Proposal):
    """A proposal that the checks fill in; each raises its refusal, or leaves a step to the store.

    `request` is the body once it satisfies the contract, `source` the track that is extended, `task` the one that is
    asked about, `draft` the one that is to be started; `balance` is what the key has left. `edition` is of the readings
    `in_force`.
    """

    operation: Operation
    call: Call
    in_force: InForce
    decoded: Decoded = NOTHING
    request: dict[str, Any] = field(default_factory=dict)
    source: Track | None = None
    task: Task | None = None
    draft: Draft | None = None
    balance: Credits = 0

    @property
    def account(self) -> str:
        """The key, once it is known to be accepted."""
        return self.key or ""

    @property
    def rate(self) -> RateLimit | None:
        """How many requests the account may send: as the mock is told, else as the profile says."""
        return None if self.terms.unlimited else self.terms.limit or self.edition.family.rate_limit

    def leave(self, step: str) -> None:
        """Leave a check to the store."""
        self.steps += (step,)


Check = Callable[[Judgement], Awaitable[None] | None]
"""Waits only where it has to ask the store."""


def pays(judgement: Judgement) -> None:
    """Leave to the store whether the account can pay."""
    judgement.leave("credits")


def by_number(call: Call) -> int:
    """What names a request where readings are drawn: its number, once it is counted."""
    return 0
