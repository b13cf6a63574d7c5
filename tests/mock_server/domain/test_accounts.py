"""Credits, refunds, rate windows and belongings of one account."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.settings import RateLimit
from mock_server.domain.accounts import (
    MADE_KEPT,
    REFUNDS_KEPT,
    Account,
    AccountRecord,
    KnownKey,
    Window,
    first_key,
    known_keys,
)

steps = st.lists(st.integers(0, 15), min_size=1, max_size=30)
limits = st.builds(RateLimit, requests=st.integers(1, 4), seconds=st.integers(1, 20).map(float))


def test_the_known_keys_load() -> None:
    assert known_keys() == {
        "test-key": KnownKey(summary="the key that `suno-mock serve` prints"),
        "empty-key": KnownKey(summary="an account without credits: every accepted request answers 402", credits=0),
    }


def test_the_first_key_can_pay() -> None:
    assert known_keys()[first_key()].credits is None


def test_credits_without_refunds_stay() -> None:
    assert Account(credits=5).balance(1e9) == 5


def test_a_refund_comes_when_due() -> None:
    account = Account(credits=5)
    account.owe(100.0, 12)
    assert [account.balance(now) for now in (99.9, 100.0, 100.1, 200.0)] == [5, 17, 17, 17]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50).map(float), st.integers(1, 20))), st.lists(st.integers(0, 60)))
def test_each_refund_is_paid_once(refunds: list[tuple[float, int]], moments: list[int]) -> None:
    account = Account(credits=0)
    for due, credits in refunds:
        account.owe(due, credits)
    for now in sorted(moments):
        assert account.balance(now) == sum(credits for due, credits in refunds if due <= now)


def test_too_many_refunds_are_paid_at_once() -> None:
    account = Account(credits=0)
    for number in range(REFUNDS_KEPT + 2):
        account.owe(100.0, number)
    assert account.balance(0) == 0 + 1
    assert account.balance(100) == sum(range(REFUNDS_KEPT + 2))


@settings(max_examples=100, deadline=None)
@given(limits, steps)
def test_no_window_exceeds_the_limit(limit: RateLimit, waits: list[int]) -> None:
    window, now, granted = Window(), 0.0, list[float]()
    for wait in waits:
        now += wait
        if window.take_slot(now, limit) is None:
            granted.append(now)
    for start in granted:
        assert sum(start <= moment < start + limit.seconds for moment in granted) <= limit.requests


@settings(max_examples=100, deadline=None)
@given(limits, steps)
def test_waiting_frees_a_slot(limit: RateLimit, waits: list[int]) -> None:
    window, now = Window(), 0.0
    for wait in waits:
        now += wait
        until_free = window.take_slot(now, limit)
        if until_free is not None:
            assert 0 < until_free <= limit.seconds
            now += until_free
            assert window.take_slot(now, limit) is None


def test_a_refused_request_is_not_counted() -> None:
    window, limit = Window(), RateLimit(requests=1, seconds=10)
    assert [window.take_slot(now, limit) for now in (0, 4, 9.5, 10)] == [None, 6, 0.5, None]


def test_a_smaller_limit_counts_what_was_granted() -> None:
    window, wide, narrow = Window(), RateLimit(requests=3, seconds=10), RateLimit(requests=1, seconds=10)
    assert [window.take_slot(now, wide) for now in (0, 1)] == [None, None]
    assert window.take_slot(2, narrow) == 8


def test_a_queued_scenario_goes_before_the_standing_one() -> None:
    account = Account(credits=0, standing="late")
    account.queued.extend(["silent", "402"])
    assert [account.next_scenario() for _ in range(4)] == ["silent", "402", "late", "late"]


def test_no_scenario_is_queued_at_first() -> None:
    assert Account(credits=0).next_scenario() is None


@given(st.lists(st.tuples(st.sampled_from(["persona", "wav"]), st.sampled_from("abc"))))
def test_what_was_made_is_remembered_once(makings: list[tuple[str, str]]) -> None:
    account = Account(credits=0)
    for making in makings:
        account.make(*making)
    for operation in ("persona", "wav"):
        assert list(account.named(operation)) == list(dict.fromkeys(name for by, name in makings if by == operation))


def test_the_thing_made_first_is_forgotten() -> None:
    account = Account(credits=0)
    for number in range(MADE_KEPT + 1):
        account.make("wav", str(number))
    assert list(account.named("wav")) == [str(number) for number in range(1, MADE_KEPT + 1)]


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_a_price_comes_back_when_it_is_to(credits: int, price: int, refund_at: int, now: int) -> None:
    kept, refunded = Account(credits=credits), Account(credits=credits)
    kept.pay(price, None)
    refunded.pay(price, refund_at)
    assert kept.balance(now) == credits - price
    assert refunded.balance(now) == credits - (price if now < refund_at else 0)


def test_a_record_shows_the_account_at_a_moment() -> None:
    account = Account(credits=5, requests=3, standing="late", tasks={"a": None, "b": None})
    account.queued.extend(["silent", "402"])
    account.owe(100.0, 12)
    assert account.record(99) == AccountRecord(5, 3, 2, ("silent", "402"), "late")
    assert account.record(100).credits == 17
