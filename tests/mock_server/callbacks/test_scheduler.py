"""Which callback is attempted when, without a network: a clock that is moved, or one that follows the loop's time."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.callbacks.concurrency import IN_ALL, PER_RECEIVER
from mock_server.callbacks.scheduler import GRACE, ROOM_WITHIN, STAGGER
from mock_server.core.clock import LAST_MOMENT
from mock_server.core.errors import BadSetting, ClockRuns, NoSuch, Stopped
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.owed import Owed, owed_first, settled
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan
from mock_server.state.memory_callbacks import QUEUED
from mock_server.state.memory_store import MemoryStore
from tests.builders import COMPLETE, CREATED, FIRST, TEXT, RecordingDelivery, edition, task
from tests.leaping import LEAPING, passed, run
from tests.mock_server.callbacks.bench import Bench, HangingDelivery, LateDelivery, Turnstile
from tests.slow_store import slow_store

pytestmark = pytest.mark.anyio

MINUTE = 60.0
HANG = "http://127.0.0.1/hang"
SHORT = STAGGER / 10
ONE: dict[str, Any] = {"scenario": "only-complete"}
"""A task with one callback."""
AT_ONCE: dict[str, Any] = {"scenario": "only-complete", "pace": "immediate"}
"""The same, which is due as it is started."""


@pytest.fixture
def anyio_backend() -> object:
    """Time leaps."""
    return LEAPING


def now() -> float:
    return asyncio.get_running_loop().time()


async def under_way(course: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Something that has begun, and waits for the test."""
    begun = asyncio.create_task(course)
    await passed(SHORT)
    assert not begun.done()
    return begun


async def test_stages_go_out_at_their_time() -> None:
    bench = Bench()
    await bench.open(task())
    assert await bench.scheduler.advance(TEXT - 0.01) == 0
    assert await bench.scheduler.advance(0.01) == 1
    assert await bench.scheduler.advance(3600) == 2
    assert await bench.attempts() == [
        (TEXT, "text", 1, "accepted"),
        (FIRST, "first", 1, "accepted"),
        (COMPLETE, "complete", 1, "accepted"),
    ]


async def test_the_clock_ends_where_it_was_sent() -> None:
    bench = Bench()
    await bench.open(task())
    await bench.scheduler.advance(40)
    assert bench.clock.now() == CREATED + 40


async def test_three_retries_after_1_5_and_15_minutes() -> None:
    bench = Bench(Outcome.REFUSED)
    await bench.open(task(**ONE))
    await bench.scheduler.advance(10 * 3600)
    after = [(at - COMPLETE, number) for at, _, number, _ in await bench.attempts()]
    assert after == [(0, 1), (MINUTE, 2), (6 * MINUTE, 3), (21 * MINUTE, 4)]


async def test_retries_follow_the_pace() -> None:
    bench = Bench(Outcome.TIMED_OUT)
    await bench.open(task(**ONE, pace="60x"))
    await bench.scheduler.advance(3600)
    assert [at for at, *_ in await bench.attempts()] == pytest.approx([3, 3 + 1, 3 + 6, 3 + 21])


async def test_a_later_stage_waits_for_a_retried_one() -> None:
    bench = Bench(Outcome.UNREACHABLE, Outcome.ACCEPTED)
    await bench.open(task())
    await bench.scheduler.advance(3600)
    assert [(at, stage) for at, stage, *_ in await bench.attempts()] == [
        (TEXT, "text"),
        (TEXT + MINUTE, "text"),
        (FIRST, "first"),
        (COMPLETE, "complete"),
    ]


async def test_a_later_stage_overtakes_where_the_reading_says_so() -> None:
    bench = Bench(Outcome.REFUSED, Outcome.REFUSED, Outcome.ACCEPTED)
    await bench.open(task(under=edition("apikley", "callback_order=overtaking")))
    await bench.scheduler.advance(3600)
    assert [stage for stage, _ in await bench.stages()] == ["text", "text", "first", "complete", "text"]


async def test_a_given_up_callback_leaves_the_next_its_own_retries() -> None:
    bench = Bench(*[Outcome.REFUSED] * 4, Outcome.ACCEPTED)
    await bench.open(task())
    await bench.scheduler.advance(10 * 3600)
    assert [stage for stage, _ in await bench.stages()] == ["text"] * 4 + ["first", "complete"]


