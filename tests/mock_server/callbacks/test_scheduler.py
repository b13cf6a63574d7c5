"""Which callback is attempted when, without a network: a manual clock and a delivery that only remembers."""

import asyncio

import pytest

from mock_server.callbacks.concurrency import PER_RECEIVER
from mock_server.callbacks.scheduler import OWED_KEPT, QUEUED, STAGGER, Scheduler
from mock_server.core.clock import LAST_MOMENT, Clock, MockClock
from mock_server.core.errors import BadSetting, ClockRuns, NoSuch
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan
from mock_server.state.journal import Journal
from mock_server.state.journal_entries import Attempted
from tests.builders import COMPLETE, CREATED, FIRST, STUDIO, TEXT, RecordingDelivery, edition, task

pytestmark = pytest.mark.anyio

MINUTE = 60.0


class Bench:
    """A scheduler with everything around it in reach."""

    def __init__(
        self, *outcomes: Outcome, delivery: RecordingDelivery | None = None, clock: Clock | None = None
    ) -> None:
        self.clock = clock or MockClock(CREATED, frozen=True)
        self.delivery = delivery or RecordingDelivery(*outcomes)
        self.arrived = asyncio.Event()
        self.journal = Journal(lambda entry: self.arrived.set())
        self.lost: list[Task] = []
        self.heard: list[Task] = []
        self.scheduler = Scheduler(self.clock, self.delivery, self.journal, STUDIO, self.note_last)

    async def note_last(self, task: Task, received: bool) -> None:
        (self.heard if received else self.lost).append(task)

    async def until(self, count: int) -> None:
        """Wait until the journal has so many entries."""
        async with asyncio.timeout(10):
            while len(list(self.journal)) < count:
                self.arrived.clear()
                await self.arrived.wait()

    @property
    def entries(self) -> list[Attempted]:
        return [entry for entry in self.journal if isinstance(entry, Attempted)]

    @property
    def attempts(self) -> list[tuple[float, str, int, str]]:
        """(seconds after the answer, stage, number, outcome) of everything in the journal."""
        return [(entry.at - CREATED, entry.stage, entry.number, entry.outcome.value) for entry in self.entries]


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
    stopped = task(under=under)
    bench.scheduler.schedule(stopped)
    await bench.scheduler.advance(10 * 3600)
    assert [(stage, outcome) for _, stage, _, outcome in bench.attempts] == [
        *[("text", "refused")] * 4,
        ("first", "undelivered"),
        ("complete", "undelivered"),
    ]
    assert [entry.detail for entry in bench.entries[4:]] == ["an earlier callback of the task was given up"] * 2
    assert bench.lost == [stopped]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.BLOCKED])
async def test_a_task_is_lost_with_its_last_callback(outcome: Outcome) -> None:
    bench = Bench(Outcome.ACCEPTED, Outcome.ACCEPTED, outcome)
    mine = task()
    bench.scheduler.schedule(mine)
    await bench.scheduler.advance(COMPLETE)
    await bench.scheduler.advance(10 * 3600)
    assert bench.lost == [mine]


async def test_a_task_is_not_lost_with_an_earlier_callback() -> None:
    bench = Bench(*[Outcome.REFUSED] * 8, Outcome.ACCEPTED)
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(10 * 3600)
    assert bench.delivery.stages == [*["text"] * 4, *["first"] * 4, "complete"]
    assert bench.lost == []


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
        self.held = 0

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        if url.endswith("/hang"):
            self.hanging.set()
            self.held += 1
            await self.released.wait()
        return await super().attempt(url, body, received)


