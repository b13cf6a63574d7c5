"""What is decided on a request: the checks that need the state, in order, and what follows from each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.checks import checks
from mock_server.contract.scenarios import Choice, Scenario
from mock_server.core.errors import ApiError, Conflict, Forced, InsufficientCredits, Maintenance, RateLimited
from mock_server.core.settings import RateLimit, Settings
from mock_server.domain.owed import owed_first
from mock_server.domain.proposal import Decision, Opening, Proposal
from mock_server.domain.tasks import Task
from mock_server.domain.terms import Terms
from mock_server.domain.timeline import plan
from mock_server.state.memory_accept import STEPS, Deciding
from mock_server.state.memory_accounts import Accounts
from mock_server.state.memory_callbacks import QUEUED, OwedCallbacks
from mock_server.state.store import Moment
from tests.builders import CREATED, SCENARIOS, task
from tests.proposals import opens, proposal

PRICE = 12
ONE_IN_TEN = RateLimit(requests=1, seconds=10)
TERMS = Terms(1, Settings(), (), None)
MADE = ("wav", "of a track")
MADE_ALREADY = Conflict("made before")
MAINTENANCE = Maintenance("found without the state")


class Desk:
    """Accounts with so many credits and what is owed, and what is decided there."""

    def __init__(self, credits: int = 100, *, frozen: bool = True) -> None:
        self.accounts = Accounts(lambda key: credits)
        self.owed = OwedCallbacks()
        self.frozen = frozen

    def decide(self, *steps: str, at: float = 0.0, **changes: object) -> Decision:
        """The decision on a request `at` seconds; the task that it starts is kept."""
        opening, decision = self.opening(proposal(TERMS, steps=steps, **changes), at)
        if opening is not None:
            self.accounts.open(opening)
        return decision

    def opening(self, asked: Proposal, at: float = 0.0) -> tuple[Opening | None, Decision]:
        return Deciding(asked, self.accounts, self.owed, Moment(CREATED + at, self.frozen)).decide()

    def crowd(self, receiver: str) -> None:
        """Owe a receiver more than it takes."""
        waiting = owed_first(task().record, plan(task()))
        assert waiting is not None
        for ordinal in range(QUEUED):
            self.owed.owe(waiting.changed(due=CREATED, receiver=receiver, ordinal=ordinal))


def said(decision: Decision) -> str:
    """What the refusal says."""
    assert decision.refusal is not None
    return decision.refusal.msg


def test_the_steps_are_checks_that_the_documents_name() -> None:
    assert set(STEPS) <= {each.name for each in checks()}


def test_requests_are_counted_per_key() -> None:
    desk = Desk()
    assert [desk.decide(key=key).ordinal for key in ("a", "a", "b", "a")] == [1, 2, 1, 3]


@pytest.mark.parametrize("refusal", [None, MAINTENANCE])
def test_a_request_counts_whether_it_is_refused_or_not(refusal: ApiError | None) -> None:
    desk = Desk()
    assert [desk.decide(refusal=refusal).ordinal for _ in range(2)] == [1, 2]


def test_a_request_that_was_counted_before_keeps_its_number() -> None:
    desk = Desk()
    assert [desk.decide(ordinal=ordinal).ordinal for ordinal in (7, None)] == [7, 1]


def test_a_request_that_is_not_counted_uses_no_account() -> None:
    desk = Desk()
    assert desk.decide(ordinal=0).ordinal == 0
    assert desk.accounts.known("key") is None


def test_the_plain_scenario_is_that_of_nobody() -> None:
    assert Desk().decide("scenario").choice == SCENARIOS.plain


def test_a_queued_scenario_is_taken_once() -> None:
    desk = Desk()
    desk.accounts.queue("key", "late", 1)
    assert [desk.decide("scenario").choice.scenario.name for _ in range(2)] == ["late", "200"]


def test_a_request_that_asks_for_a_scenario_takes_none_from_the_queue() -> None:
    desk = Desk()
    desk.accounts.queue("key", "late", 1)
    silent = Choice(scenario=SCENARIOS.named("silent"), applied="scenario=silent")
    assert desk.decide("scenario", choice=silent).choice is silent
    assert desk.decide("scenario").choice.scenario.name == "late"


def test_a_queued_refusal_refuses() -> None:
    desk = Desk()
    desk.accounts.queue("key", "451", 1)
    refusal = desk.decide("scenario", "credits", price=1000).refusal
    assert isinstance(refusal, Forced)
    assert (refusal.code, refusal.scenario, refusal.applied) == (451, "451", "")


def test_the_rate_is_counted_per_account() -> None:
    desk = Desk()
    moments = [("a", 0), ("b", 1), ("a", 4), ("a", 10)]
    refusals = [desk.decide("rate", key=key, limit=ONE_IN_TEN, at=at).refusal for key, at in moments]
    assert [each and each.code for each in refusals] == [None, None, 429, None]


@pytest.mark.parametrize(
    ("frozen", "still"),
    [(False, ""), (True, " of the mock's clock, which stands still until it is advanced")],
)
def test_past_the_rate_the_wait_is_told(frozen: bool, still: str) -> None:
    desk = Desk(frozen=frozen)
    desk.decide("rate", limit=ONE_IN_TEN)
    refusal = desk.decide("rate", limit=ONE_IN_TEN, at=3.5).refusal
    assert isinstance(refusal, RateLimited)
    assert (refusal.retry_after, refusal.msg) == (
        7,
        f"the account had 1 requests within 10 s; the next is possible in 6.5 s{still} (--rate-limit)",
    )


def test_polls_are_counted_per_task() -> None:
    desk = Desk()
    moments = [("a", 0), ("b", 1), ("a", 4), ("a", 10)]
    refusals = [desk.decide("poll", polled=id, limit=ONE_IN_TEN, at=at).refusal for id, at in moments]
    assert [each and each.code for each in refusals] == [None, None, 429, None]


def test_past_the_rate_of_a_task_its_wait_is_told() -> None:
    desk = Desk(frozen=False)
    for _ in range(2):
        decision = desk.decide("poll", polled="a", limit=ONE_IN_TEN)
    assert said(decision) == "the task had 1 requests within 10 s; the next is possible in 10.0 s (--rate-limit)"


@pytest.mark.parametrize("step", ["rate", "poll"])
def test_without_a_limit_nothing_is_counted(step: str) -> None:
    desk = Desk()
    assert [desk.decide(step, polled="a").refusal for _ in range(3)] == [None] * 3
    assert desk.decide(step, polled="a", limit=ONE_IN_TEN).refusal is None


def test_something_is_made_once_per_key() -> None:
    desk = Desk()
    makings = [("one", "persona"), ("one", "persona"), ("one", "wav"), ("two", "persona")]
    refusals = [
        desk.decide("once", key=key, made=(operation, "x"), made_already=MADE_ALREADY).refusal
        for key, operation in makings
    ]
    assert refusals == [None, MADE_ALREADY, None, None]


def test_what_can_be_made_again_is() -> None:
    desk = Desk()
    assert [desk.decide(made=MADE, made_already=MADE_ALREADY).refusal for _ in range(2)] == [None, None]


def test_there_is_no_second_time_of_nothing() -> None:
    assert Desk().decide("once").refusal is None


@pytest.mark.parametrize(
    ("frozen", "way_out"), [(True, "advance the clock, or reset the mock"), (False, "try again soon")]
)
def test_a_receiver_that_is_owed_too_much_is_owed_no_more(frozen: bool, way_out: str) -> None:
    desk = Desk(frozen=frozen)
    desk.crowd("slow:1")
    assert desk.decide("room", receiver="fast:1").refusal is None
    refusal = desk.decide("room", receiver="slow:1").refusal
    assert isinstance(refusal, RateLimited)
    assert (refusal.retry_after, refusal.msg) == (
        1,
        f"10000 tasks wait to call slow:1, which answers slower than tasks come; {way_out}",
    )


def test_an_empty_account_says_so() -> None:
    assert said(Desk(credits=11).decide("credits", price=PRICE)) == (
        "the account has 11 credits and this costs 12; use another key, or start the mock with more --credits"
    )


def test_a_task_is_paid() -> None:
    desk, mine = Desk(credits=PRICE), task()
    decision = desk.decide("credits", price=PRICE, opens=opens(mine))
    assert (decision.record, decision.at) == (mine.record, CREATED)
    assert desk.accounts.used("key").balance(CREATED) == 0


def test_what_starts_no_task_costs_its_price_once_it_is_counted() -> None:
    desk = Desk()
    desk.decide("credits", price=PRICE)
    desk.decide("credits", price=PRICE, ordinal=0)
    assert desk.accounts.used("key").balance(CREATED) == 100 - PRICE


def test_a_task_is_opened_with_the_number_the_moment_and_the_scenario() -> None:
    desk, seen = Desk(), list[tuple[int, float, str]]()
    desk.accounts.queue("key", "late", 1)

    def opening(ordinal: int, now: float, scenario: Scenario) -> Opening:
        seen.append((ordinal, now, scenario.name))
        return opens(task())(ordinal, now, scenario)

    desk.decide("scenario", opens=opening, at=5)
    assert seen == [(1, CREATED + 5, "late")]


def test_a_refund_pays_again() -> None:
    desk = Desk(credits=PRICE)
    desk.decide("credits", price=PRICE, opens=opens(task(id="a"), CREATED + 180))
    later = [desk.decide("credits", price=PRICE, opens=opens(task(id="b")), at=at).refusal for at in (179, 180)]
    assert [each and each.code for each in later] == [402, None]


def test_what_was_found_without_the_state_comes_behind_the_steps_before_it() -> None:
    desk = Desk(credits=0)
    assert desk.decide("rate", limit=ONE_IN_TEN, refusal=MAINTENANCE).refusal is MAINTENANCE
    refusal = desk.decide("rate", limit=ONE_IN_TEN, refusal=MAINTENANCE).refusal
    assert refusal is not None
    assert refusal.code == 429


def test_the_first_step_that_refuses_decides() -> None:
    desk = Desk(credits=0)
    desk.crowd("slow:1")
    room_first, credits_first = (
        desk.decide(*steps, price=PRICE, receiver="slow:1").refusal
        for steps in (("room", "credits"), ("credits", "room"))
    )
    assert (room_first and room_first.code, credits_first and credits_first.code) == (429, 402)


def test_what_a_check_takes_is_taken_although_a_later_one_refuses() -> None:
    desk = Desk(credits=0)
    desk.accounts.queue("key", "late", 1)
    desk.decide("scenario", "rate", "credits", limit=ONE_IN_TEN, price=PRICE)
    following = desk.decide("scenario", "rate", limit=ONE_IN_TEN)
    assert (following.choice.scenario.name, following.refusal and following.refusal.code) == ("200", 429)


def test_a_request_that_is_refused_without_the_state_starts_makes_and_pays_nothing() -> None:
    desk = Desk()
    decision = desk.decide(refusal=MAINTENANCE, price=PRICE, opens=opens(task()), made=MADE)
    account = desk.accounts.used("key")
    assert (decision.record, desk.accounts.tasks(None)) == (None, [])
    assert (account.balance(CREATED), list(account.named("wav"))) == (100, [])


def test_a_request_that_the_state_refuses_starts_makes_and_pays_nothing() -> None:
    desk = Desk(credits=PRICE - 1)
    decision = desk.decide("once", "credits", price=PRICE, opens=opens(task()), made=MADE)
    account = desk.accounts.used("key")
    assert (decision.record, desk.accounts.tasks(None)) == (None, [])
    assert (account.balance(CREATED), list(account.named("wav"))) == (PRICE - 1, [])


requests = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20), st.none() | st.integers(0, 30)), max_size=25)


@settings(max_examples=60)
@given(st.integers(0, 50), requests)
def test_a_balance_is_never_negative(credits: int, course: list[tuple[int, int, int | None]]) -> None:
    desk, paid, now = Desk(credits), list[tuple[int, float | None]](), 0
    for number, (wait, price, refund_after) in enumerate(course):
        now += wait
        balance = credits - sum(each for each, back in paid if back is None or back > now)
        back = None if refund_after is None else now + refund_after
        mine: Task = task(id=str(number))
        decision = desk.decide(
            "credits", at=now, price=price, opens=opens(mine, None if back is None else CREATED + back)
        )
        assert isinstance(decision.refusal, InsufficientCredits) == (balance < price)
        paid += [] if decision.refusal else [(price, back)]
        left = credits - sum(each for each, back in paid if back is None or back > now)
        assert desk.accounts.used("key").balance(CREATED + now) == left >= 0