@pytest.mark.parametrize("order", ["in_order", "overtaking"])
async def test_a_given_up_callback_may_end_the_task(order: str) -> None:
    bench = Bench(Outcome.REFUSED)
    under = edition("apikley", "after_giving_up=stop", "retry_spacing=at_once", f"callback_order={order}")
    stopped = task(under=under)
    await bench.open(stopped)
    await bench.scheduler.advance(10 * 3600)
    assert await bench.stages() == [
        *[("text", "refused")] * 4,
        ("first", "undelivered"),
        ("complete", "undelivered"),
    ]
    assert {entry.detail for entry in (await bench.entries())[4:]} == {"an earlier callback of the task was given up"}
    assert (await bench.record(stopped)).lost


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.UNREACHABLE])
async def test_a_task_is_lost_with_its_last_callback(outcome: Outcome) -> None:
    bench, mine = Bench(Outcome.ACCEPTED, Outcome.ACCEPTED, outcome), task()
    await bench.open(mine)
    await bench.scheduler.advance(FIRST)
    assert not (await bench.record(mine)).lost
    await bench.scheduler.advance(10 * 3600)
    assert (await bench.record(mine)).lost


async def test_a_task_is_not_lost_with_an_earlier_callback() -> None:
    bench, mine = Bench(*[Outcome.REFUSED] * 8, Outcome.ACCEPTED), task()
    await bench.open(mine)
    await bench.scheduler.advance(10 * 3600)
    assert bench.delivery.stages == [*["text"] * 4, *["first"] * 4, "complete"]
    assert ((await bench.record(mine)).lost, (await bench.record(mine)).heard) == (False, True)


async def test_a_forbidden_address_is_not_tried_again() -> None:
    bench = Bench(Outcome.BLOCKED)
    await bench.open(task())
    await bench.scheduler.advance(10 * 3600)
    assert [stage for stage, _ in await bench.stages()] == ["text", "first", "complete"]


@pytest.mark.parametrize("readings", [(), ("after_giving_up=stop",), ("callback_order=overtaking",)])
async def test_a_forbidden_address_loses_nothing(readings: tuple[str, ...]) -> None:
    bench, mine = Bench(Outcome.BLOCKED), task(under=edition("apikley", *readings))
    await bench.open(mine)
    await bench.scheduler.advance(10 * 3600)
    assert [outcome for _, outcome in await bench.stages()] == ["blocked"] * 3
    assert not (await bench.record(mine)).lost


async def test_a_silent_scenario_owes_nothing() -> None:
    bench = Bench()
    await bench.open(task(scenario="silent"))
    assert await bench.scheduler.advance(10 * 3600) == 0


async def test_tasks_go_out_in_the_order_of_their_answers() -> None:
    bench = Bench()
    await bench.open(*(task(id=id, callBackUrl=f"http://127.0.0.1/{id}") for id in "ecadb"))
    await bench.scheduler.advance(3600)
    assert [url[-1] for url, _ in bench.delivery.sent] == list("ecadb" * 3)


ended = st.lists(
    st.sampled_from([Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.REFUSED, Outcome.BLOCKED]), min_size=1, max_size=30
)
orders = st.sampled_from(["in_order", "overtaking"])
spacings = st.sampled_from(["minutes", "at_once"])
asked = st.tuples(
    st.sampled_from("xy"), st.sampled_from("12"), st.sampled_from(["200", "late", "out-of-order"]), orders, spacings
)


def tasks(course: Sequence[tuple[str, ...]]) -> list[Task]:
    """Tasks of keys at receivers, under readings, that were started at one moment."""
    made = [
        task(
            id=f"{number}",
            key=key,
            scenario=scenario,
            callBackUrl=f"http://127.0.0.{receiver}/cb",
            under=edition("apikley", f"callback_order={order}", f"retry_spacing={spacing}"),
        )
        for number, (key, receiver, scenario, order, spacing) in enumerate(course)
    ]
    for number, each in enumerate(made, 1):
        each.record = each.record.changed(ordinal=number)
    return made


