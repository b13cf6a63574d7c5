"""The store of one process: each step happens as a whole or not at all, and a key sees nothing of another."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.clock import LAST_MOMENT, MockClock
from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import BadSetting, ClockRuns, Maintenance
from mock_server.core.settings import Settings
from mock_server.domain.accounts import AccountRecord
from mock_server.domain.owed import Claimed, Settlement
from mock_server.domain.tasks import Task
from mock_server.domain.terms import KeySettings
from mock_server.state.faults import Broken, Fault
from mock_server.state.journal_entries import Attempted, line
from mock_server.state.journal_match import Match
from mock_server.state.memory_accounts import ACCOUNTS_KEPT
from mock_server.state.memory_callbacks import OWED_KEPT, QUEUED
from mock_server.state.memory_store import MemoryStore
from mock_server.state.store import Advance, Moment
from tests.builders import COMPLETE, CREATED, EXTENDING, FIRST, SOURCE, TEXT, attempted, task
from tests.proposals import data, decided, opens, proposal, started

pytestmark = pytest.mark.anyio

PRICE = 12
NOBODY = frozenset[str]()
"""No receiver is full."""
RESET = Fault(answer=Broken.RESET)
AT_ONCE: dict[str, Any] = {"pace": "immediate", "scenario": "only-complete"}
"""A task with one callback, which is due when it is opened."""


def store(*, frozen: bool = True, **settings: Any) -> MemoryStore:
    """A store whose clock stands at CREATED, or runs from there."""
    return MemoryStore(Settings(**settings), MockClock(CREATED, frozen=frozen))


async def holding(*tasks: Task, frozen: bool = True, **settings: Any) -> MemoryStore:
    """A store that has started these tasks."""
    held = store(frozen=frozen, **settings)
    for each in tasks:
        await started(held, each)
    return held


async def claim(held: MemoryStore) -> Claimed:
    claimed = await held.claim(NOBODY, advancing=True)
    assert claimed is not None
    return claimed


async def stages(held: MemoryStore, task_id: str) -> list[tuple[float, str]]:
    """(seconds after the answer, stage) of what is owed of a task."""
    return [(each.due - CREATED, each.step.stage) for each in await held.owed(task_id)]


async def entries(held: MemoryStore) -> Sequence[tuple[str, str]]:
    """(task, outcome) of every attempt in the journal."""
    written = await held.journal.page()
    return [(each.task_id, each.outcome.value) for each in written if isinstance(each, Attempted)]


@pytest.mark.parametrize(
    ("settings", "moment"),
    [
        pytest.param({"pace": "manual"}, Moment(MANUAL_EPOCH, True), id="by hand"),
        pytest.param({"pace": "manual", "epoch": "100"}, Moment(100, True), id="by hand from an epoch"),
    ],
)
async def test_a_clock_that_is_moved_by_hand_stands_at_its_start(settings: dict[str, Any], moment: Moment) -> None:
    assert await MemoryStore(Settings(**settings)).moment() == moment


async def test_another_clock_runs_from_its_start() -> None:
    (late, frozen), (now, _) = [await MemoryStore(Settings(epoch=epoch)).moment() for epoch in ("4e9", "")]
    assert (late >= 4e9, frozen, CREATED < now < 4e9) == (True, False, True)


async def test_requests_are_counted_per_key() -> None:
    held = store()
    assert [await held.count(key) for key in ("a", "a", "b", "a")] == [1, 2, 1, 3]
    assert data(await decided(held, key="a"))["ordinal"] == 4


async def test_a_task_that_is_started_is_kept_owed_and_answered() -> None:
    held, mine = store(credits=100), task()
    answer = await started(held, mine, price=PRICE)
    assert (answer.code, answer.record) == (200, mine.record)
    assert await held.task(mine.id) == await held.task_of_track(mine.record.tracks[0]) == mine.record
    assert await stages(held, mine.id) == [(TEXT, "text")]
    assert await held.balance("key") == 100 - PRICE


async def test_a_task_without_callbacks_owes_nothing() -> None:
    mine = task(scenario="silent")
    held = await holding(mine)
    assert (await held.task(mine.id), await stages(held, mine.id)) == (mine.record, [])


async def test_a_task_that_is_refused_is_not_kept() -> None:
    held = store(credits=0)
    answer = await started(held, task(), steps=("credits",), price=PRICE)
    assert (answer.code, answer.record) == (402, None)
    assert (await held.task(task().id), list(await held.tasks(None)), await stages(held, task().id)) == (None, [], [])


@pytest.mark.parametrize(("refusal", "code"), [(None, 200), (Maintenance("later"), 455)])
async def test_an_answer_is_written_down_as_it_is_given(refusal: Maintenance | None, code: int) -> None:
    held = store()
    await decided(held, call=EXTENDING, refusal=refusal)
    (entry,) = await held.journal.page()
    assert (entry.at, entry.code, entry.key) == (CREATED, code, EXTENDING.key)


async def test_what_was_no_request_is_not_written_down() -> None:
    held = await holding(task())
    assert await held.journal.page() == []


CHANGES = {
    "settings": lambda held: held.change_settings({"maintenance": True}),
    "readings": lambda held: held.change_readings({"first_items": "both"}),
    "the key": lambda held: held.change_key("key", {"revoked": True}),
    "a reset": lambda held: held.reset(None),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_judged_under_other_terms_changes_nothing(change: str) -> None:
    held = store(credits=100)
    terms = await held.terms("key")
    await CHANGES[change](held)
    changes = held.changes.count
    asked = proposal(terms, call=EXTENDING, price=PRICE, opens=opens(task()), made=("wav", "x"))
    assert await held.accept(asked) is None
    assert (await held.account("key"), list(await held.tasks(None)), await held.journal.page()) == (None, [], [])
    assert held.changes.count == changes
    assert data(await decided(held))["ordinal"] == 1


async def test_terms_that_still_hold_are_good_for_many() -> None:
    held = store()
    terms = await held.terms("key")
    await held.change_key("other", {"revoked": True})
    assert [await held.accept(proposal(terms)) is not None for _ in range(2)] == [True, True]


async def test_what_is_due_is_claimed_once() -> None:
    mine = task(**AT_ONCE)
    held = await holding(mine, frozen=False)
    claimed = await held.claim(NOBODY)
    assert claimed is not None
    assert (claimed.owed.task_id, claimed.record) == (mine.id, mine.record)
    assert await held.claim(NOBODY) is None


async def test_a_full_receivers_is_not_claimed() -> None:
    held = await holding(task(**AT_ONCE, callBackUrl="http://a:1/cb"), frozen=False)
    assert await held.claim({"a:1"}) is None
    assert await held.claim({"a:2"}) is not None


async def test_a_clock_that_stands_still_has_nothing_due_but_for_who_moves_it() -> None:
    held = await holding(task(**AT_ONCE))
    assert (await held.claim(NOBODY), await held.due_within()) == (None, None)
    assert await held.claim(NOBODY, advancing=True) is not None


async def test_the_task_of_a_claim_may_be_forgotten() -> None:
    held = await holding(task(**AT_ONCE))
    for number in range(ACCOUNTS_KEPT):
        await held.count(str(number))
    assert (await claim(held)).record is None


async def test_what_follows_from_an_attempt_takes_the_place_of_its_claim() -> None:
    mine = task()
    held = await holding(mine)
    claimed = await claimed_later(held, TEXT)
    assert await stages(held, mine.id) == [(TEXT, "text")]
    entry = attempted(task_id=mine.id)
    await held.settle(claimed, [entry], Settlement((claimed.owed.turned(),)))
    assert await stages(held, mine.id) == [(FIRST, "first")]
    assert await held.journal.page() == [entry]


async def claimed_later(held: MemoryStore, seconds: float) -> Claimed:
    """What is due once the clock was moved on."""
    await held.advance(await held.begin_advance(seconds))
    return await claim(held)


@pytest.mark.parametrize(
    ("settlement", "flags"),
    [
        (Settlement(), (False, False, False)),
        (Settlement(given_up=True, received=False), (True, False, True)),
        (Settlement(received=True), (False, True, False)),
        (Settlement(received=False), (False, False, True)),
    ],
)
async def test_what_an_attempt_decides_is_noted(settlement: Settlement, flags: tuple[bool, ...]) -> None:
    mine = task(**AT_ONCE)
    held = await holding(mine)
    await held.settle(await claim(held), [], settlement)
    noted = await held.task(mine.id)
    assert noted is not None
    assert (noted.given_up, noted.heard, noted.lost) == flags


@pytest.mark.parametrize("how", ["settled", "the key is reset", "everything is reset", "abandoned"])
async def test_what_is_claimed_no_longer_is_settled_by_nobody(how: str) -> None:
    mine = task()
    held = await holding(mine)
    claimed = await claim_after(held, how)
    before = (await held.journal.page(), await stages(held, mine.id), await held.task(mine.id))
    await held.settle(claimed, [attempted()], Settlement((claimed.owed,), True, True))
    assert (await held.journal.page(), await stages(held, mine.id), await held.task(mine.id)) == before


async def claim_after(held: MemoryStore, how: str) -> Claimed:
    claimed = await claimed_later(held, TEXT)
    match how:
        case "settled":
            await held.settle(claimed, [], Settlement())
        case "the key is reset":
            await held.reset("key")
        case "everything is reset":
            await held.reset(None)
        case _:
            await held.abandon("the mock was stopped")
    return claimed


async def test_the_wait_until_something_is_due_is_told() -> None:
    held = store(frozen=False)
    assert await held.due_within() is None
    await started(held, task())
    within = await held.due_within()
    assert within is not None
    assert TEXT - 10 < within <= TEXT
    await started(held, task(id="b", **AT_ONCE))
    assert await held.due_within() == 0


async def test_a_receiver_with_too_much_waiting_is_crowded() -> None:
    held = store()
    assert await held.crowded("a:1") is None
    await wait_for_one_receiver(held, QUEUED)
    crowded = await held.crowded("a:1")
    assert crowded is not None
    assert "wait to call a:1" in crowded.why
    answer = await decided(held, steps=("room",), receiver="a:1")
    assert answer.code == 429


async def wait_for_one_receiver(held: MemoryStore, number: int) -> None:
    """Have so many tasks that are due wait for a:1."""
    mine = task(**AT_ONCE, callBackUrl="http://a:1/cb")
    for ordinal in range(number):
        mine.record = mine.record.changed(id=f"{ordinal}", ordinal=ordinal, tracks=())
        await started(held, mine)


async def test_what_is_owed_beyond_all_bounds_is_written_off() -> None:
    held = store()
    await wait_for_one_receiver(held, OWED_KEPT + 2)
    written = [each for each in await held.journal.page() if isinstance(each, Attempted)]
    assert [(each.task_id, each.outcome.value) for each in written] == [("0", "undelivered"), ("1", "undelivered")]
    assert {each.detail for each in written} == {"more than 100000 tasks are owed callbacks"}
    assert (await held.dropped())["tasks_owed"] == 2
    await held.reset("other")
    assert (await held.dropped())["tasks_owed"] == 2
    await held.reset(None)
    assert (await held.dropped())["tasks_owed"] == 0


async def test_what_is_owed_of_a_task_is_told_in_order_also_what_is_claimed() -> None:
    held = await holding(*(task(id=id) for id in "abc"))
    claimed = await claimed_later(held, TEXT)
    again = claimed.owed.changed(due=CREATED + TEXT + 60, chain=1)
    await held.settle(claimed, [], Settlement((again, claimed.owed.turned())))
    assert await stages(held, "a") == [(TEXT + 60, "text"), (FIRST, "first")]
    assert (await claim(held)).owed.task_id == "b"
    assert await stages(held, "b") == [(TEXT, "text")]
    assert await stages(held, "nothing") == []


async def test_what_is_owed_when_the_mock_stops_is_written_down_in_order() -> None:
    held = await holding(task(id="a"), task(id="b", scenario="only-complete"), task(id="c", pace="immediate"))
    claimed = await claim(held)
    await held.abandon("the mock was stopped")
    assert claimed.owed.task_id == "c"
    assert await entries(held) == [(id, "undelivered") for id in "cccaaab"]
    assert await held.claim(NOBODY, advancing=True) is None
    await held.abandon("once more")
    assert len(await held.journal.page()) == 7


async def test_the_clock_stands_and_runs_as_it_is_told() -> None:
    held = store()
    assert await held.moment() == Moment(CREATED, True)
    await held.run()
    assert not (await held.moment()).frozen
    await held.freeze()
    assert (await held.moment()).frozen
    assert held.changes.count == 2


async def test_the_clock_stops_at_what_is_due_on_its_way() -> None:
    held = await holding(task())
    to = await held.begin_advance(3600)
    assert to.target == CREATED + 3600
    seen = []
    while await held.advance(to):
        seen.append((await held.moment()).now - CREATED)
        claimed = await claim(held)
        await held.settle(claimed, [], Settlement.cut_off(claimed.owed))
    assert seen == [TEXT, FIRST, COMPLETE]
    assert (await held.moment()).now == to.target


async def test_what_was_due_before_takes_no_clock_back() -> None:
    mine = task()
    held = await holding(mine)
    claimed = await claimed_later(held, COMPLETE)
    await held.settle(claimed, [], Settlement((claimed.owed.changed(due=CREATED),)))
    now = (await held.moment()).now
    assert await held.advance(await held.begin_advance(1))
    assert (await held.moment()).now == now


async def test_a_clock_that_runs_is_not_moved() -> None:
    held = store(frozen=False)
    with pytest.raises(ClockRuns, match=r"^the clock runs by itself; freeze it first, or start with --pace manual$"):
        await held.begin_advance(1)


@pytest.mark.parametrize("seconds", [-1, float("nan"), -inf, "1"])
async def test_the_clock_does_not_go_back(seconds: Any) -> None:
    with pytest.raises(BadSetting) as refused:
        await store().begin_advance(seconds)
    assert str(refused.value) == f"seconds is {seconds!r}. Allowed: 0 or more; a clock goes back with a reset alone."


@pytest.mark.parametrize("seconds", [LAST_MOMENT, inf])
async def test_the_clock_does_not_pass_the_year_9999(seconds: float) -> None:
    with pytest.raises(BadSetting, match=r"^the clock would pass the end of the year 9999; reset the mock to start"):
        await store().begin_advance(seconds)


@pytest.mark.parametrize("how", ["a reset", "the clock runs"])
async def test_an_advance_ends_where_its_clock_is_not_there_any_more(how: str) -> None:
    held = await holding(task())
    to = await held.begin_advance(COMPLETE)
    await (held.reset(None) if how == "a reset" else held.run())
    await started(held, task())
    assert not await held.advance(to)
    assert (await held.moment()).now < CREATED + TEXT


async def test_a_reset_of_one_key_ends_no_advance() -> None:
    held = store()
    to = await held.begin_advance(60)
    await held.reset("key")
    await held.advance(to)
    assert (await held.moment()).now == CREATED + 60


async def test_settings_and_readings_are_in_force_until_a_reset() -> None:
    held = store(seed=7)
    await held.change_settings({"maintenance": True})
    await held.change_readings({"first_items": "both"})
    assert await held.settings_in_force() == Settings(seed=7, maintenance=True)
    assert (await held.terms("key")).overrides == (("first_items", "both"),)
    assert held.settings == Settings(seed=7)
    await held.reset(None)
    assert await held.settings_in_force() == Settings(seed=7)
    assert (await held.terms("key")).overrides == ()


async def test_a_key_has_settings_of_its_own_until_a_reset() -> None:
    held = store()
    await held.change_key("key", {"revoked": True})
    assert (await held.keys_of_their_own())["key"] == (await held.terms("key")).own == KeySettings(revoked=True)
    assert (await held.terms("other")).own is (await held.terms(None)).own is None
    await held.reset("key")
    assert (await held.terms("key")).own == KeySettings(revoked=True)
    await held.reset(None)
    assert (await held.terms("key")).own is None


async def test_credits_can_be_set() -> None:
    held = store(credits=5)
    await held.count("key")
    await held.change_key("key", {"credits": PRICE})
    await held.change_key("key", {"revoked": True})
    assert [await held.balance(key) for key in ("key", "other")] == [PRICE, 5]
    await held.change_key("key", {"credits": None})
    assert await held.balance("key") == 5


async def test_an_account_opens_with_the_credits_of_its_key() -> None:
    held = store(credits=5)
    assert [await held.balance(key) for key in ("key", "empty-key")] == [5, 0]


async def test_a_fault_is_that_of_a_key_until_its_reset() -> None:
    held = store()
    await held.put_fault("key", RESET)
    await held.put_fault(None, Fault(delay=1))
    assert await held.faults() == [("key", RESET), (None, Fault(delay=1))]
    assert [await held.take_fault(key) for key in ("key", "other")] == [RESET, Fault(delay=1)]
    await held.reset("key")
    assert await held.take_fault("key") == Fault(delay=1)


async def test_a_queue_can_be_cleared() -> None:
    held = store()
    for key in ("key", "other"):
        await held.queue(key, "late", None)
        await held.queue(key, "silent", 2)
    await held.clear_queue("key")
    assert await held.account("key") == AccountRecord(Settings().credits)
    chosen = [data(await decided(held, key=key, steps=("scenario",)))["scenario"] for key in ("key", "other")]
    assert chosen == ["200", "silent"]


async def test_tracks_that_were_added_are_there() -> None:
    held, mine = store(), replace(SOURCE, id="mine")
    await held.add_track("key", mine)
    await held.add_track(None, SOURCE)
    assert [set(await held.tracks(key)) for key in ("key", "other", None)] == [
        {"mine", "source"},
        {"source"},
        {"source"},
    ]
    assert await held.added_track("mine") == mine


async def test_what_a_key_made_is_told() -> None:
    held = store()
    await decided(held, made=("wav", "x"))
    assert [list(await held.made(key, "wav")) for key in ("key", "other")] == [["x"], []]


async def test_tasks_and_accounts_are_listed() -> None:
    held = await holding(task(id="a", key="one"), task(id="b", key="two"), task(id="c", key="one"))
    assert [each.id for each in await held.tasks(None)] == ["a", "b", "c"]
    assert [each.id for each in await held.tasks("one")] == ["a", "c"]
    assert list(await held.keys()) == ["two", "one"]
    assert (await held.account("one"), await held.account("nobody")) == (
        AccountRecord(Settings().credits, requests=2, tasks=2),
        None,
    )


async def test_what_was_forgotten_is_counted() -> None:
    held = store()
    for number in range(ACCOUNTS_KEPT + 1):
        await held.count(str(number))
    assert await held.dropped() == {"entries": 0, "tasks_owed": 0, "tasks": 0, "accounts": 1}


NOTED = {
    "freeze": lambda held: held.freeze(),
    "run": lambda held: held.run(),
    "advance": lambda held: held.advance(Advance(CREATED + 1, 0)),
    "change_settings": lambda held: held.change_settings({"maintenance": True}),
    "change_readings": lambda held: held.change_readings({"first_items": "both"}),
    "change_key": lambda held: held.change_key("key", {}),
    "put_fault": lambda held: held.put_fault("key", RESET),
    "queue": lambda held: held.queue("key", "late", 1),
    "clear_queue": lambda held: held.clear_queue("key"),
    "add_track": lambda held: held.add_track("key", SOURCE),
    "reset": lambda held: held.reset("key"),
    "append": lambda held: held.journal.append(attempted()),
}


@pytest.mark.parametrize("change", NOTED)
async def test_whoever_looks_is_told_of_a_change(change: str) -> None:
    held = store()
    await NOTED[change](held)
    assert held.changes.count == 1


async def test_nothing_is_held_that_would_have_to_be_let_go() -> None:
    held = store()
    await held.close()
    assert await held.count("key") == 1


Step = tuple[str, str]
steps = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["request", "start", "queue", "track", "fault", "attempt"])),
    max_size=20,
)


async def take_step(held: MemoryStore, key: str, step: str, serial: int) -> None:
    match step:
        case "request":
            await decided(held, key=key, call=replace(EXTENDING, key=key), steps=("scenario",), made=("wav", step))
        case "start":
            await started(held, task(id=f"{serial}", key=key), price=PRICE)
        case "queue":
            await held.queue(key, "late", 1)
        case "track":
            await held.add_track(key, replace(SOURCE, id=f"{serial}"))
        case "fault":
            await held.put_fault(key, Fault(delay=serial, times=2))
        case _:
            await held.take_fault(key)
            await held.journal.append(attempted(key=key))


async def seen(held: MemoryStore, key: str) -> Sequence[Any]:
    """All that the store tells of a key."""
    records = await held.tasks(key)
    return (
        await held.account(key),
        records,
        [await held.owed(each.id) for each in records],
        dict(await held.tracks(key)),
        [line(each) for each in await held.journal.page(match=Match(key=key))],
        [fault for fault in await held.faults() if fault[0] == key],
        await held.take_fault(key),
        set(await held.made(key, "wav")),
    )


@settings(max_examples=60)
@given(steps)
def test_a_key_sees_nothing_of_another_and_a_reset_takes_all_of_it(course: list[Step]) -> None:
    async def run() -> None:
        both, alone = store(), store()
        for (key, step), serial in zip(course, count(1), strict=False):
            await take_step(both, key, step, serial)
            if key == "b":
                await take_step(alone, key, step, serial)
        await both.reset("a")
        assert await seen(both, "a") == await seen(store(), "a")
        assert await seen(both, "b") == await seen(alone, "b")
        await both.reset(None)
        for key in "ab":
            assert await seen(both, key) == await seen(store(), key)

    asyncio.run(run())
