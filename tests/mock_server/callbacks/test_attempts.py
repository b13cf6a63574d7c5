"""One attempt: what is sent, what is written down of it, and what follows for what was claimed."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from mock_server.callbacks.attempts import CUT_OFF
from mock_server.domain import callback_body
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.owed import Claimed, Settlement, owed_at
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan
from tests.builders import COMPLETE, CREATED, FIRST, TEXT, TRACK_MAKER, RecordingDelivery, edition, task
from tests.leaping import LEAPING, passed
from tests.mock_server.callbacks.bench import Bench, HangingDelivery

pytestmark = pytest.mark.anyio

HANG = "http://127.0.0.1/hang"
each_position = pytest.mark.parametrize("position", range(3))


@pytest.fixture
def anyio_backend() -> object:
    """Time leaps."""
    return LEAPING


async def claimed(bench: Bench, mine: Task) -> Claimed:
    """What is owed first of a task that is started, claimed as it is due."""
    await bench.open(mine)
    await bench.store.advance(await bench.store.begin_advance(plan(mine)[0].after))
    return await claim(bench)


async def claim(bench: Bench) -> Claimed:
    claimed = await bench.store.claim((), advancing=True)
    assert claimed is not None
    return claimed


async def stages(bench: Bench, mine: Task) -> Sequence[str]:
    """The stages that are owed of a task."""
    return [stage for _, stage, _ in await bench.owed(mine)]


async def test_a_callback_is_sent_as_its_stage_has_it() -> None:
    bench, mine = Bench(), task(callBackUrl="http://user:secret@127.0.0.1/callback")
    await bench.attempting.make(await claimed(bench, mine))
    body = callback_body.body(mine, plan(mine)[0].step, TRACK_MAKER)
    assert bench.delivery.sent == [("http://user:secret@127.0.0.1/callback", body)]


class Receiving(RecordingDelivery):
    """Remembers which statuses count as received."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[tuple[int, int]] = []

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: object = ()) -> Attempt:
        self.received.append(received)
        return await super().attempt(url, body, received)


async def test_which_statuses_count_is_up_to_the_edition_that_judged_the_task() -> None:
    delivery, under = Receiving(), edition("apikley", "received_statuses=any_2xx")
    bench = Bench(delivery=delivery)
    await bench.attempting.make(await claimed(bench, task(under=under)))
    assert delivery.received == [under.readings.received_statuses]


async def test_what_was_sent_is_written_down() -> None:
    bench, mine = Bench(Outcome.REFUSED), task(id="5c79", key="mine", callBackUrl="http://user:secret@a:1/callback")
    await bench.attempting.make(await claimed(bench, mine))
    (entry,) = await bench.entries()
    (sent,) = bench.delivery.sent
    assert (entry.at, entry.key, entry.task_id, entry.stage) == (CREATED + TEXT, "mine", "5c79", "text")
    assert ((entry.url, entry.body), entry.outcome, entry.detail) == (sent, "refused", "by the test")
    assert (entry.number, entry.redelivered, bench.attempting.made) == (1, False, 1)


@pytest.mark.parametrize(
    ("outcome", "owed"), [(Outcome.ACCEPTED, (FIRST, "first", 0)), (Outcome.REFUSED, (TEXT + 60, "text", 1))]
)
async def test_what_follows_is_owed(outcome: Outcome, owed: tuple[float, str, int]) -> None:
    bench, mine = Bench(outcome), task()
    await bench.attempting.make(await claimed(bench, mine))
    assert await bench.owed(mine) == [owed]


async def test_a_retry_waits_from_the_end_of_the_attempt() -> None:
    delivery = HangingDelivery()
    delivery.outcomes = [Outcome.TIMED_OUT]
    bench, mine = Bench(delivery=delivery), task(callBackUrl=HANG)
    making = asyncio.create_task(bench.attempting.make(await claimed(bench, mine)))
    await passed()
    await bench.store.run()
    await passed(15)
    delivery.released.set()
    await making
    assert [due for due, *_ in await bench.owed(mine)] == pytest.approx([TEXT + 15 + 60], abs=0.1)


async def test_an_entry_has_the_code_of_its_callback() -> None:
    bench = Bench()
    await bench.open(task(scenario="callback-531", key="other"))
    await bench.scheduler.advance(COMPLETE)
    assert [(entry.key, entry.code) for entry in await bench.entries()] == [
        ("other", 200),
        ("other", 200),
        ("other", 531),
    ]


async def test_a_callback_that_was_never_tried_is_written_off_as_its_first() -> None:
    bench = Bench(Outcome.REFUSED)
    await bench.open(task())
    await bench.scheduler.advance(TEXT + 60)
    await bench.scheduler.stop()
    entries = await bench.entries()
    assert [(entry.stage, entry.number) for entry in entries] == [
        ("text", 1),
        ("text", 2),
        ("text", 3),
        ("first", 1),
        ("complete", 1),
    ]
    assert [entry.body == b"" for entry in entries] == [False, False, True, True, True]