def meant(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> list[tuple[float, str, str]]:
    """(seconds after the answers, task, stage) of every attempt, when each is made as it is due, one by one."""
    by_id = {each.id: each for each in tasks}
    owed: list[Owed] = [first for each in tasks if (first := owed_first(each.record, plan(each)))]
    now, made = CREATED, list[tuple[float, str, str]]()
    while owed:
        owed.sort()
        due = owed.pop(0)
        now = max(now, due.due)
        outcome = outcomes[min(len(made), len(outcomes) - 1)]
        made.append((now - CREATED, due.task_id, due.step.stage))
        owed += settled(due, outcome, by_id[due.task_id], now).owed
    return made


@settings(max_examples=60)
@given(st.lists(asked, max_size=5), ended)
def test_an_advance_attempts_as_the_rules_say(course: list[tuple[str, ...]], outcomes: list[Outcome]) -> None:
    """Whatever tasks, receivers, readings and outcomes there are: all that is due, in due order, at its moment."""

    async def attempted() -> Sequence[tuple[float, str, str]]:
        bench = Bench(*outcomes)
        for each in tasks(course):
            await bench.reopen(each)
        await bench.scheduler.advance(10 * 3600)
        return [(entry.at - CREATED, entry.task_id, entry.stage) for entry in await bench.entries()]

    assert run(attempted) == meant(tasks(course), outcomes)


@settings(max_examples=60)
@given(
    st.lists(asked, max_size=5).flatmap(lambda course: st.tuples(st.just(course), st.permutations(range(len(course)))))
)
def test_the_order_does_not_depend_on_which_request_came_first(
    course: tuple[list[tuple[str, ...]], Sequence[int]],
) -> None:
    """What several processes start under several keys at one moment goes out in one order."""
    asked, order = course

    async def attempted(order: Sequence[int]) -> Sequence[tuple[float, str, str]]:
        bench, made = Bench(), tasks(asked)
        for number in order:
            await bench.reopen(made[number])
        await bench.scheduler.advance(10 * 3600)
        return [(entry.at - CREATED, entry.task_id, entry.stage) for entry in await bench.entries()]

    assert run(lambda: attempted(order)) == run(lambda: attempted(range(len(asked))))


async def test_a_hanging_receiver_delays_no_other_task() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(id="a", **ONE, callBackUrl=HANG), task(id="b", **ONE, callBackUrl="http://127.0.0.1/fast"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await bench.until(1)
    assert [url for url, _ in delivery.sent] == ["http://127.0.0.1/fast"]
    delivery.released.set()
    assert await advancing == 2


async def test_what_is_waited_for_is_told() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(id="a", **ONE, callBackUrl=HANG))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    assert [each[:4] for each in bench.scheduler.under_way()] == [("key", "127.0.0.1", "a", "complete")]
    assert bench.scheduler.under_way(longer_than=60) == []
    delivery.released.set()
    await advancing
    assert bench.scheduler.under_way() == []


async def test_an_attempt_waits_for_the_one_before_it() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(id="a", **ONE, callBackUrl=HANG), task(id="b", **ONE))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    assert delivery.sent == []
    delivery.released.set()
    await advancing
    assert [entry.task_id for entry in await bench.entries()] == ["a", "b"]