async def test_a_hanging_receiver_delays_no_other_task() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(id="a", scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    bench.scheduler.schedule(task(id="b", scenario="only-complete", callBackUrl="http://127.0.0.1/fast"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await bench.until(1)
    assert [url for url, _ in delivery.sent] == ["http://127.0.0.1/fast"]
    delivery.released.set()
    assert await advancing == 2


class LateDelivery(RecordingDelivery):
    """Is ready after all that a receiver is given under a manual clock."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def ready(self) -> None:
        self.asked += 1
        await asyncio.sleep(2 * STAGGER)


async def test_a_delivery_that_is_not_ready_changes_no_order() -> None:
    delivery = LateDelivery()
    bench = Bench(delivery=delivery)
    for name in "ab":
        bench.scheduler.schedule(task(id=name, scenario="only-complete", callBackUrl=f"http://127.0.0.1/{name}"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await asyncio.sleep(1.5 * STAGGER)
    assert bench.entries == []
    await advancing
    assert [entry.task_id for entry in bench.entries] == ["a", "b"]


async def test_the_first_task_has_the_delivery_made_ready() -> None:
    delivery = LateDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(id="a"))
    bench.scheduler.schedule(task(id="b"))
    await asyncio.sleep(0)
    assert delivery.asked == 1


async def test_advances_wait_for_each_other() -> None:
    bench = Bench()
    bench.scheduler.schedule(task())
    attempts = await asyncio.gather(*(bench.scheduler.advance(60) for _ in range(3)))
    assert attempts == [1, 1, 1]
    assert bench.clock.now() == CREATED + 180


async def test_a_running_clock_sends_by_itself() -> None:
    bench = Bench(clock=MockClock(CREATED))
    bench.scheduler.schedule(task(pace="100000x"))
    await bench.until(3)
    assert bench.delivery.stages == ["text", "first", "complete"]


async def test_an_earlier_callback_is_not_held_up_by_a_later_one() -> None:
    bench = Bench(clock=MockClock(CREATED))
    bench.scheduler.schedule(task(id="a"))
    bench.scheduler.schedule(task(id="b", pace="0.5x"))
    bench.scheduler.schedule(task(id="c", pace="immediate", scenario="only-complete"))
    await bench.until(1)
    await bench.scheduler.stop()
    assert [entry.task_id for entry in bench.entries if entry.outcome is Outcome.ACCEPTED] == ["c"]


async def test_a_running_clock_cannot_be_advanced() -> None:
    with pytest.raises(ClockRuns, match=r"^the clock runs by itself; freeze it first, or start with --pace manual$"):
        await Bench(clock=MockClock()).scheduler.advance(1)


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
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    bench.scheduler.schedule(task(pace="immediate", scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    await delivery.hanging.wait()
    await bench.scheduler.stop(grace=0.01)
    (entry,) = bench.entries
    assert (entry.outcome, entry.detail) == ("undelivered", "the mock was stopped before the receiver had answered")
    assert (entry.body != b"", entry.took > 0) == (True, True)


class BrokenDelivery(RecordingDelivery):
    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        raise ZeroDivisionError("a bug")


async def test_a_bug_in_an_attempt_is_written_down_and_logged() -> None:
    bench = Bench(delivery=BrokenDelivery())
    bench.scheduler.schedule(task(scenario="skip-first"))
    logged: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, what: logged.append(repr(what["exception"])))
    assert await bench.scheduler.advance(COMPLETE) == 0
    assert logged == ["ZeroDivisionError('a bug')"]
    assert [entry.detail for entry in bench.entries] == ["the mock itself failed: ZeroDivisionError('a bug')"] * 2


async def test_the_clock_does_not_pass_the_year_9999() -> None:
    bench = Bench()
    with pytest.raises(BadSetting, match=r"^the clock would pass the end of the year 9999; reset the mock"):
        await bench.scheduler.advance(LAST_MOMENT)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("-inf")])
async def test_the_clock_does_not_go_back(seconds: float) -> None:
    with pytest.raises(
        BadSetting, match=rf"^seconds is {seconds}\. Allowed: 0 or more; a clock goes back with a reset"
    ):
        await Bench().scheduler.advance(seconds)


async def test_a_hanging_receiver_is_waited_for_once() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    for name in "12345678":
        bench.scheduler.schedule(task(id=name, scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await asyncio.wait({advancing}, timeout=3 * STAGGER)
    assert len(bench.scheduler._attempts) == 8
    delivery.released.set()
    assert await advancing == 8


async def test_a_hanging_receiver_is_waited_for_once_whatever_the_path() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    for name in "12345678":
        bench.scheduler.schedule(task(id=name, scenario="only-complete", callBackUrl=f"http://127.0.0.1/{name}/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await asyncio.wait({advancing}, timeout=2 * STAGGER)
    held = delivery.held
    await bench.scheduler.drop(None)
    await advancing
    assert held == 8


def crowded(delivery: RecordingDelivery, *, frozen: bool) -> Bench:
    """A bench that owes one receiver that hangs 1000 attempts, and after them one to another receiver."""
    bench = Bench(delivery=delivery, clock=MockClock(CREATED, frozen=frozen))
    hanging, other = (
        task(id=id, pace="immediate", scenario="only-complete", callBackUrl=url)
        for id, url in [("a", "http://10.0.0.1/hang"), ("b", "http://10.0.0.2/callback")]
    )
    for _ in range(1000):
        bench.scheduler.schedule(hanging)
    bench.scheduler.schedule(other)
    return bench


async def test_a_crowded_receiver_delays_no_other() -> None:
    delivery = HangingDelivery()
    bench = crowded(delivery, frozen=False)
    await bench.until(1)
    assert [entry.task_id for entry in bench.entries] == ["b"]
    assert delivery.held == PER_RECEIVER
    delivery.released.set()
    await bench.until(1001)


async def test_a_crowded_receiver_delays_no_other_in_an_advance() -> None:
    delivery = HangingDelivery()
    bench = crowded(delivery, frozen=True)
    advancing = asyncio.create_task(bench.scheduler.advance(0))
    await bench.until(1)
    assert [entry.task_id for entry in bench.entries] == ["b"]
    delivery.released.set()
    assert await advancing == 1001


async def test_stopping_ends_an_advance_whose_attempt_was_just_received() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(callBackUrl="http://127.0.0.1/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    stopping = asyncio.create_task(bench.scheduler.stop(grace=10))
    await asyncio.wait({stopping}, timeout=0)
    delivery.released.set()
    await stopping
    await advancing
    assert [(stage, outcome) for _, stage, _, outcome in bench.attempts] == [
        ("text", "accepted"),
        ("first", "undelivered"),
        ("complete", "undelivered"),
    ]


async def test_nothing_is_attempted_once_it_stops() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    bench.scheduler.schedule(task(pace="immediate", scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    await delivery.hanging.wait()
    await bench.scheduler.set_clock(bench.clock.freeze)
    bench.scheduler.schedule(task(id="a", scenario="only-complete"))
    stopping = asyncio.create_task(bench.scheduler.stop(grace=10))
    await asyncio.wait({stopping}, timeout=0)
    advancing = asyncio.create_task(bench.scheduler.advance(3600))
    await asyncio.wait({advancing}, timeout=0)
    delivery.released.set()
    await stopping
    assert await advancing == 0
    assert [outcome for *_, outcome in bench.attempts] == ["accepted", "undelivered"]


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
        bench.scheduler.schedule(task(id=name, scenario="only-complete", callBackUrl=f"http://{name}/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    await bench.scheduler.drop(None)
    assert await advancing == 0
    assert delivery.sent == []


async def test_stopping_during_an_advance_writes_down_everything() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    for name in "abcd":
        bench.scheduler.schedule(task(id=name, callBackUrl=f"http://{name}/hang"))
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
    assert {entry.detail for entry in bench.entries} == {"more than 100000 tasks are owed callbacks"}
    assert bench.scheduler.written_off == 2


async def test_past_what_can_be_owed_no_more_is_to_be_accepted() -> None:
    bench = Bench()
    many = task(scenario="only-complete")
    for _ in range(OWED_KEPT - 1):
        bench.scheduler.schedule(many)
    assert bench.scheduler.overload(many.callback_url) == ""
    bench.scheduler.schedule(many)
    assert bench.scheduler.overload(many.callback_url) == (
        "100000 tasks are owed callbacks, which is all that the mock keeps"
    )


async def test_a_crowded_receiver_is_overloaded_alone() -> None:
    bench, url = await overloaded(HangingDelivery())
    assert bench.scheduler.overload(url) == (
        "10000 tasks wait to call 127.0.0.1:1, which answers slower than tasks come"
    )
    assert bench.scheduler.overload("http://127.0.0.1:2/other") == ""
    await bench.scheduler.drop(None)
    assert bench.scheduler.overload(url) == ""


class Held(HangingDelivery):
    """Holds attempts until they are let go, one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = asyncio.Semaphore(0)

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        await self.turns.acquire()
        return Attempt(outcome=Outcome.ACCEPTED, detail="by the test", took=0.0)


async def overloaded(delivery: RecordingDelivery) -> tuple[Bench, str]:
    """A scheduler with one receiver that is overloaded, and the receiver's URL."""
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    waiting = task(scenario="only-complete", pace="immediate", callBackUrl="http://127.0.0.1:1/hang")
    for _ in range(PER_RECEIVER + QUEUED):
        bench.scheduler.schedule(waiting)
    for _ in range(3):
        await asyncio.sleep(0)  # until what is due has begun
    return bench, waiting.callback_url


async def test_room_is_made_by_callbacks_that_are_delivered() -> None:
    delivery = Held()
    bench, url = await overloaded(delivery)
    assert bench.scheduler.crowded()
    asking = [asyncio.create_task(bench.scheduler.room(url)) for _ in range(2)]
    asking.append(asyncio.create_task(bench.scheduler.room("http://127.0.0.1:2/free")))
    assert await asking[2] == ""
    assert not any(each.done() for each in asking[:2])
    for _ in range(2):
        delivery.turns.release()
    assert await asyncio.gather(*asking) == ["", "", ""]
    await bench.scheduler.stop(grace=0)


async def test_who_waits_for_room_in_vain_is_told_why_and_wakes_nobody() -> None:
    delivery = Held()
    bench, url = await overloaded(delivery)
    assert "answers slower than tasks come" in await bench.scheduler.room(url, within=0.001)
    other = asyncio.create_task(bench.scheduler.room(url))
    await asyncio.sleep(0)
    delivery.turns.release()
    assert await other == ""
    await bench.scheduler.stop(grace=0)


@pytest.mark.parametrize("how", ["stop", "drop"])
async def test_nobody_waits_for_room_past_a_stop_or_a_reset(how: str) -> None:
    bench, url = await overloaded(Held())
    waiting = asyncio.create_task(bench.scheduler.room(url, within=60))
    await asyncio.sleep(0)
    await (bench.scheduler.stop(grace=0) if how == "stop" else bench.scheduler.drop(None))
    assert await waiting == ""


async def test_a_frozen_clock_holds_what_is_due() -> None:
    bench = Bench(clock=MockClock(CREATED))
    bench.scheduler.schedule(task(pace="immediate"))
    await bench.scheduler.set_clock(bench.clock.freeze)
    assert await bench.scheduler.advance(0) == 3


async def test_a_clock_that_runs_again_sends_what_is_due() -> None:
    bench = Bench()
    bench.scheduler.schedule(task(pace="immediate"))
    await bench.scheduler.set_clock(bench.clock.run)
    await bench.until(3)
    assert bench.delivery.stages == ["text", "first", "complete"]


async def test_a_reset_clock_stands_at_its_start() -> None:
    bench = Bench()
    await bench.scheduler.advance(100)
    await bench.scheduler.set_clock(bench.clock.reset)
    assert bench.clock.now() == CREATED


async def test_the_clock_is_set_once_nobody_moves_it() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    running = asyncio.create_task(bench.scheduler.set_clock(bench.clock.run))
    await asyncio.wait({running}, timeout=0)
    assert bench.clock.frozen
    delivery.released.set()
    assert await advancing == 1
    await running
    assert not bench.clock.frozen


async def test_an_advance_whose_clock_was_set_running_is_refused() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    bench.scheduler.schedule(task(scenario="only-complete", callBackUrl="http://127.0.0.1/hang"))
    advancing = asyncio.create_task(bench.scheduler.advance(COMPLETE))
    await delivery.hanging.wait()
    running = asyncio.create_task(bench.scheduler.set_clock(bench.clock.run))
    refused = asyncio.create_task(bench.scheduler.advance(60))
    await asyncio.wait({running, refused}, timeout=0)
    delivery.released.set()
    await asyncio.gather(advancing, running)
    with pytest.raises(ClockRuns, match="the clock runs by itself"):
        await refused


async def test_what_is_owed_to_a_task_is_told() -> None:
    bench = Bench(Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED)
    mine = task(under=edition("apikley", "callback_order=overtaking"))
    for each in (task(id="a"), mine, task(id="b")):
        bench.scheduler.schedule(each)

    def owed() -> list[tuple[float, str, int]]:
        return [(chain.due - CREATED, chain.step.stage, chain.retries) for chain in bench.scheduler.owed(mine)]

    assert owed() == [(TEXT, "text", 0)]
    await bench.scheduler.advance(TEXT)
    assert owed() == [(TEXT + MINUTE, "text", 1), (FIRST, "first", 0)]
    await bench.scheduler.advance(COMPLETE)
    assert owed() == []


async def test_what_is_owed_is_told_at_every_moment() -> None:
    bench, mine = Bench(Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED), task()
    bench.scheduler.schedule(mine)
    advancing = asyncio.create_task(bench.scheduler.advance(3600))
    told = []
    while not advancing.done():
        told.append([chain.step.stage for chain in bench.scheduler.owed(mine)])
        await asyncio.wait({advancing}, timeout=0)
    assert all(len(stages) <= 1 for stages in told)
    assert list(dict.fromkeys(stage for stages in told for stage in stages)) == ["text", "first", "complete"]


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_a_callback_can_be_sent_again(position: int) -> None:
    bench, mine = Bench(), task()
    bench.scheduler.schedule(mine)
    await bench.scheduler.advance(COMPLETE + 60)
    attempt = await bench.scheduler.redeliver(mine, position)
    assert attempt.outcome is Outcome.ACCEPTED
    assert bench.delivery.sent[3] == bench.delivery.sent[position]
    assert bench.attempts[3] == (COMPLETE + 60, plan(mine)[position].step.stage, 1, "accepted")


async def test_nothing_follows_from_sending_again() -> None:
    bench, mine = Bench(Outcome.REFUSED), task(under=edition("apikley", "after_giving_up=stop"))
    for position in range(3):
        await bench.scheduler.redeliver(mine, position)
    assert (bench.scheduler.owed(mine), bench.lost, mine.given_up) == ([], [], False)


async def test_an_entry_keeps_what_was_sent() -> None:
    bench = Bench()
    bench.scheduler.schedule(task(callBackUrl="http://user:secret@127.0.0.1/callback"))
    await bench.scheduler.advance(FIRST)
    await bench.scheduler.stop()
    assert [(entry.url, entry.body) for entry in bench.entries] == [
        *bench.delivery.sent,
        ("http://user:secret@127.0.0.1/callback", b""),
    ]


async def test_an_entry_has_the_code_of_its_callback() -> None:
    bench = Bench()
    bench.scheduler.schedule(task(scenario="callback-531", account="other"))
    await bench.scheduler.advance(COMPLETE)
    assert [(entry.key, entry.code) for entry in bench.entries] == [("other", 200), ("other", 200), ("other", 531)]


async def test_a_callback_that_was_never_tried_is_written_off_as_its_first() -> None:
    bench = Bench(Outcome.REFUSED)
    bench.scheduler.schedule(task())
    await bench.scheduler.advance(TEXT + 60)
    await bench.scheduler.stop()
    assert [(entry.stage, entry.number) for entry in bench.entries] == [
        ("text", 1),
        ("text", 2),
        ("text", 3),
        ("first", 1),
        ("complete", 1),
    ]


async def test_what_waits_for_a_place_is_bounded_with_what_is_owed() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    hanging = task(scenario="only-complete", pace="immediate", callBackUrl="http://127.0.0.1/hang")
    for _ in range(OWED_KEPT + 2):
        bench.scheduler.schedule(hanging)
        await asyncio.sleep(0)
    assert (delivery.held, bench.scheduler.written_off) == (PER_RECEIVER, 2)
    assert len(bench.scheduler.owed(hanging)) == OWED_KEPT
    await bench.scheduler.drop(None)
    assert bench.scheduler.owed(hanging) == []


async def test_what_waits_for_a_place_is_written_down_when_the_mock_stops() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    for number in range(PER_RECEIVER + 2):
        callback = "http://127.0.0.1/hang"
        bench.scheduler.schedule(task(id=f"{number}", scenario="only-complete", pace="immediate", callBackUrl=callback))
    await delivery.hanging.wait()
    await bench.scheduler.stop(grace=0.01)
    assert [entry.task_id for entry in bench.entries] == [f"{number}" for number in range(PER_RECEIVER + 2)]
    assert [entry.detail for entry in bench.entries] == [
        *["the mock was stopped before the receiver had answered"] * PER_RECEIVER,
        *["the mock was stopped"] * 2,
    ]


async def test_the_callbacks_of_a_forgotten_task_are_not_sent() -> None:
    bench, mine = Bench(), task()
    bench.scheduler.schedule(mine)
    await bench.scheduler.advance(TEXT)
    mine.forget()
    assert await bench.scheduler.advance(3600) == 0
    assert [(stage, outcome) for _, stage, _, outcome in bench.attempts] == [
        ("text", "accepted"),
        ("first", "undelivered"),
        ("complete", "undelivered"),
    ]
    assert bench.entries[-1].detail == "its task was forgotten, because there were too many"


async def test_a_task_that_a_reset_forgot_before_its_answer_was_out_owes_nothing() -> None:
    bench, mine = Bench(), task()
    mine.forget()
    bench.scheduler.schedule(mine)
    await bench.scheduler.advance(3600)
    assert bench.entries == []


async def test_an_advance_waits_for_what_the_running_clock_began() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    bench.scheduler.schedule(task(pace="immediate", callBackUrl="http://127.0.0.1/hang"))
    await delivery.hanging.wait()
    await bench.scheduler.set_clock(bench.clock.freeze)
    advancing = asyncio.create_task(bench.scheduler.advance(60))
    await asyncio.wait({advancing}, timeout=0.01)
    delivery.released.set()
    assert await advancing == 2
    assert [stage for _, stage, *_ in bench.attempts] == ["text", "first", "complete"]


async def test_sending_again_is_marked() -> None:
    bench, mine = Bench(), task()
    await bench.scheduler.redeliver(mine, 0)
    assert [(entry.redelivered, entry.number) for entry in bench.entries] == [(True, 1)]


async def test_sending_again_takes_a_place() -> None:
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery)
    mine = task(callBackUrl="http://127.0.0.1:99/hang")
    sending = [asyncio.create_task(bench.scheduler.redeliver(mine, 0)) for _ in range(PER_RECEIVER)]
    await delivery.hanging.wait()
    with pytest.raises(
        BadSetting, match=r"^50 attempts to 127\.0\.0\.1:99 or 500 in all are under way; try again when some"
    ):
        await bench.scheduler.redeliver(mine, 0)
    delivery.released.set()
    await asyncio.gather(*sending)


async def test_a_reset_cuts_off_what_is_sent_again() -> None:
    delivery = HangingDelivery()
    bench, mine = Bench(delivery=delivery), task(id="a", callBackUrl="http://127.0.0.1/hang")
    sending = asyncio.create_task(bench.scheduler.redeliver(mine, 0))
    await delivery.hanging.wait()
    await bench.scheduler.drop(mine.account)
    with pytest.raises(NoSuch, match=r"^task a was forgotten while its callback was sent once more$"):
        await sending
    assert bench.entries == []


async def test_callbacks_that_may_overtake_do_not_race() -> None:
    """At one moment they go out one after the other: only one that is tried again is overtaken."""
    delivery = HangingDelivery()
    bench = Bench(delivery=delivery, clock=MockClock(CREATED))
    under = edition("apikley", "callback_order=overtaking")
    bench.scheduler.schedule(task(pace="immediate", under=under, callBackUrl="http://127.0.0.1/hang"))
    await delivery.hanging.wait()
    assert delivery.held == 1
    delivery.released.set()
    await bench.until(3)
    assert delivery.stages == ["text", "first", "complete"]


async def test_what_is_sent_again_as_the_mock_stops_is_written_down_as_that() -> None:
    delivery = HangingDelivery()
    bench, mine = Bench(delivery=delivery), task(callBackUrl="http://127.0.0.1/hang")
    sending = asyncio.create_task(bench.scheduler.redeliver(mine, 0))
    await delivery.hanging.wait()
    await bench.scheduler.stop(grace=0.01)
    with pytest.raises(NoSuch, match=r"^the mock was stopped while its callback was sent once more$"):
        await sending
    assert [(entry.stage, entry.outcome, entry.redelivered) for entry in bench.entries] == [
        ("text", "undelivered", True)
    ]


async def test_what_is_under_way_is_owed() -> None:
    delivery = HangingDelivery()
    bench, mine = Bench(delivery=delivery), task(callBackUrl="http://127.0.0.1/hang")
    bench.scheduler.schedule(mine)
    advancing = asyncio.create_task(bench.scheduler.advance(TEXT))
    await delivery.hanging.wait()
    sending = asyncio.create_task(bench.scheduler.redeliver(mine, 0))
    await asyncio.wait({sending}, timeout=0)
    assert [(chain.due - CREATED, chain.step.stage) for chain in bench.scheduler.owed(mine)] == [(TEXT, "text")]
    delivery.released.set()
    await asyncio.gather(advancing, sending)
