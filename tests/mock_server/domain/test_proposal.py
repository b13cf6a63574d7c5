"""What is left to the store, and the answer that is made of its decision."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.scenarios import Choice
from mock_server.core.errors import NotFound
from mock_server.core.settings import RateLimit, Settings
from mock_server.domain.answer import Answer, refused, succeeded
from mock_server.domain.proposal import Crowded, Decision, Proposal, too_many
from mock_server.domain.terms import Terms
from tests.builders import CREATED, EXTENDING, SCENARIOS, edition

CHOICE = Choice(scenario=SCENARIOS.named("200"))
LIMIT = RateLimit(requests=20, seconds=10)


def told(it: Any, decision: Decision) -> Answer:
    """An answer that shows of what it is made."""
    return succeeded([it.price, decision.ordinal], it.edition)


PROPOSAL = Proposal(
    call=EXTENDING,
    key="key",
    terms=Terms(1, Settings(), (), None),
    edition=edition(),
    scenarios=SCENARIOS,
    succeeded=told,
    price=12,
)


def test_what_nothing_refuses_is_answered_by_its_endpoint() -> None:
    answer = PROPOSAL.answered(Decision(7, CREATED, CHOICE))
    assert answer.body == b'{"code":200,"msg":"success","data":[12,7]}'


@pytest.mark.parametrize("reading", ["envelope", "mirror"])
def test_a_refusal_is_answered_as_the_edition_says(reading: str) -> None:
    judged = edition("apikley", f"refusal_status={reading}")
    problem = NotFound("no track", "extend.audioId.known")
    answer = replace(PROPOSAL, edition=judged).answered(Decision(7, CREATED, CHOICE, problem))
    as_always = refused(problem, judged)
    assert (answer.status, answer.body, answer.headers) == (as_always.status, as_always.body, as_always.headers)


def test_a_proposal_asks_for_nothing_unless_it_is_told_to() -> None:
    assert (PROPOSAL.steps, PROPOSAL.ordinal, PROPOSAL.opens, PROPOSAL.made) == ((), 0, None, None)


@pytest.mark.parametrize(
    ("frozen", "way_out"), [(True, "advance the clock, or reset the mock"), (False, "try again soon")]
)
def test_who_finds_no_room_is_told_the_way_out(frozen: bool, way_out: str) -> None:
    problem = Crowded("2 tasks wait").refusal(frozen=frozen)
    assert (problem.code, problem.msg, problem.retry_after) == (429, f"2 tasks wait; {way_out}", 1)


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    running, frozen = (too_many(LIMIT, 2.44, "the account", frozen=frozen) for frozen in (False, True))
    had = "the account had 20 requests within 10 s; the next is possible in 2.4 s"
    still = " of the mock's clock, which stands still until it is advanced"
    assert running.msg == f"{had} (--rate-limit)"
    assert frozen.msg == f"{had}{still} (--rate-limit)"


@given(st.floats(0.001, 1e6))
def test_the_told_seconds_are_whole_and_enough(wait: float) -> None:
    after = too_many(LIMIT, wait, "the task", frozen=False).retry_after
    assert wait <= after < wait + 1
