"""What a worker shows while it changes something, and what becomes of what it cannot read."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import StateFailed
from mock_server.core.settings import Settings
from mock_server.domain.owed import Settlement
from mock_server.state.journal_match import Match
from mock_server.state.ledger import Change, Table
from mock_server.state.shared.engine import Changed, Engine, EngineFailed, Turn, Written
from mock_server.state.shared.store import SharedStore
from mock_server.state.state_file import Step
from mock_server.state.store import Advance
from tests.builders import attempted, task
from tests.mock_server.state.shared.engines import ENGINES, Connect, worker
from tests.proposals import started

pytestmark = pytest.mark.anyio

CHOICES = Settings(pace="manual")


@pytest.fixture(params=ENGINES)
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Connect:
    return ENGINES[request.param](tmp_path, CHOICES)


class Altered:
    """An engine of which a test does some things itself."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)


class Held(Altered):
    """An engine that writes each turn once it may, and then does it or fails."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.asked, self.may = asyncio.Event(), asyncio.Event()
        self.fails = self.one_by_one = False

    async def write(self, turn: Turn, worker: str, changed: Changed, lease: float) -> int:
        self.asked.set()
        await self.may.wait()
        if self.one_by_one:
            self.may.clear()
        if self.fails:
            self.fails = False
            raise EngineFailed("the disk is full")
        return await self.engine.write(turn, worker, changed, lease)


class Untold(Altered):
    """An engine that writes a turn, and then fails as often as is said."""

    times = 0

    async def write(self, turn: Turn, worker: str, changed: Changed, lease: float) -> int:
        number = await self.engine.write(turn, worker, changed, lease)
        if self.times:
            self.times -= 1
            raise EngineFailed("the line is cut")
        return number


class Slow(Altered):
    """An engine that tells what was missed once it may."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.times = 0
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def missed(self, seen: int) -> Sequence[Written] | None:
        self.times += 1
        found = await self.engine.missed(seen)
        self.asked.set()
        await self.may.wait()
        return found


class Mourning(Altered):
    """An engine that says that some workers are dead, and who."""

    dead: Sequence[str] = ()

    async def take(self, worker: str, seen: int) -> Turn:
        return (await self.engine.take(worker, seen))._replace(dead=self.dead)


class Garbled(Altered):
    """An engine whose turns of others end, as often as is said, with an entry that nobody wrote so."""

    times = 0

    async def missed(self, seen: int) -> Sequence[Written] | None:
        found = await self.engine.missed(seen)
        if not found or not self.times:
            return found
        self.times -= 1
        *before, last = found
        entries = last.changed[Table.ENTRY]
        written = {Change.CHANGED: [*entries.written[Change.CHANGED], ("9", "nothing")]}
        return [*before, last._replace(changed={**last.changed, Table.ENTRY: Step(False, (), written)})]


