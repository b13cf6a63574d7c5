"""What the mock remembers between requests."""

import asyncio
from dataclasses import replace
from itertools import count
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting, InsufficientCredits
from mock_server.core.settings import RateLimit
from mock_server.domain.tasks import OVERHEAD, Task
from mock_server.state.store import (
    ACCOUNTS_KEPT,
    BYTES_KEPT,
    POLLED_KEPT,
    QUEUED_KEPT,
    TASKS_KEPT,
    TRACKS_KEPT,
    MemoryStore,
)
from tests.builders import CREATED, SOURCE, edition, task

pytestmark = pytest.mark.anyio

PRICE = 12
ONE_IN_TEN = RateLimit(requests=1, seconds=10)
LIKE = task()
LARGE = bytes(BYTES_KEPT // 3 - OVERHEAD)


def store(credits: int = 100) -> MemoryStore:
    return MemoryStore(lambda key: credits)


def opened(id: str, account: str = "key", *, after: float = 0.0, body: bytes = LIKE.body) -> Task:
    return replace(LIKE, id=id, account=account, created=CREATED + after, body=body)


async def kept(held: MemoryStore, key: str | None = None) -> list[str]:
    return [each.id for each in await held.tasks(key)]


async def crowd(held: MemoryStore, first: int = 0) -> None:
    """Use so many other accounts that every account before them is forgotten."""
    for number in range(first, first + ACCOUNTS_KEPT):
        await held.next_ordinal(f"crowd {number}")


async def test_requests_are_counted_per_key() -> None:
    held = store()
    assert [await held.next_ordinal(key) for key in ("a", "a", "b", "a")] == [1, 2, 1, 3]


async def test_slots_are_counted_per_key() -> None:
    held = store()
    moments = [("a", 0), ("b", 1), ("a", 4), ("a", 10)]
    assert [await held.take_slot(key, now, ONE_IN_TEN) for key, now in moments] == [None, None, 6, None]


async def test_polls_are_counted_per_task() -> None:
    held = store()
    moments = [("a", 0), ("b", 1), ("a", 4), ("a", 10)]
    assert [await held.take_poll(id, now, ONE_IN_TEN) for id, now in moments] == [None, None, 6, None]


async def test_polls_of_the_task_polled_first_are_forgotten() -> None:
    held = store()
    for number in range(POLLED_KEPT + 1):
        await held.take_poll(str(number), 0, ONE_IN_TEN)
        if number == POLLED_KEPT // 2:
            await held.take_poll("0", 0, ONE_IN_TEN)
    assert [await held.take_poll(id, 0, ONE_IN_TEN) for id in ("0", "2", "1")] == [10, 10, None]


async def test_an_account_opens_with_its_credits() -> None:
    held = MemoryStore({"rich": 1000, "poor": 0}.__getitem__)
    assert [await held.balance(key, CREATED) for key in ("rich", "poor")] == [1000, 0]


async def test_credits_are_read_when_an_account_opens() -> None:
    opens_with = {"key": 5}
    held = MemoryStore(opens_with.__getitem__)
    await held.next_ordinal("key")
    opens_with["key"] = 7
    assert await held.balance("key", CREATED) == 5


async def test_credits_can_be_set() -> None:
    held = store(0)
    await held.set_credits("key", PRICE)
    await held.open_task(opened("a"), PRICE, None)
    assert await held.balance("key", CREATED) == 0
    assert await held.balance("other", CREATED) == 0


async def test_an_empty_account_says_so() -> None:
    with pytest.raises(InsufficientCredits) as refused:
        await store(11).open_task(opened("a"), PRICE, None)
    assert refused.value.msg == (
        "the account has 11 credits and this costs 12; use another key, or start the mock with more --credits"
    )


async def test_a_refused_task_is_not_kept() -> None:
    held = store(0)
    with pytest.raises(InsufficientCredits):
        await held.open_task(opened("a"), PRICE, None)
    assert await held.task("a") is None
    assert await kept(held) == await kept(held, "key") == []


async def test_a_task_is_found_by_its_id() -> None:
    held, mine = store(), opened("a")
    await held.open_task(mine, PRICE, None)
    assert await held.task("a") is mine
    assert await held.task("b") is None


async def test_tasks_are_listed_oldest_first() -> None:
    held = store()
    for id, key in [("a", "one"), ("b", "two"), ("c", "one")]:
        await held.open_task(opened(id, key), PRICE, None)
    assert await kept(held) == ["a", "b", "c"]
    assert await kept(held, "one") == ["a", "c"]
    assert await kept(held, "nobody") == []


async def test_a_lost_task_is_marked() -> None:
    held, mine = store(), opened("a")
    await held.note_last(mine, received=False)
    assert mine.lost


@pytest.mark.parametrize("outcomes", [(False, True), (True, False), (True,)])
async def test_a_last_callback_that_was_received_once_is_not_lost(outcomes: tuple[bool, ...]) -> None:
    held, mine = store(), opened("a")
    for received in outcomes:
        await held.note_last(mine, received)
    assert not mine.lost


async def test_a_refund_pays_again() -> None:
    held = store(PRICE)
    await held.open_task(opened("a"), PRICE, CREATED + 180)
    with pytest.raises(InsufficientCredits):
        await held.open_task(opened("b", after=179), PRICE, None)
    await held.open_task(opened("b", after=180), PRICE, None)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20), st.integers(0, 30) | st.just(inf)), max_size=25),
)
def test_a_balance_is_never_negative(credits: int, requests: list[tuple[int, int, float]]) -> None:
    async def spend() -> None:
        held, paid, now = store(credits), list[tuple[int, float]](), 0.0
        for number, (wait, price, refund_after) in enumerate(requests):
            now += wait
            balance = credits - sum(each for each, refund_at in paid if refund_at > now)
            assert await held.balance("key", CREATED + now) == balance >= 0
            try:
                await held.open_task(opened(str(number), after=now), price, CREATED + now + refund_after)
            except InsufficientCredits:
                assert balance < price
            else:
                assert balance >= price
                paid.append((price, now + refund_after))

    asyncio.run(spend())


