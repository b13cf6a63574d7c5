"""Requests that were judged, for a store to decide, and the tasks that they start."""

import json
from typing import Any

from mock_server.contract.scenarios import Scenario
from mock_server.domain.answer import Answer, accepted, succeeded
from mock_server.domain.owed import owed_first
from mock_server.domain.proposal import Decision, Open, Opening, Proposal
from mock_server.domain.tasks import Task
from mock_server.domain.terms import Terms
from mock_server.domain.timeline import plan
from mock_server.state.store import Store
from tests.builders import SCENARIOS, edition


def proposal(terms: Terms, **changes: Any) -> Proposal:
    """A request of `key` that is counted and that nothing refuses, with changes."""
    whole: dict[str, Any] = {
        "call": None,
        "key": "key",
        "terms": terms,
        "edition": edition(),
        "scenarios": SCENARIOS,
        "succeeded": told,
        "ordinal": None,
    }
    return Proposal(**{**whole, **changes})


def told(proposal: Proposal, decision: Decision) -> Answer:
    """The answer that starts a task; where none is, one that tells the number and the scenario of the request."""
    if decision.record is not None:
        return accepted(decision.record, proposal.edition, decision.choice.applied)
    return succeeded({"ordinal": decision.ordinal, "scenario": decision.choice.scenario.name}, proposal.edition)


def opens(mine: Task, refund_at: float | None = None) -> Open:
    """Starts this task, whatever its number and scenario."""

    def opening(ordinal: int, now: float, scenario: Scenario) -> Opening:
        return Opening(mine.record, owed_first(mine.record, plan(mine)), refund_at)

    return opening


async def decided(store: Store, **changes: Any) -> Answer:
    """What the store decides on a request, under the terms that hold."""
    asked = {"key": "key", **changes}
    answer = await store.accept(proposal(await store.terms(asked["key"]), **asked))
    assert answer is not None
    return answer


async def started(store: Store, mine: Task, **changes: Any) -> Answer:
    """What the store answers to a request that starts a task, whose receiver may be crowded."""
    return await decided(store, **{"key": mine.key, "opens": opens(mine), **changes})


def data(answer: Answer) -> Any:
    """What the answer tells."""
    return json.loads(answer.body)["data"]