UNDELIVERED = [("text", "undelivered"), ("first", "undelivered"), ("complete", "undelivered")]


async def test_the_callbacks_of_a_forgotten_task_are_not_sent() -> None:
    bench, mine = Bench(), task()
    first = await claimed(bench, mine)
    await bench.attempting.make(Claimed(first.token, first.owed, None))
    assert await bench.stages() == UNDELIVERED
    assert {entry.detail for entry in await bench.entries()} == {"its task was forgotten, because there were too many"}
    assert (bench.delivery.sent, bench.attempting.made, await bench.owed(mine)) == ([], 0, [])


async def test_the_callbacks_of_a_task_that_was_given_up_are_not_sent() -> None:
    bench, mine = Bench(), task(given_up=True)
    await bench.attempting.make(await claimed(bench, mine))
    assert await bench.stages() == UNDELIVERED
    assert {entry.detail for entry in await bench.entries()} == {"an earlier callback of the task was given up"}
    assert (bench.delivery.sent, bench.attempting.made, await bench.owed(mine)) == ([], 0, [])


class Broken(RecordingDelivery):
    """Has a bug."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: object = ()) -> Attempt:
        raise ZeroDivisionError("a bug")


class Lacking(RecordingDelivery):
    """Has no thread at first."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: object = ()) -> Attempt:
        if not self.sent:
            self.sent.append((url, body))
            raise RuntimeError("can't start new thread")
        return await super().attempt(url, body, received)


async def test_what_the_mock_lacks_is_tried_again() -> None:
    bench = Bench(delivery=Lacking())
    await bench.open(task(scenario="only-complete"))
    assert await bench.scheduler.advance(COMPLETE) == 1
    assert await bench.scheduler.advance(60) == 1
    first, second = await bench.entries()
    assert (first.outcome, second.outcome) == (Outcome.UNREACHABLE, Outcome.ACCEPTED)
    assert first.detail.startswith("the mock lacks what it needs: it can start no thread; ")


async def test_a_bug_in_an_attempt_is_written_down_and_logged() -> None:
    bench = Bench(delivery=Broken())
    await bench.open(task(scenario="skip-first"))
    logged: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, what: logged.append(repr(what["exception"])))
    assert await bench.scheduler.advance(COMPLETE) == 0
    assert logged == ["ZeroDivisionError('a bug')"]
    assert [entry.detail for entry in await bench.entries()] == [
        "the mock itself failed: ZeroDivisionError('a bug')"
    ] * 2


@each_position
async def test_an_attempt_that_a_stop_cuts_off_is_written_down_and_not_made_again(position: int) -> None:
    bench, mine = Bench(delivery=HangingDelivery()), task(callBackUrl=HANG)
    first = await claimed(bench, mine)
    for _ in range(position):
        await bench.store.settle(first, [], Settlement.cut_off(first.owed))
        await bench.store.advance(await bench.store.begin_advance(3600))
        first = await claim(bench)
    making = asyncio.create_task(bench.attempting.make(first))
    await passed(7)
    bench.attempting.stop()
    making.cancel()
    await asyncio.wait({making})
    (entry,) = await bench.entries()
    assert (entry.stage, entry.outcome, entry.detail) == (plan(mine)[position].step.stage, "undelivered", CUT_OFF)
    assert entry.took == pytest.approx(7, abs=0.1)
    assert (entry.body != b"", making.cancelled()) == (True, True)
    assert await stages(bench, mine) == [each.step.stage for each in plan(mine)[position + 1 : position + 2]]


async def test_an_attempt_that_a_reset_cuts_off_is_not_written_down() -> None:
    bench, mine = Bench(delivery=HangingDelivery()), task(callBackUrl=HANG)
    making = asyncio.create_task(bench.attempting.make(await claimed(bench, mine)))
    await passed()
    making.cancel()
    await asyncio.wait({making})
    assert (await bench.entries(), making.cancelled()) == ([], True)


@each_position
async def test_a_callback_that_is_sent_again_is_that_of_its_stage(position: int) -> None:
    bench, mine = Bench(), task()
    attempt = await bench.attempting.make_again(mine, owed_at(mine, position))
    assert attempt.outcome is Outcome.ACCEPTED
    assert bench.delivery.sent == [
        (mine.callback_url, callback_body.body(mine, plan(mine)[position].step, TRACK_MAKER))
    ]
    (entry,) = await bench.entries()
    assert (entry.stage, entry.redelivered, entry.number) == (plan(mine)[position].step.stage, True, 1)


async def test_nothing_follows_from_sending_again() -> None:
    bench, mine = Bench(Outcome.REFUSED), task(under=edition("apikley", "after_giving_up=stop"))
    await bench.open(mine)
    before: tuple[Any, ...] = (await bench.owed(mine), await bench.record(mine))
    for position in range(3):
        await bench.attempting.make_again(mine, owed_at(mine, position))
    assert (await bench.owed(mine), await bench.record(mine)) == before