async def test_something_is_made_once_per_key() -> None:
    held = store()
    makings = [("one", "persona", "x"), ("one", "persona", "x"), ("one", "wav", "x"), ("two", "persona", "x")]
    assert [await held.make(*making) for making in makings] == [True, False, True, True]
    assert list(await held.made("one", "persona")) == ["x"]
    assert list(await held.made("nobody", "persona")) == []


async def test_tracks_are_added_for_one_key_or_for_all() -> None:
    held, mine, ours = store(), replace(SOURCE, id="mine"), replace(SOURCE, id="ours")
    await held.add_track("key", mine)
    await held.add_track(None, ours)
    assert await held.tracks("key") == {"ours": ours, "mine": mine}
    assert await held.tracks("other") == await held.tracks(None) == {"ours": ours}


async def test_a_keys_own_track_goes_before_that_of_all() -> None:
    held, mine = store(), replace(SOURCE, title="Mine")
    await held.add_track("key", mine)
    await held.add_track(None, SOURCE)
    assert (await held.tracks("key"))[SOURCE.id] is mine


async def test_added_tracks_are_bounded() -> None:
    held = store()
    for number in range(TRACKS_KEPT):
        await held.add_track(str(number % 7), replace(SOURCE, id=str(number)))
    with pytest.raises(
        BadSetting, match=r"^10000 source tracks were added; reset the mock, or one key, to forget them\.$"
    ):
        await held.add_track(None, SOURCE)
    changed = replace(SOURCE, id="0", title="changed")
    await held.add_track("0", changed)
    assert (await held.tracks("0"))["0"] == changed
    await held.reset("0")
    await held.add_track(None, SOURCE)


