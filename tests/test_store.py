"""What the mock remembers between requests."""

import asyncio
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.accounts import KnownKey
from mock_server.errors import InsufficientCredits
from mock_server.settings import RateLimit
from mock_server.store import ACCOUNTS_KEPT, BYTES_KEPT, TASKS_KEPT, MemoryStore
from mock_server.tasks import Task
from tests.builders import CREATED, SOURCE, edition, task

PRICE = 12
KNOWN = {"rich": KnownKey(summary="has its own", credits=1000), "plain": KnownKey(summary="has the default")}


def store(credits: int = 100) -> MemoryStore:
    return MemoryStore(credits, KNOWN)


def opened(id: str, account: str = "key", after: float = 0.0) -> Task:
    like = task()
    return Task(id, account, CREATED + after, like.body, SOURCE, edition(), like.scenario, like.pace)


async def affordable(held: MemoryStore, key: str) -> int:
    """How many tasks the key can pay, by opening them."""
    for count in range(1000):
        try:
            await held.open_task(opened(f"{key}{count}", key), PRICE, None)
        except InsufficientCredits:
            return count
    raise AssertionError


def test_requests_are_counted_per_key() -> None:
    async def count() -> list[int]:
        held = store()
        return [await held.next_ordinal(key) for key in ("a", "a", "b", "a")]

    assert asyncio.run(count()) == [1, 2, 1, 3]


def test_slots_are_counted_per_key() -> None:
    async def take() -> list[float | None]:
        held, limit = store(), RateLimit(requests=1, seconds=10)
        return [await held.take_slot(key, now, limit) for key, now in [("a", 0), ("b", 1), ("a", 4), ("a", 10)]]

    assert asyncio.run(take()) == [None, None, 6, None]


@pytest.mark.parametrize(
    ("key", "count"),
    [
        pytest.param("anyone", 8, id="a key of no file has the default"),
        pytest.param("plain", 8, id="a known key without credits too"),
        pytest.param("rich", 83, id="a known key has its own"),
    ],
)
def test_an_account_opens_with_credits(key: str, count: int) -> None:
    assert asyncio.run(affordable(store(100), key)) == count


def test_an_empty_account_says_so() -> None:
    with pytest.raises(InsufficientCredits) as refused:
        asyncio.run(store(11).open_task(opened("a"), PRICE, None))
    assert refused.value.msg == (
        "the account has 11 credits and one extension costs 12; use another key, or start the mock with more --credits"
    )


def test_a_refused_task_is_not_kept() -> None:
    async def refuse() -> Task | None:
        held = store(0)
        with pytest.raises(InsufficientCredits):
            await held.open_task(opened("a"), PRICE, None)
        return await held.task("key", "a")

    assert asyncio.run(refuse()) is None


def test_tasks_belong_to_their_key() -> None:
    async def look() -> list[Task | None]:
        held = store()
        await held.open_task(mine, PRICE, None)
        return [await held.task(key, id) for key, id in [("key", "a"), ("other", "a"), ("key", "b")]]

    mine = opened("a")
    assert asyncio.run(look()) == [mine, None, None]


def test_a_refund_pays_again() -> None:
    async def spend() -> None:
        held = store(PRICE)
        await held.open_task(opened("a"), PRICE, CREATED + 180)
        with pytest.raises(InsufficientCredits):
            await held.open_task(opened("b", after=179), PRICE, None)
        await held.open_task(opened("b", after=180), PRICE, None)

    asyncio.run(spend())


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20), st.integers(0, 30) | st.just(inf)), max_size=25),
)
def test_a_balance_is_never_negative(credits: int, requests: list[tuple[int, int, float]]) -> None:
    async def spend() -> None:
        held, paid, now = MemoryStore(credits, {}), list[tuple[int, float]](), 0.0
        for wait, price, refund_after in requests:
            now += wait
            balance = credits - sum(each for each, refund_at in paid if refund_at > now)
            try:
                await held.open_task(opened("a", after=now), price, CREATED + now + refund_after)
            except InsufficientCredits:
                assert balance < price
            else:
                assert balance >= price
                paid.append((price, now + refund_after))

    asyncio.run(spend())


def test_the_oldest_task_is_forgotten() -> None:
    async def open_many() -> list[bool]:
        held, one = store(), opened("0")
        for number in range(TASKS_KEPT + 1):
            one.id = str(number)
            await held.open_task(one, 0, None)
        return [await held.task("key", id) is not None for id in ("0", "1", str(TASKS_KEPT))]

    assert asyncio.run(open_many()) == [False, True, True]


def test_large_bodies_push_tasks_out() -> None:
    async def open_large() -> list[bool]:
        held, body = store(), bytes(BYTES_KEPT // 4)
        for number in range(5):
            one = opened(str(number))
            one.body = body
            await held.open_task(one, 0, None)
        return [await held.task("key", str(number)) is not None for number in range(5)]

    assert asyncio.run(open_large()) == [False, True, True, True, True]


def test_an_id_is_counted_once() -> None:
    """Ids come again when an account was forgotten and opens anew: its requests are counted from 1."""

    async def open_again() -> bool:
        held, one = store(), opened("a")
        one.body = bytes(BYTES_KEPT // 4)
        for _ in range(5):
            await held.open_task(one, 0, None)
        return await held.task("key", "a") is not None

    assert asyncio.run(open_again())


def test_the_oldest_account_is_forgotten() -> None:
    async def open_many() -> list[int]:
        held = store()
        for number in range(ACCOUNTS_KEPT + 1):
            await held.next_ordinal(str(number))
        return [await held.next_ordinal(key) for key in ("1", "0")]

    assert asyncio.run(open_many()) == [2, 1]


def test_the_account_in_use_is_not_forgotten() -> None:
    async def course() -> int:
        store = MemoryStore(12, {})
        for number in range(ACCOUNTS_KEPT + 5):
            await store.next_ordinal(f"key {number}")
            if number % 5000 == 0:
                await store.next_ordinal("kept")
        return await store.next_ordinal("kept")

    assert asyncio.run(course()) == 4