async def test_a_delivery_that_is_not_ready_changes_no_order() -> None:
    delivery = LateDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(*(task(id=id, **ONE, callBackUrl=f"http://127.0.0.1/{id}") for id in "ab"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await passed(2 * STAGGER)
    assert (await bench.entries(), advancing.done()) == ([], False)
    delivery.told.set()
    await advancing
    assert [entry.task_id for entry in await bench.entries()] == ["a", "b"]


async def test_the_first_task_has_the_delivery_made_ready() -> None:
    delivery = LateDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(id="a"), task(id="b"))
    await passed()
    assert delivery.asked == 1
    delivery.told.set()


async def test_advances_wait_for_each_other() -> None:
    bench = Bench()
    await bench.open(task())
    attempts = await asyncio.gather(*(bench.scheduler.advance(60) for _ in range(3)))
    assert attempts == [1, 1, 1]
    assert bench.clock.now() == CREATED + 180


async def test_a_running_clock_sends_by_itself() -> None:
    bench = Bench(frozen=False)
    await bench.open(task())
    await bench.until(3)
    assert bench.delivery.stages == ["text", "first", "complete"]
    assert [at for at, *_ in await bench.attempts()] == pytest.approx([TEXT, FIRST, COMPLETE], abs=0.1)


async def test_a_running_clock_tries_again_by_itself() -> None:
    bench = Bench(Outcome.REFUSED, Outcome.ACCEPTED, frozen=False)
    await bench.open(task(**AT_ONCE, under=edition("apikley", "retry_spacing=at_once")), task(id="b", **ONE))
    await bench.until(3)
    assert [(entry.task_id, entry.number) for entry in await bench.entries()] == [
        (task().id, 1),
        (task().id, 2),
        ("b", 1),
    ]


async def test_an_earlier_callback_is_not_held_up_by_a_later_one() -> None:
    bench = Bench(frozen=False)
    await bench.open(task(id="a"), task(id="b", pace="0.5x"), task(id="c", pace="2x", **ONE))
    await bench.until(3)
    assert [(entry.task_id, entry.stage) for entry in await bench.entries()] == [
        ("a", "text"),
        ("b", "text"),
        ("c", "complete"),
    ]


async def test_an_earlier_one_that_comes_later_is_on_time() -> None:
    bench = Bench(frozen=False)
    await bench.open(task(id="a", **ONE))
    await passed(10)
    like = task(id="b", pace="60x", **ONE)
    like.record = like.record.changed(created=CREATED + 10)
    await bench.reopen(like)
    await bench.until(2)
    assert [(round(entry.at - CREATED), entry.task_id) for entry in await bench.entries()] == [(13, "b"), (180, "a")]


async def test_a_running_clock_cannot_be_advanced() -> None:
    with pytest.raises(ClockRuns, match=r"^the clock runs by itself; freeze it first, or start with --pace manual$"):
        await Bench(frozen=False).scheduler.advance(1)


async def test_stopping_writes_down_what_is_owed() -> None:
    bench = Bench()
    await bench.open(task())
    await bench.scheduler.advance(TEXT)
    await bench.scheduler.stop()
    assert await bench.stages() == [("text", "accepted"), ("first", "undelivered"), ("complete", "undelivered")]
    assert {entry.detail for entry in (await bench.entries())[1:]} == {"the mock was stopped"}


async def test_stopping_cuts_off_an_attempt_under_way() -> None:
    bench = Bench(delivery=HangingDelivery(), frozen=False)
    await bench.open(task(**AT_ONCE, callBackUrl=HANG))
    await passed()
    await bench.scheduler.stop()
    (entry,) = await bench.entries()
    assert (entry.outcome, entry.detail) == ("undelivered", "the mock was stopped before the receiver had answered")
    assert entry.took == pytest.approx(GRACE, abs=0.05)


async def test_stopping_waits_for_no_attempt_that_hangs() -> None:
    bench = Bench(delivery=HangingDelivery(), frozen=False)
    await bench.open(task(**AT_ONCE, callBackUrl=HANG))
    await passed(2 * GRACE)
    began = now()
    await bench.scheduler.stop()
    assert now() - began < SHORT
    assert await bench.stages() == [("complete", "undelivered")]


async def test_stopping_leaves_an_attempt_time_to_end() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, frozen=False)
    await bench.open(task(**AT_ONCE, callBackUrl=HANG))
    await passed()
    stopping = await under_way(bench.scheduler.stop())
    delivery.released.set()
    await stopping
    assert await bench.stages() == [("complete", "accepted")]


class EndlessStore(MemoryStore):
    """Never tells when something is due."""

    async def due_within(self) -> float | None:
        never: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        return await never


async def test_nothing_is_under_way_once_it_has_stopped() -> None:
    before = asyncio.all_tasks()
    bench = Bench(delivery=LateDelivery(), frozen=False, store=EndlessStore)
    bench.scheduler.owe(0)
    await passed()
    await bench.scheduler.stop()
    assert asyncio.all_tasks() == before


async def test_the_clock_does_not_pass_the_year_9999() -> None:
    with pytest.raises(BadSetting, match=r"^the clock would pass the end of the year 9999; reset the mock"):
        await Bench().scheduler.advance(LAST_MOMENT)


async def test_hanging_receivers_are_waited_for_once_each() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(
        *(task(id=f"{n}", **ONE, callBackUrl=f"http://127.0.0.{n % 2}/{n}/hang") for n in range(8)),
    )
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await passed(1.5 * STAGGER)
    assert delivery.held == 2
    await passed(STAGGER)
    assert delivery.held == 8
    delivery.released.set()
    assert await advancing == 8


async def crowded(delivery: RecordingDelivery, *, frozen: bool) -> Bench:
    """A bench that owes one receiver that hangs 1000 attempts, and after them one to another receiver."""
    bench = Bench(delivery=delivery, frozen=frozen)
    await bench.open(*(task(id=f"a{number}", **AT_ONCE, callBackUrl="http://10.0.0.1/hang") for number in range(1000)))
    await bench.open(task(id="b", **AT_ONCE, callBackUrl="http://10.0.0.2/callback"))
    return bench


async def test_a_crowded_receiver_delays_no_other() -> None:
    delivery = HangingDelivery()
    bench = await crowded(delivery, frozen=False)
    await bench.until(1)
    assert [entry.task_id for entry in await bench.entries()] == ["b"]
    assert delivery.held == PER_RECEIVER
    delivery.released.set()
    await bench.until(1001)