async def test_scenarios_are_queued_per_key() -> None:
    held = store()
    await held.queue("key", "late", None)
    await held.queue("key", "silent", 2)
    assert [await held.next_scenario("key") for _ in range(4)] == ["silent", "silent", "late", "late"]
    assert await held.next_scenario("other") is None


async def test_a_queue_can_be_cleared() -> None:
    held = store()
    for key in ("key", "other"):
        await held.queue(key, "late", None)
        await held.queue(key, "silent", 2)
    await held.clear_queue("key")
    assert [await held.next_scenario(key) for key in ("key", "other")] == [None, "silent"]


async def test_the_oldest_task_is_forgotten() -> None:
    held = store()
    for number in range(TASKS_KEPT + 1):
        await held.open_task(opened(str(number)), 0, None)
    assert [await held.task(id) is not None for id in ("0", "1", str(TASKS_KEPT))] == [False, True, True]
    assert len(await held.tasks("key")) == TASKS_KEPT


async def test_large_bodies_push_tasks_out() -> None:
    held = store()
    for number in range(4):
        await held.open_task(opened(str(number), body=LARGE), 0, None)
    assert await kept(held) == ["1", "2", "3"]


async def test_the_account_used_last_goes_last() -> None:
    held = store()
    for key in ("a", "b", "a"):
        await held.next_ordinal(key)
    assert await held.keys() == ["b", "a"]


async def test_the_oldest_account_is_forgotten() -> None:
    held = store()
    for number in range(ACCOUNTS_KEPT + 1):
        await held.next_ordinal(str(number))
    assert [await held.next_ordinal(key) for key in ("1", "0")] == [2, 1]


async def test_the_account_in_use_is_not_forgotten() -> None:
    held = store()
    for number in range(ACCOUNTS_KEPT + 5):
        await held.next_ordinal(f"key {number}")
        if number % 5000 == 0:
            await held.next_ordinal("kept")
    assert await held.next_ordinal("kept") == 4


async def test_a_forgotten_account_takes_its_tasks_along() -> None:
    held = store()
    await held.open_task(opened("a", "old"), PRICE, None)
    await held.take_poll("a", 0, ONE_IN_TEN)
    await crowd(held)
    assert await held.task("a") is None
    assert await kept(held) == await kept(held, "old") == []
    assert await held.take_poll("a", 0, ONE_IN_TEN) is None


async def test_what_was_pushed_out_is_counted() -> None:
    held = store()
    assert await held.dropped() == {"tasks": 0, "accounts": 0}
    for number in range(5):
        await held.open_task(opened(str(number), body=LARGE), 0, None)
    await crowd(held)
    assert await held.dropped() == {"tasks": 2, "accounts": 1}
    await held.reset("crowd 0")
    assert await held.dropped() == {"tasks": 2, "accounts": 1}
    await held.reset(None)
    assert await held.dropped() == {"tasks": 0, "accounts": 0}


async def test_a_reset_forgets_everything() -> None:
    held = store()
    await held.open_task(opened("a", body=LARGE), PRICE, None)
    await held.add_track(None, SOURCE)
    await held.take_poll("a", 0, ONE_IN_TEN)
    await held.reset(None)
    assert (await kept(held), await held.keys(), await held.tracks("key")) == ([], [], {})
    assert await held.take_poll("a", 0, ONE_IN_TEN) is None


async def test_a_reset_of_one_key_leaves_the_others() -> None:
    held = store()
    for key in ("one", "two"):
        await held.open_task(opened(f"of {key}", key), PRICE, None)
        await held.add_track(key, SOURCE)
        await held.take_poll(f"of {key}", 0, ONE_IN_TEN)
    await held.add_track(None, replace(SOURCE, id="ours"))
    await held.reset("one")
    assert (await kept(held), await held.keys()) == (["of two"], ["two"])
    assert [list(await held.tracks(key)) for key in ("one", "two")] == [["ours"], ["ours", "source"]]
    assert [await held.take_poll(f"of {key}", 0, ONE_IN_TEN) for key in ("one", "two")] == [None, 10]


