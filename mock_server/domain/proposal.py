"""A request that was judged as far as it can be without the state, and what the store decides on it.

Proposal  what is left to decide, and how the answer is made of the decision
Decision  what the store decided, in one step
Opening   the task that an accepted request starts
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

from mock_server.contract.editions import Edition
from mock_server.contract.scenarios import Choice, Scenario, Scenarios
from mock_server.core.credits import Credits
from mock_server.core.errors import ApiError, RateLimited
from mock_server.core.settings import RateLimit
from mock_server.domain.answer import Answer, refused
from mock_server.domain.call import Call
from mock_server.domain.owed import Owed
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.terms import Terms


class Opening(NamedTuple):
    """A task that is started: its record, what it owes first, and when its price comes back, in epoch seconds of the
    mock's clock."""

    record: TaskRecord
    owed: Owed | None
    refund_at: float | None


class Decision(NamedTuple):
    """What the store decided at one moment of its clock: the request's number, its scenario, and the refusal or the new
    task, if there is one."""

    ordinal: int
    at: float
    choice: Choice
    refusal: ApiError | None = None
    record: TaskRecord | None = None


Open = Callable[[int, float, Scenario], Opening]
"""Makes a task of the request's number, the moment, and the scenario."""


@dataclass(slots=True, eq=False, kw_only=True)
class Proposal:
    """What a request asks of the state, under the terms and by the edition by which it was judged.

    `steps` are the names of the checks that are left to the store, in the order of `openapi/checks.yaml`; those behind
    `refusal`, the first that was found without the state, are left out. `ordinal` is the number of the request where it
    was counted before, None where the store is to count it; 0 is of a request that is not counted.

    What a step needs: `choice` is the scenario that was asked for, None for the one that is queued for the key, which
    `scenarios` knows; `limit` is the rate, `polled` the id of the task that is asked about, `made` what can be made
    once, by operation and name, with `made_already` for the second time; `price` in credits, `receiver` host and port
    of the callbacks. `call` is written down with the answer, which `succeeded` makes where nothing refuses; None is
    written nowhere. `mark` are headers that tell of the answer where it came from.
    """

    call: Call | None
    key: str | None
    terms: Terms
    edition: Edition
    scenarios: Scenarios
    succeeded: Callable[[Any, Decision], Answer]
    steps: tuple[str, ...] = ()
    ordinal: int | None = 0
    refusal: ApiError | None = None
    choice: Choice | None = None
    limit: RateLimit | None = None
    polled: str = ""
    made: tuple[str, str] | None = None
    made_already: ApiError | None = None
    price: Credits = 0
    receiver: str = ""
    opens: Open | None = None
    mark: Mapping[str, str] | None = None

    def answered(self, decision: Decision) -> Answer:
        """The one place where a refusal becomes an answer."""
        refusal = decision.refusal
        answer = self.succeeded(self, decision) if refusal is None else refused(refusal, self.edition)
        if self.mark:
            answer.headers = {**self.mark, **answer.headers}
        return answer


class Crowded(NamedTuple):
    """Why no more callbacks can be owed."""

    why: str

    def refusal(self, *, frozen: bool) -> RateLimited:
        """429, with the way out."""
        way_out = "advance the clock, or reset the mock" if frozen else "try again soon"
        return RateLimited(f"{self.why}; {way_out}", retry_after=1)


def too_many(limit: RateLimit, wait: float, whose: str, *, frozen: bool) -> RateLimited:
    """The refusal past a limit; `wait` is in seconds of the mock's clock."""
    still = " of the mock's clock, which stands still until it is advanced" if frozen else ""
    return RateLimited(
        f"{whose} had {limit.requests} requests within {limit.seconds:g} s; "
        f"the next is possible in {wait:.1f} s{still} (--rate-limit)",
        retry_after=ceil(wait),
    )