async def test_a_crowded_receiver_delays_no_other_in_an_advance() -> None:
    delivery = HangingDelivery()
    bench = await crowded(delivery, frozen=True)
    advancing = asyncio.create_task(bench.scheduler.advance(0))
    await bench.until(1)
    assert [entry.task_id for entry in await bench.entries()] == ["b"]
    assert delivery.held == PER_RECEIVER
    delivery.released.set()
    assert await advancing == 1001


@pytest.mark.parametrize("frozen", [False, True])
async def test_no_more_attempts_are_made_at_once_than_there_may_be(frozen: bool) -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, frozen=frozen)
    many = IN_ALL + PER_RECEIVER
    await bench.open(*(task(id=f"{n}", **AT_ONCE, callBackUrl=f"http://10.0.0.{n % 20}/hang") for n in range(many)))
    advancing = asyncio.create_task(bench.scheduler.advance(0)) if frozen else None
    await passed(60)
    assert delivery.held == IN_ALL
    delivery.released.set()
    await bench.until(many)
    assert advancing is None or await advancing == many


async def test_stopping_ends_an_advance_whose_attempt_was_just_received() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(callBackUrl=HANG))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    stopping = await under_way(bench.scheduler.stop())
    delivery.released.set()
    await stopping
    with pytest.raises(Stopped) as stopped:
        await advancing
    assert re.sub(r" of \S+ to \S+", "", str(stopped.value)).splitlines() == [
        "the mock was stopped while its clock was moved by 180 s; attempts that were made: 1. Since then:",
        "  <-- text  accepted in 0 ms: by the test",
        "  <-- first  undelivered: the mock was stopped",
        "  <-- complete  undelivered: the mock was stopped",
    ]


async def test_nothing_is_attempted_once_it_stops() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, frozen=False)
    await bench.open(task(**AT_ONCE, callBackUrl=HANG))
    await passed()
    await bench.scheduler.freeze()
    await bench.open(task(id="a", **ONE))
    stopping = await under_way(bench.scheduler.stop())
    advancing = asyncio.create_task(bench.scheduler.advance(3600))
    await passed(SHORT)
    delivery.released.set()
    await stopping
    with pytest.raises(Stopped, match=r"by 3600 s; attempts that were made: 0\. Since then:\n  <-- "):
        await advancing
    assert [outcome for _, outcome in await bench.stages()] == ["accepted", "undelivered"]


async def test_a_mock_that_has_stopped_moves_no_clock() -> None:
    bench = Bench()
    await bench.scheduler.stop()
    with pytest.raises(Stopped, match=r"^the mock was stopped while .* made: 0\. Since then: nothing$"):
        await bench.scheduler.advance(1)
    assert bench.clock.now() == CREATED


async def test_a_running_clock_starts_nothing_once_it_stops() -> None:
    bench = Bench(frozen=False)
    await bench.open(task())
    await bench.scheduler.stop()
    await bench.open(task(id="b"))
    await passed(3600)
    assert bench.delivery.sent == []


async def test_a_reset_cuts_off_what_is_owed_and_under_way() -> None:
    bench = Bench(delivery=HangingDelivery())
    await bench.open(
        task(id="a", key="one", **ONE, callBackUrl=HANG),
        task(id="b", key="one", pace="0.1x"),
        task(id="c", key="two", **ONE),
    )
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    await bench.scheduler.reset("one")
    assert await advancing == 1
    assert await bench.scheduler.advance(36000) == 0
    assert [entry.task_id for entry in await bench.entries()] == ["c"]


async def test_a_reset_leaves_nothing_that_was_due_and_not_started() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(*(task(id=id, **ONE, callBackUrl=f"http://{id}/hang") for id in "abcd"))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    await bench.scheduler.reset(None)
    assert await advancing == 0
    assert delivery.sent == []


async def test_a_reset_takes_the_clock_back_also_from_one_who_moves_it() -> None:
    bench = Bench(delivery=HangingDelivery())
    await bench.open(task(callBackUrl=HANG))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    await bench.scheduler.reset(None)
    await advancing
    assert bench.clock.now() == CREATED


async def test_stopping_during_an_advance_writes_down_everything() -> None:
    bench = Bench(delivery=HangingDelivery())
    await bench.open(*(task(id=id, callBackUrl=f"http://{id}/hang") for id in "abcd"))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    await bench.scheduler.stop()
    with pytest.raises(Stopped, match=r"made: 0\. Since then:(\n  <-- .*  undelivered: the mock was stopped.*){12}$"):
        await advancing
    assert [outcome for _, outcome in await bench.stages()] == ["undelivered"] * 12


