"""Credits, refunds and rate windows of one account."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.accounts import Account, KnownKey, known_keys
from mock_server.settings import RateLimit

steps = st.lists(st.integers(0, 15), min_size=1, max_size=30)
limits = st.builds(RateLimit, requests=st.integers(1, 4), seconds=st.integers(1, 20).map(float))


def test_the_known_keys_load() -> None:
    assert known_keys() == {
        "test-key": KnownKey(summary="the key that `suno-mock serve` prints"),
        "empty-key": KnownKey(summary="an account without credits: every accepted request answers 402", credits=0),
    }


def test_the_first_key_can_pay() -> None:
    first = next(iter(known_keys().values()))
    assert first.credits is None


def test_credits_without_refunds_stay() -> None:
    assert Account(credits=5).balance(1e9) == 5


def test_a_refund_comes_when_due() -> None:
    account = Account(credits=5, refunds=[(100.0, 12)])
    assert [account.balance(now) for now in (99.9, 100.0, 100.1, 200.0)] == [5, 17, 17, 17]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50).map(float), st.integers(1, 20))), st.lists(st.integers(0, 60)))
def test_each_refund_is_paid_once(refunds: list[tuple[float, int]], moments: list[int]) -> None:
    account = Account(credits=0, refunds=list(refunds))
    for now in sorted(moments):
        assert account.balance(now) == sum(credits for due, credits in refunds if due <= now)


@settings(max_examples=100, deadline=None)
@given(limits, steps)
def test_no_window_exceeds_the_limit(limit: RateLimit, waits: list[int]) -> None:
    account, now, granted = Account(credits=0), 0.0, list[float]()
    for wait in waits:
        now += wait
        if account.take_slot(now, limit) is None:
            granted.append(now)
    for start in granted:
        assert sum(start <= moment < start + limit.seconds for moment in granted) <= limit.requests


@settings(max_examples=100, deadline=None)
@given(limits, steps)
def test_waiting_frees_a_slot(limit: RateLimit, waits: list[int]) -> None:
    account, now = Account(credits=0), 0.0
    for wait in waits:
        now += wait
        until_free = account.take_slot(now, limit)
        if until_free is not None:
            assert 0 < until_free <= limit.seconds
            now += until_free
            assert account.take_slot(now, limit) is None


def test_a_refused_request_is_not_counted() -> None:
    account, limit = Account(credits=0), RateLimit(requests=1, seconds=10)
    waits = [account.take_slot(now, limit) for now in (0, 4, 9.5, 10)]
    assert waits == [None, 6, 0.5, None]
