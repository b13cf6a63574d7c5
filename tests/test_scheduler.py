"""Which callback is attempted when, without a network: a manual clock and a delivery that only remembers."""

import asyncio

import pytest

from mock_server.clock import ManualClock, RunningClock
from mock_server.delivery import Attempt, Outcome
from mock_server.entries import Attempted
from mock_server.journal import Journal
from mock_server.scheduler import LAST_MOMENT, OWED_KEPT, STAGGER, Scheduler
from tests.builders import COMPLETE, CREATED, FIRST, SEED, TEXT, RecordingDelivery, edition, task

pytestmark = pytest.mark.anyio

MINUTE = 60.0


class Bench:
    """A scheduler with everything around it in reach."""

    def __init__(self, *outcomes: Outcome, delivery: RecordingDelivery | None = None) -> None:
        self.clock = ManualClock(CREATED)
        self.delivery = delivery or RecordingDelivery(*outcomes)
        self.journal = Journal()
        self.scheduler = Scheduler(self.clock, self.delivery, self.journal, SEED)

    @property
    def attempts(self) -> list[tuple[float, str, int, str]]:
        """(seconds after the answer, stage, number, outcome) of everything in the journal."""
        return [
            (entry.at - CREATED, entry.stage, entry.number, entry.outcome.value)
            for entry in self.journal
            if isinstance(entry, Attempted)
        ]


async def test_stages_go_out_at_their_time() -> None:
    bench = Bench()
    bench.scheduler.schedule(task())
    assert await bench.scheduler.advance(TEXT - 0.01) == 0
    assert await bench.scheduler.advance(0.01) == 1
    assert await bench.scheduler.advance(3600) == 2
    assert bench.attempts == [
        (TEXT, "text", 1, "accepted"),
        (FIRST, "first", 1, "accepted"),
        (COMPLETE, "complete", 1, "accepted"),
    ]


async def test_the_clock_ends_where_it_was_sent() -> None:
    bench = Bench()
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(40)
    assert bench.clock.now() == CREATED + 40


async def test_three_retries_after_1_5_and_15_minutes() -> None:
    bench = Bench(Outcome.REFUSED)
    bench.scheduler.schedule(task(scenario="only-complete"))
    await bench.scheduler.advance(10 * 3600)
    times = [at for at, *_ in bench.attempts]
    first = COMPLETE
    assert times == [first, first + MINUTE, first + 6 * MINUTE, first + 21 * MINUTE]
    assert [number for _, _, number, _ in bench.attempts] == [1, 2, 3, 4]


async def test_retries_follow_the_pace() -> None:
    bench = Bench(Outcome.TIMED_OUT)
    bench.scheduler.schedule(task(scenario="only-complete", pace="60x"))
    await bench.scheduler.advance(3600)
    times = [at for at, *_ in bench.attempts]
    assert times == pytest.approx([3, 3 + 1, 3 + 6, 3 + 21])


async def test_a_later_stage_waits_for_a_retried_one() -> None:
    bench = Bench(Outcome.UNREACHABLE, Outcome.ACCEPTED)
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(3600)
    assert [(at, stage) for at, stage, *_ in bench.attempts] == [
        (TEXT, "text"),
        (TEXT + MINUTE, "text"),
        (FIRST, "first"),
        (COMPLETE, "complete"),
    ]


async def test_a_later_stage_overtakes_where_the_reading_says_so() -> None:
    bench = Bench(Outcome.REFUSED, Outcome.REFUSED, Outcome.ACCEPTED)
    bench.scheduler.schedule(task(under=edition("apikley", "callback_order=overtaking")))
    await bench.scheduler.advance(3600)
    assert [stage for _, stage, *_ in bench.attempts] == ["text", "text", "first", "complete", "text"]


async def test_a_given_up_callback_leaves_the_next_its_own_retries() -> None:
    bench = Bench(*[Outcome.REFUSED] * 4, Outcome.ACCEPTED)
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(10 * 3600)
    assert [stage for _, stage, *_ in bench.attempts] == ["text"] * 4 + ["first", "complete"]


@pytest.mark.parametrize("order", ["in_order", "overtaking"])
async def test_a_given_up_callback_may_end_the_task(order: str) -> None:
    bench = Bench(Outcome.REFUSED)
    under = edition("apikley", "after_giving_up=stop", "retry_spacing=at_once", f"callback_order={order}")
    bench.scheduler.schedule(task(under=under))
    await bench.scheduler.advance(10 * 3600)
    assert [(stage, outcome) for _, stage, _, outcome in bench.attempts] == [
        *[("text", "refused")] * 4,
        ("first", "undelivered"),
        ("complete", "undelivered"),
    ]


async def test_a_forbidden_address_is_not_tried_again() -> None:
    bench = Bench(Outcome.BLOCKED)
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(10 * 3600)
    assert [stage for _, stage, *_ in bench.attempts] == ["text", "first", "complete"]


async def test_a_silent_scenario_owes_nothing() -> None:
    bench = Bench()
    bench.scheduler.schedule(task(scenario="silent"))
    assert await bench.scheduler.advance(10 * 3600) == 0


async def test_tasks_go_out_in_the_order_of_their_answers() -> None:
    bench = Bench()
    for name in "abcde":
        bench.scheduler.schedule(task(id=name, callBackUrl=f"http://127.0.0.1/{name}"))
    await bench.scheduler.advance(3600)
    assert [url[-1] for url, _ in bench.delivery.sent] == list("abcde" * 3)