async def test_who_asks_for_room_that_is_there_does_not_wait() -> None:
    began = now()
    await Bench(frozen=False).scheduler.reserve("127.0.0.1:1")
    assert now() - began < SHORT


async def overloaded(*, frozen: bool = False) -> tuple[Bench, Turnstile]:
    """A scheduler with one receiver, 127.0.0.1:1, that is overloaded."""
    delivery = Turnstile()
    bench = Bench(delivery=delivery, frozen=frozen)
    waiting = task(**AT_ONCE, callBackUrl="http://127.0.0.1:1/hang")
    for number in range(PER_RECEIVER + QUEUED):
        waiting.record = waiting.record.changed(id=f"{number}", tracks=())
        await bench.open(waiting)
    await passed()
    assert await bench.store.crowded("127.0.0.1:1") is not None
    return bench, delivery


async def test_room_is_made_by_callbacks_that_are_delivered() -> None:
    bench, delivery = await overloaded()
    asking = [await under_way(bench.scheduler.reserve("127.0.0.1:1")) for _ in range(2)]
    await bench.scheduler.reserve("127.0.0.1:2")
    for asked in asking:
        delivery.turns.release()
        await passed(SHORT)
        assert asked.done()
    assert await bench.store.crowded("127.0.0.1:1") is None
    await bench.scheduler.stop(grace=0)


async def test_each_callback_that_is_delivered_lets_one_look_for_room() -> None:
    bench, delivery = await overloaded()
    asking = [asyncio.create_task(bench.scheduler.reserve("127.0.0.1:1")) for _ in range(3)]
    await passed(SHORT)
    delivery.turns.release()
    await passed(SHORT)
    assert [asked.done() for asked in asking] == [True, False, False]
    await bench.scheduler.stop(grace=0)


async def test_who_waits_for_room_in_vain_goes_on_and_wakes_nobody() -> None:
    bench, delivery = await overloaded()
    began = now()
    await bench.scheduler.reserve("127.0.0.1:1")
    assert now() - began == pytest.approx(ROOM_WITHIN, abs=0.1)
    other = await under_way(bench.scheduler.reserve("127.0.0.1:1"))
    delivery.turns.release()
    await passed(SHORT)
    assert other.done()
    await bench.scheduler.stop(grace=0)


async def test_under_a_clock_that_stands_still_nobody_waits_for_room() -> None:
    bench, _ = await overloaded(frozen=True)
    began = now()
    await bench.scheduler.reserve("127.0.0.1:1")
    assert now() - began < SHORT


ENDS: dict[str, Callable[[Bench], Coroutine[Any, Any, None]]] = {
    "a stop": lambda bench: bench.scheduler.stop(grace=0),
    "a reset": lambda bench: bench.scheduler.reset(None),
}


@pytest.mark.parametrize("how", ENDS)
async def test_nobody_waits_for_room_past_a_stop_or_a_reset(how: str) -> None:
    bench, _ = await overloaded()
    waiting = [await under_way(bench.scheduler.reserve("127.0.0.1:1", within=60)) for _ in range(3)]
    began = now()
    await ENDS[how](bench)
    await asyncio.gather(*waiting)
    assert now() - began < 1


async def test_a_frozen_clock_holds_what_is_due() -> None:
    bench = Bench(frozen=False)
    await bench.open(task())
    await bench.scheduler.freeze()
    await passed(3600)
    assert bench.delivery.sent == []
    assert await bench.scheduler.advance(COMPLETE) == 3


async def test_a_clock_that_runs_again_sends_what_is_due() -> None:
    bench = Bench()
    await bench.open(task(pace="immediate"))
    await passed()
    assert bench.delivery.sent == []
    await bench.scheduler.run()
    await bench.until(3)
    assert bench.delivery.stages == ["text", "first", "complete"]


async def test_a_clock_that_runs_again_sends_what_is_due_later() -> None:
    bench = Bench()
    await bench.open(task(**ONE))
    await bench.scheduler.advance(TEXT)
    await bench.scheduler.run()
    await bench.until(1)
    assert [at for at, *_ in await bench.attempts()] == pytest.approx([COMPLETE], abs=0.1)


async def test_a_reset_clock_stands_at_its_start() -> None:
    bench = Bench()
    await bench.scheduler.advance(100)
    await bench.scheduler.reset(None)
    assert bench.clock.now() == CREATED


async def test_the_clock_is_set_once_nobody_moves_it() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(**ONE, callBackUrl=HANG))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    running = await under_way(bench.scheduler.run())
    freezing = await under_way(bench.scheduler.freeze())
    assert bench.clock.frozen
    delivery.released.set()
    assert await advancing == 1
    await running
    await freezing
    assert bench.clock.frozen