class Behind(Altered):
    """An engine that looks for what was missed once it may, and says that a turn is written long after it is."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.asked, self.may_look, self.looked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.written, self.may_say = asyncio.Event(), asyncio.Event()

    async def missed(self, seen: int) -> Sequence[Written] | None:
        self.asked.set()
        await self.may_look.wait()
        found = await self.engine.missed(seen)
        self.looked.set()
        return found

    async def write(self, turn: Turn, worker: str, changed: Changed, lease: float) -> int:
        number = await self.engine.write(turn, worker, changed, lease)
        self.written.set()
        await self.may_say.wait()
        return number


def altered(engine: Altered, name: str = "one") -> SharedStore:
    return worker(lambda: engine, CHOICES, name)  # type: ignore[return-value,arg-type]


@pytest.mark.parametrize("fails", [True, False])
async def test_nobody_is_shown_what_is_not_kept_yet(connect: Connect, fails: bool) -> None:
    engine = Held(connect())
    one = altered(engine)
    engine.fails = fails
    counted = asyncio.ensure_future(one.count("key"))
    await engine.asked.wait()
    shown = asyncio.ensure_future(one.keys())
    await asyncio.sleep(0)
    assert not shown.done()
    engine.may.set()
    assert [*await shown] == ([] if fails else ["key"])
    await asyncio.wait([counted])
    assert (counted.exception() is not None) == fails
    await one.close()


async def test_who_reads_is_shown_one_turn_and_not_half_of_the_next(connect: Connect) -> None:
    engine = Held(connect())
    one = altered(engine)
    engine.one_by_one = True
    counted = [asyncio.ensure_future(one.count("first"))]
    await engine.asked.wait()
    shown = asyncio.ensure_future(one.keys())
    counted.append(asyncio.ensure_future(one.count("second")))
    await asyncio.sleep(0)
    engine.may.set()
    assert [*await shown] == ["first"]
    engine.may.set()
    assert await asyncio.gather(*counted) == [1, 1]
    await one.close()


async def test_an_advance_from_before_a_reset_leaves_that_of_now_alone(connect: Connect) -> None:
    one, other = worker(connect, CHOICES, "one"), worker(connect, CHOICES, "two")
    stale = await one.begin_advance(10)
    await one.reset(None)
    current = await other.begin_advance(10)
    assert not await one.advance(stale)
    third = asyncio.ensure_future(one.begin_advance(1))
    await one.count("key")
    assert not third.done()
    assert not await other.advance(current)
    assert (await third).target == MANUAL_EPOCH + 11
    await one.close()
    await other.close()


async def test_who_waits_to_move_the_clock_is_told_that_its_mover_is_dead(connect: Connect) -> None:
    engine = Mourning(connect())
    one, other = worker(connect, CHOICES, "one"), altered(engine, "two")
    await one.begin_advance(10)
    waiting = asyncio.ensure_future(other.begin_advance(5))
    await other.count("key")
    assert not waiting.done()
    engine.dead = ["one"]
    await other.count("key")
    async with asyncio.timeout(5):
        assert (await waiting).target == MANUAL_EPOCH + 15
    await one.close()
    await other.close()


async def test_all_who_ask_meanwhile_are_told_by_the_next_answer(connect: Connect) -> None:
    engine = Slow(connect())
    one, other = altered(engine), worker(connect, CHOICES, "two")
    await one.count("key")
    engine.asked.clear()
    before, times = asyncio.ensure_future(one.journal.page()), engine.times
    await engine.asked.wait()
    await other.journal.append(attempted())
    after = [asyncio.ensure_future(one.journal.page()) for _ in range(50)]
    after[0].cancel()
    engine.may.set()
    await before
    assert [len(page) for page in await asyncio.gather(*after[1:])] == [1] * 49
    assert engine.times <= times + 2 + 1  # who looks now and then may look as well
    await one.close()
    await other.close()


async def test_a_turn_that_cannot_be_read_is_told_and_read_again(connect: Connect) -> None:
    engine = Garbled(connect())
    one, other = altered(engine), worker(connect, CHOICES, "two")
    waiting = asyncio.ensure_future(one.journal.wait(Match.of(), count=2, within=20))
    await one.count("key")
    engine.times = 1
    await other.journal.append(attempted())
    (told,) = await asyncio.gather(one.keys(), return_exceptions=True)
    assert isinstance(told, StateFailed | list | tuple)  # who looks for those that wait may have come before
    assert [*await one.keys()] == ["key"]
    assert (engine.times, one.trouble, len(await one.journal.page())) == (0, "", 1)
    await other.journal.append(attempted())
    assert (await waiting, len(await one.journal.page())) == (2, 2)
    await one.close()
    await other.close()


@pytest.mark.parametrize("turns", range(1, 7))
async def test_who_is_far_behind_reads_all_and_nothing_is_told_as_lost(
    connect: Connect, turns: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module in ("turns", "redis_engine", "file_engine"):
        monkeypatch.setattr(f"mock_server.state.shared.{module}.TURNS_KEPT", 3)
    monkeypatch.setattr("mock_server.state.shared.worker.LOOKS_EVERY", 60)
    one, other = worker(connect, CHOICES, "one"), worker(connect, CHOICES, "other")
    await one.count("key")
    for _ in range(turns):
        await other.count("key")
    assert await one.count("key") == turns + 2
    await one.close()
    await other.close()
    assert [each.getMessage() for each in caplog.records] == []


async def test_turns_that_were_seen_while_an_own_one_was_written_are_taken_once(connect: Connect) -> None:
    engine, other = Behind(connect()), worker(connect, CHOICES, "two")
    one = altered(engine)
    for may in (engine.may_look, engine.may_say):
        may.set()
    await one.count("key")
    for event in (engine.asked, engine.may_look, engine.looked, engine.written, engine.may_say):
        event.clear()
    reading = asyncio.ensure_future(one.keys())
    await engine.asked.wait()
    counted = asyncio.ensure_future(one.count("key"))
    await engine.written.wait()
    await started(other, task(pace="immediate"))
    assert await other.claim(frozenset(), advancing=True) is not None
    engine.may_look.set()
    await engine.looked.wait()
    engine.may_say.set()
    await asyncio.gather(reading, counted)
    await one.count("key")
    assert await one.claim(frozenset(), advancing=True) is None  # the other one has it
    await one.close()
    await other.close()


async def test_what_was_claimed_and_not_told_so_can_be_claimed_again(connect: Connect) -> None:
    engine = Untold(connect())
    one = altered(engine)
    for id in ("first", "second"):
        await started(one, task(id=id, pace="immediate"))
    sending = await one.claim(frozenset(), advancing=True)
    engine.times = 1
    assert await one.claim(frozenset(), advancing=True) is None
    await one.count("key")
    again = await one.claim(frozenset(), advancing=True)
    assert sending is not None
    assert again is not None
    assert {sending.owed.task_id, again.owed.task_id} == {task(id="first").id, task(id="second").id}
    assert await one.claim(frozenset(), advancing=True) is None
    await one.settle(sending, [attempted()], Settlement())
    assert len(await one.journal.page()) == 1
    await one.close()


@pytest.mark.parametrize("begun", [True, False])
async def test_others_move_the_clock_where_it_is_not_told_whether_it_is_moved(connect: Connect, begun: bool) -> None:
    engine, other = Untold(connect()), worker(connect, CHOICES, "two")
    one = altered(engine)
    await one.count("key")
    to = await one.begin_advance(60) if begun else None
    engine.times = 1
    with pytest.raises(StateFailed, match="the line is cut"):
        await (one.begin_advance(60) if to is None else one.advance(Advance(to.target + 60, to.resets)))
    async with asyncio.timeout(5):
        assert (await other.begin_advance(1)).target >= MANUAL_EPOCH + 61
    await one.close()
    await other.close()