@pytest.mark.parametrize("key", [None, "nobody"])
async def test_resetting_nothing_is_fine(key: str | None) -> None:
    await store().reset(key)


Step = tuple[str, str, bytes]
keys = st.sampled_from("abc")
steps = st.tuples(st.just("open"), keys, st.sampled_from([b"", b"small", LARGE])) | st.tuples(
    st.sampled_from(["use", "reset", "crowd", "reset all"]), keys, st.just(b"")
)


async def take_step(held: MemoryStore, step: Step, serial: int) -> None:
    name, key, body = step
    match name:
        case "open":
            await held.open_task(opened(str(serial), key, body=body), 0, None)
        case "use":
            await held.next_ordinal(key)
        case "crowd":
            await crowd(held, serial)
        case "reset":
            await held.reset(key)
        case "reset all":
            await held.reset(None)


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=15))
def test_what_is_indexed_is_what_is_kept(course: list[Step]) -> None:
    """After any course, the accounts' tasks are exactly those of the store, and their bytes are counted once."""

    async def run() -> None:
        held, serial = store(), count(0, ACCOUNTS_KEPT)
        for step in course:
            await take_step(held, step, next(serial))
            everything = await held.tasks(None)
            for key, account in held._accounts.items():
                assert list(account.tasks) == [each.id for each in everything if each.account == key]
                assert await kept(held, key) == list(account.tasks)
            assert {each.account for each in everything} <= set(await held.keys())
            assert held._bytes == sum(each.size for each in everything) <= BYTES_KEPT

    asyncio.run(run())


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=12), keys)
def test_a_reset_forgets_exactly_one_key(course: list[Step], key: str) -> None:
    async def run() -> None:
        held, serial = store(), count(0, ACCOUNTS_KEPT)
        for step in course:
            await take_step(held, step, next(serial))
        others = [each for each in await held.tasks(None) if each.account != key]
        accounts = {each: account for each, account in held._accounts.items() if each != key}
        await held.reset(key)
        assert await held.tasks(None) == others
        assert held._accounts == accounts
        assert await held.account(key) is None

    asyncio.run(run())


async def test_a_task_that_was_pushed_out_keeps_no_body() -> None:
    """Callbacks that are owed keep the task itself alive."""
    held, tasks = store(), [opened(str(number), body=LARGE) for number in range(4)]
    for each in tasks:
        await held.open_task(each, 0, None)
    assert [(each.forgotten, len(each.body)) for each in tasks] == [(True, 0)] + [(False, len(LARGE))] * 3


@pytest.mark.parametrize("key", ["one", None])
async def test_a_reset_forgets_tasks(key: str | None) -> None:
    held, mine = store(), opened("a", "one")
    await held.open_task(mine, 0, None)
    await held.reset(key)
    assert (mine.forgotten, mine.body) == (True, b"")


async def test_any_use_keeps_an_account() -> None:
    held = store()
    await held.set_credits("first", 5)
    for number in range(ACCOUNTS_KEPT):
        await held.balance("first", CREATED)
        await held.balance(str(number), CREATED)
    assert await held.balance("first", CREATED) == 5


async def test_a_queue_is_bounded() -> None:
    held = store()
    await held.queue("key", "402", QUEUED_KEPT)
    with pytest.raises(BadSetting) as caught:
        await held.queue("key", "429", 1)
    assert str(caught.value) == (
        "10000 scenarios are queued for the key and 1 more would come. "
        "Allowed: 10000 in all; clear the queue, or queue one with times None for all requests."
    )
    assert {await held.next_scenario("key") for _ in range(QUEUED_KEPT)} == {"402"}
    assert await held.next_scenario("key") is None


async def test_drawn_readings_take_room() -> None:
    assert task(under=edition("apikley", "all=vary")).size - task().size > 4000