async def test_an_advance_whose_clock_was_set_running_is_refused() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    await bench.open(task(**ONE, callBackUrl=HANG))
    advancing = await under_way(bench.scheduler.advance(COMPLETE))
    running = await under_way(bench.scheduler.run())
    refused = await under_way(bench.scheduler.advance(60))
    delivery.released.set()
    await asyncio.gather(advancing, running)
    with pytest.raises(ClockRuns, match="the clock runs by itself"):
        await refused


async def test_what_is_owed_of_a_task_is_told() -> None:
    bench = Bench(Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED)
    mine = task(under=edition("apikley", "callback_order=overtaking"))
    await bench.open(task(id="a"), mine, task(id="b"))
    assert await bench.owed(mine) == [(TEXT, "text", 0)]
    await bench.scheduler.advance(TEXT)
    assert await bench.owed(mine) == [(TEXT + MINUTE, "text", 1), (FIRST, "first", 0)]
    await bench.scheduler.advance(COMPLETE)
    assert await bench.owed(mine) == []


async def test_what_is_owed_is_told_at_every_moment() -> None:
    bench, mine = Bench(Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED), task()
    await bench.open(mine)
    advancing = asyncio.create_task(bench.scheduler.advance(3600))
    told = []
    while not advancing.done():
        told.append([stage for _, stage, _ in await bench.owed(mine)])
        await asyncio.wait({advancing}, timeout=0)
    assert all(len(stages) <= 1 for stages in told)
    assert list(dict.fromkeys(stage for stages in told for stage in stages)) == ["text", "first", "complete"]


async def test_what_is_under_way_is_owed() -> None:
    delivery = HangingDelivery()
    bench, mine = Bench(delivery=delivery), task(callBackUrl=HANG)
    await bench.open(mine)
    advancing = await under_way(bench.scheduler.advance(TEXT))
    sending = await under_way(bench.scheduler.redeliver(mine, 0))
    assert await bench.owed(mine) == [(TEXT, "text", 0)]
    delivery.released.set()
    await asyncio.gather(advancing, sending)


async def test_what_waits_for_a_place_is_written_down_when_the_mock_stops() -> None:
    bench = Bench(delivery=HangingDelivery(), frozen=False)
    ids = [f"{number}" for number in range(PER_RECEIVER + 2)]
    await bench.open(*(task(id=id, **AT_ONCE, callBackUrl=HANG) for id in ids))
    await passed(1)
    await bench.scheduler.stop(grace=0.01)
    entries = await bench.entries()
    assert {entry.task_id for entry in entries[:PER_RECEIVER]} == set(ids[:PER_RECEIVER])
    assert [entry.task_id for entry in entries[PER_RECEIVER:]] == ids[PER_RECEIVER:]
    assert [entry.detail for entry in entries] == [
        *["the mock was stopped before the receiver had answered"] * PER_RECEIVER,
        *["the mock was stopped"] * 2,
    ]


async def test_an_advance_waits_for_what_the_running_clock_began() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, frozen=False)
    await bench.open(task(pace="immediate", callBackUrl=HANG))
    await passed()
    await bench.scheduler.freeze()
    advancing = asyncio.create_task(bench.scheduler.advance(60))
    await passed(60)
    assert (delivery.held, advancing.done()) == (1, False)
    delivery.released.set()
    assert await advancing == 2
    assert [stage for stage, _ in await bench.stages()] == ["text", "first", "complete"]


async def test_callbacks_that_may_overtake_do_not_race() -> None:
    """At one moment they go out one after the other: only one that is tried again is overtaken."""
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, frozen=False)
    under = edition("apikley", "callback_order=overtaking")
    await bench.open(task(pace="immediate", under=under, callBackUrl=HANG))
    await passed()
    assert delivery.held == 1
    delivery.released.set()
    await bench.until(3)
    assert delivery.stages == ["text", "first", "complete"]


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_a_callback_can_be_sent_again(position: int) -> None:
    bench, mine = Bench(), task()
    await bench.open(mine)
    await bench.scheduler.advance(COMPLETE + 60)
    attempt = await bench.scheduler.redeliver(mine, position)
    assert attempt == Attempt(outcome=Outcome.ACCEPTED, detail="by the test", took=0.0)
    assert bench.delivery.sent[3] == bench.delivery.sent[position]
    assert (await bench.attempts())[3] == (COMPLETE + 60, plan(mine)[position].step.stage, 1, "accepted")