class HangingDelivery(RecordingDelivery):
    """Never gets an answer from `/hang` until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.hanging = asyncio.Event()
        self.released = asyncio.Event()

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        if url.endswith("/hang"):
            self.hanging.set()
            await self.released.wait()
        return await super().attempt(url, body, received)


async def test_a_hanging_receiver_delays_no_other_task() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(id="slow", scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    bench.scheduler.schedule(task(id="fast", scenario="only-complete", callBackUrl="http://127.0.0.1/fast"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    while not delivery.sent:
        await asyncio.wait({advancing}, timeout=0.01)
    assert [url for url, _ in delivery.sent] == ["http://127.0.0.1/fast"]
    delivery.released.set()
    assert await advancing == 2


async def test_advances_wait_for_each_other() -> None:
    bench = Bench()
    bench.scheduler.schedule(task())
    attempts = await asyncio.gather(*(bench.scheduler.advance(60) for _ in range(3)))
    assert attempts == [1, 1, 1]
    assert bench.clock.now() == CREATED + 180


async def test_a_running_clock_sends_by_itself() -> None:
    delivery = RecordingDelivery()
    arrived = asyncio.Event()
    journal = Journal(lambda entry: arrived.set() if len(delivery.sent) == 3 else None)
    scheduler = Scheduler(RunningClock(CREATED), delivery, journal, SEED)
    scheduler.schedule(task(pace="100000x"))
    await arrived.wait()
    assert delivery.stages == ["text", "first", "complete"]


async def test_an_earlier_callback_is_not_held_up_by_a_later_one() -> None:
    delivery = RecordingDelivery()
    arrived = asyncio.Event()
    scheduler = Scheduler(RunningClock(CREATED), delivery, Journal(lambda entry: arrived.set()), SEED)
    scheduler.schedule(task(id="later"))
    scheduler.schedule(task(id="even later", pace="0.5x"))
    scheduler.schedule(task(id="now", pace="immediate", scenario="only-complete"))
    await arrived.wait()
    await scheduler.stop()
    assert len(delivery.sent) == 1


async def test_a_running_clock_cannot_be_advanced() -> None:
    scheduler = Scheduler(RunningClock(), RecordingDelivery(), Journal(), SEED)
    with pytest.raises(TypeError, match="the clock runs by itself; only --pace manual has a clock to move"):
        await scheduler.advance(1)


async def test_stopping_writes_down_what_is_owed() -> None:
    bench = Bench()
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(TEXT)
    await bench.scheduler.stop()
    assert [(stage, outcome) for _, stage, _, outcome in bench.attempts] == [
        ("text", "accepted"),
        ("first", "undelivered"),
        ("complete", "undelivered"),
    ]


async def test_stopping_cuts_off_an_attempt_under_way() -> None:
    delivery = HangingDelivery()
    journal = Journal()
    scheduler = Scheduler(RunningClock(CREATED), delivery, journal, SEED)
    scheduler.schedule(task(pace="immediate", scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    await delivery.hanging.wait()
    await scheduler.stop(grace=0.01)
    entries = [entry for entry in journal if isinstance(entry, Attempted)]
    assert [(entry.outcome, entry.detail) for entry in entries] == [("undelivered", "the mock was stopped")]


class BrokenDelivery(RecordingDelivery):
    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        raise ZeroDivisionError("a bug")


async def test_a_bug_in_an_attempt_is_written_down_and_raised() -> None:
    bench = Bench(delivery=BrokenDelivery())
    bench.scheduler.schedule(task(scenario="skip-first"))
    with pytest.raises(ZeroDivisionError):
        await bench.scheduler.advance(COMPLETE)
    details = [entry.detail for entry in bench.journal if isinstance(entry, Attempted)]
    assert details == ["the mock itself failed: ZeroDivisionError('a bug')"] * 2


async def test_the_clock_does_not_pass_the_year_9999() -> None:
    bench = Bench()
    with pytest.raises(ValueError, match="the clock would pass the end of the year 9999; reset the mock"):
        await bench.scheduler.advance(LAST_MOMENT)
    with pytest.raises(ValueError, match="would pass"):
        await bench.scheduler.advance(float("nan"))


async def test_a_hanging_receiver_is_waited_for_once() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    for name in "abcdefgh":
        bench.scheduler.schedule(task(id=name, scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await asyncio.wait({advancing}, timeout=3 * STAGGER)
    assert len(bench.scheduler._under_way) == 8
    delivery.released.set()
    assert await advancing == 8


async def test_dropping_cuts_off_what_is_owed_and_under_way() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(id="a", account="one", scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    bench.scheduler.schedule(task(id="b", account="one", pace="0.1x"))
    bench.scheduler.schedule(task(id="c", account="two", scenario="only-complete"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    await bench.scheduler.drop("one")
    assert await advancing == 1
    assert await bench.scheduler.advance(36000) == 0
    assert [stage for _, stage, *_ in bench.attempts] == ["complete"]


async def test_dropping_leaves_nothing_that_was_due_and_not_started() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    for name in "abcd":
        bench.scheduler.schedule(task(id=name, scenario="only-complete", callBackUrl=f"http://127.0.0.1/{name}/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    await bench.scheduler.drop(None)
    assert await advancing == 0
    assert delivery.sent == []


async def test_stopping_during_an_advance_writes_down_everything() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    for name in "abcd":
        bench.scheduler.schedule(task(id=name, callBackUrl=f"http://127.0.0.1/{name}/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    await bench.scheduler.stop(grace=0.01)
    await advancing
    assert [outcome for *_, outcome in bench.attempts] == ["undelivered"] * 12


async def test_what_is_owed_is_bounded() -> None:
    bench = Bench()
    many = task(scenario="only-complete")
    for _ in range(OWED_KEPT + 2):
        bench.scheduler.schedule(many)
    assert [outcome for *_, outcome in bench.attempts] == ["undelivered"] * 2