async def test_sending_again_takes_a_place() -> None:
    delivery = HangingDelivery()
    bench, mine = Bench(delivery=delivery), task(callBackUrl="http://127.0.0.1:99/hang")
    sending = [asyncio.create_task(bench.scheduler.redeliver(mine, 0)) for _ in range(PER_RECEIVER)]
    await passed()
    with pytest.raises(
        BadSetting, match=r"^50 attempts to 127\.0\.0\.1:99 or 500 in all are under way; try again when some"
    ):
        await bench.scheduler.redeliver(mine, 0)
    delivery.released.set()
    await asyncio.gather(*sending)
    assert (await bench.scheduler.redeliver(mine, 0)).outcome is Outcome.ACCEPTED


async def test_a_reset_cuts_off_what_is_sent_again() -> None:
    bench, mine = Bench(delivery=HangingDelivery()), task(id="a", callBackUrl=HANG)
    sending = await under_way(bench.scheduler.redeliver(mine, 0))
    await bench.scheduler.reset(mine.key)
    with pytest.raises(NoSuch, match=r"^task a was forgotten while its callback was sent once more$"):
        await sending
    assert await bench.entries() == []


async def test_what_is_sent_again_as_the_mock_stops_is_written_down_as_that() -> None:
    bench, mine = Bench(delivery=HangingDelivery()), task(callBackUrl=HANG)
    sending = await under_way(bench.scheduler.redeliver(mine, 0))
    await bench.scheduler.stop()
    with pytest.raises(Stopped, match=r"^the mock was stopped while a callback of task .* was sent once more$"):
        await sending
    assert [(entry.stage, entry.outcome, entry.redelivered) for entry in await bench.entries()] == [
        ("text", "undelivered", True)
    ]


moments = st.integers(0, 80).map(lambda turns: turns / 2000)
"""Seconds in which a store that waits a millisecond does a little, or all."""


async def busy(moment: float, *, frozen: bool) -> tuple[Bench, asyncio.Task[int] | None]:
    """A bench with a store that waits, a moment after the callbacks of two keys began to go out."""
    bench = Bench(Outcome.REFUSED, Outcome.ACCEPTED, frozen=frozen, store=slow_store)
    under = edition("apikley", "retry_spacing=at_once")
    for id, key in ("a", "one"), ("b", "two"), ("c", "one"):
        await bench.open(task(id=id, key=key, pace="immediate", under=under))
    advancing = asyncio.create_task(bench.scheduler.advance(0)) if frozen else None
    await passed(moment)
    return bench, advancing


@settings(max_examples=60)
@given(moments, st.booleans())
def test_whenever_it_stops_each_callback_has_one_end(moment: float, frozen: bool) -> None:
    async def stopped() -> tuple[int, Sequence[tuple[str, str]]]:
        bench, advancing = await busy(moment, frozen=frozen)
        await bench.scheduler.stop()
        sent = len(bench.delivery.sent)
        await passed(3600)
        assert len(bench.delivery.sent) == sent
        assert advancing is None or advancing.done()
        return sent, [(each.task_id, each.stage) for each in await bench.entries() if each.outcome != "refused"]

    sent, ends = run(stopped)
    assert sorted(ends) == [(id, stage) for id in "abc" for stage in ("complete", "first", "text")]
    assert sent <= 10


@settings(max_examples=60)
@given(moments, st.booleans(), st.sampled_from(["one", None]))
def test_whenever_a_reset_comes_nothing_follows_of_what_it_forgot(moment: float, frozen: bool, key: str | None) -> None:
    async def reset() -> None:
        bench, advancing = await busy(moment, frozen=frozen)
        await bench.scheduler.reset(key)
        before = len(bench.delivery.sent)
        await passed(3600)
        left = {entry.task_id for entry in await bench.entries()}
        assert left == (set() if key is None else {"b"})
        assert key is not None or len(bench.delivery.sent) == before
        assert advancing is None or advancing.done()

    run(reset)


@settings(max_examples=60)
@given(moments, moments)
def test_whenever_the_clock_is_frozen_and_runs_again_nothing_is_lost(moment: float, later: float) -> None:
    async def sent() -> None:
        bench, _ = await busy(moment, frozen=False)
        await bench.scheduler.freeze()
        await passed(later)
        await bench.scheduler.run()
        await passed(3600)
        assert sorted((each.task_id, each.stage) for each in await bench.entries() if each.outcome == "accepted") == [
            (id, stage) for id in "abc" for stage in ("complete", "first", "text")
        ]

    run(sent)
