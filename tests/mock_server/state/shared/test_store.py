"""What workers do for each other: what was left is done by another one, once and no more."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import BadSetting, StateFailed
from mock_server.core.settings import Settings
from mock_server.domain.owed import Settlement
from mock_server.state.file_store import FileStore, made_with
from mock_server.state.journal_match import Match
from mock_server.state.shared.engine import Engine, Turn
from mock_server.state.shared.file_engine import FileEngine
from mock_server.state.shared.store import SharedStore
from tests.builders import attempted, task
from tests.mock_server.state.shared.engines import ENGINES, LEASE, Connect, worker
from tests.proposals import data, decided, started

pytestmark = pytest.mark.anyio

CHOICES = Settings(pace="manual")
NOBODY = frozenset[str]()


@pytest.fixture(params=ENGINES)
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Connect:
    return ENGINES[request.param](tmp_path, CHOICES)


def two(connect: Connect) -> tuple[SharedStore, SharedStore]:
    return worker(connect, CHOICES, "one"), worker(connect, CHOICES, "two")


class Dead:
    """An engine that says of one worker that it is dead."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._dead = name

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    async def take(self, worker: str, seen: int) -> Turn:
        return (await self._engine.take(worker, seen))._replace(dead=[self._dead])


def mourner(connect: Connect) -> SharedStore:
    """A worker to whom the worker `one` is dead."""
    return worker(lambda: Dead(connect(), "one"), CHOICES, "two")  # type: ignore[return-value,arg-type]


async def ended(*stores: SharedStore) -> None:
    for each in stores:
        await each.close()


async def test_requests_are_numbered_together(connect: Connect) -> None:
    one, two_ = two(connect)
    numbers = [data(await decided(each))["ordinal"] for each in (one, two_, two_, one)]
    assert numbers == [1, 2, 3, 4]
    at_once = await asyncio.gather(*(decided(each) for _ in range(50) for each in (one, two_)))
    assert sorted(data(each)["ordinal"] for each in at_once) == list(range(5, 105))
    await ended(one, two_)


async def test_what_one_has_claimed_the_other_does_not_get(connect: Connect) -> None:
    one, two_ = two(connect)
    for number in range(20):
        await started(one, task(id=f"{number}", pace="immediate"))
    claims = await asyncio.gather(*(each.claim(NOBODY, advancing=True) for _ in range(15) for each in (one, two_)))
    found = [claimed.owed.task_id for claimed in claims if claimed is not None]
    assert sorted(found, key=int) == [f"{number}" for number in range(20)]
    await ended(one, two_)


async def claim_and_settle(connect: Connect, number: int) -> None:
    """Two workers claim that many callbacks at the same time, each of which owes the next; nobody has one twice."""
    one, two_ = two(connect)
    for each in range(40):
        await started(one, task(id=f"{each}", pace="immediate"))
    had: dict[str, int] = {}
    claimed = 0
    while claimed < number:
        claims = await asyncio.gather(*(each.claim(NOBODY, advancing=True) for _ in range(20) for each in (one, two_)))
        settling = []
        for holder, found in zip([one, two_] * 20, claims, strict=True):
            if found is not None:
                assert found.owed.retries == had.get(found.owed.task_id, -1) + 1, "somebody had it before"
                had[found.owed.task_id] = found.owed.retries
                again = found.owed.changed(retries=found.owed.retries + 1)
                settling.append(holder.settle(found, [], Settlement((again,))))
        await asyncio.gather(*settling)
        claimed += len(settling)
    assert sum(each + 1 for each in had.values()) == claimed
    await ended(one, two_)


async def test_nobody_claims_what_somebody_has_claimed(connect: Connect) -> None:
    await claim_and_settle(connect, 1_000)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(20))
async def test_of_a_million_claims_none_is_double(connect: Connect, part: int) -> None:
    await claim_and_settle(connect, 1_000_000 // 20)


async def test_what_a_dead_worker_has_claimed_is_attempted_by_another_one(connect: Connect) -> None:
    one = worker(connect, CHOICES, "one")
    await started(one, task(pace="immediate"))
    lost = await one.claim(NOBODY, advancing=True)
    other = mourner(connect)
    again = await other.claim(NOBODY, advancing=True)
    assert lost is not None
    assert again is not None
    assert (again.owed, again.token == lost.token) == (lost.owed, False)
    await one.settle(lost, [attempted()], Settlement())
    assert await one.journal.page() == []
    await other.settle(again, [attempted()], Settlement())
    assert len(await one.journal.page()) == 1
    await ended(one, other)


async def test_who_stops_gives_back_what_it_has_claimed(connect: Connect) -> None:
    one, other = two(connect)
    await started(one, task(pace="immediate"))
    assert await one.claim(NOBODY, advancing=True) is not None
    await one.abandon("the mock was stopped")
    await one.close()
    assert await other.claim(NOBODY, advancing=True) is not None
    await ended(other)


async def test_an_advance_of_a_dead_worker_is_carried_on_to_its_target(connect: Connect) -> None:
    one = worker(connect, CHOICES, "one")
    await one.begin_advance(50)
    other = mourner(connect)
    await other.count("key")
    to = await other.take_over()
    assert to is not None
    assert (to.target, await other.advance(to)) == (MANUAL_EPOCH + 50, False)
    assert (await one.moment(), await other.take_over()) == ((MANUAL_EPOCH + 50, True), None)
    await ended(one, other)


async def test_one_worker_at_a_time_moves_the_clock(connect: Connect) -> None:
    one, other = two(connect)
    first = await one.begin_advance(10)
    second = asyncio.ensure_future(other.begin_advance(10))
    await other.count("key")
    assert not second.done()
    await one.advance(first)
    assert (await second).target == MANUAL_EPOCH + 20
    await ended(one, other)


async def test_an_advance_that_nobody_carries_on_is_ended_by_the_next(connect: Connect) -> None:
    one, other = two(connect)
    await one.begin_advance(10)
    await one.abandon("the mock was stopped")
    assert (await other.begin_advance(5)).target == MANUAL_EPOCH + 15
    await ended(one, other)


async def test_who_waits_at_one_worker_is_told_of_the_entries_of_another(connect: Connect) -> None:
    one, other = two(connect)
    waiting = asyncio.ensure_future(one.journal.wait(Match.of(), count=2, within=30))
    for _ in range(2):
        await other.journal.append(attempted())
    assert await waiting == 2
    await ended(one, other)


async def test_who_waits_counts_what_a_full_journal_has_dropped_since(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.state.journal.ENTRIES_KEPT", 2)
    one, other = two(connect)
    waiting = asyncio.ensure_future(one.journal.wait(Match.of(), count=5, within=5))
    await one.count("key")
    for _ in range(5):
        await other.journal.append(attempted())
    assert (await waiting, [each.id for each in await one.journal.page()]) == (5, [4, 5])
    assert (await one.dropped())["entries"] == 3
    await ended(one, other)


async def test_a_worker_that_has_missed_too_much_reads_everything(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two(connect)
    await other.count("key")
    monkeypatch.setattr("mock_server.state.shared.file_engine.TURNS_KEPT", 3)
    await other.journal.append(attempted())
    for number in range(10):
        await started(one, task(id=f"{number}"))
    assert [each.id for each in await other.tasks(None)] == [f"{number}" for number in range(10)]
    await ended(one, other)


@pytest.mark.parametrize("change", [SharedStore.freeze, SharedStore.run])
async def test_the_clock_stands_still_or_runs_for_all(connect: Connect, change: Callable[..., object]) -> None:
    one, other = two(connect)
    await one.run()
    assert not (await other.moment()).frozen
    await change(one)  # type: ignore[misc]
    assert (await other.moment()).frozen == (change is SharedStore.freeze)
    await ended(one, other)


async def test_a_file_of_one_process_is_not_shared_and_the_other_way_round(tmp_path: Path) -> None:
    choices = Settings(pace="manual", state=f"{tmp_path}/state")
    alone = FileStore.open(choices)
    with pytest.raises(BadSetting, match="another process uses it"):
        FileEngine(choices.state, made_with(choices))
    await started(alone, task())
    await alone.close()
    shared = SharedStore(choices, FileEngine(choices.state, made_with(choices)), LEASE)
    assert len(await shared.tasks(None)) == 1
    with pytest.raises(BadSetting, match="another process uses it"):
        FileStore.open(choices)
    await shared.close()


async def test_what_has_ended_tells_what_it_knew(connect: Connect) -> None:
    one = worker(connect, CHOICES, "one")
    await started(one, task())
    await one.close()
    assert (len(await one.tasks(None)), await one.journal.page()) == (1, [])
    with pytest.raises(StateFailed, match="the mock was stopped; its state, without this, is in"):
        await one.count("key")


async def test_other_options_than_those_of_others_are_told(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    one = worker(connect, CHOICES, "one")
    await one.count("key")
    two_ = worker(connect, replace(CHOICES, credits=5), "two")
    await two_.count("key")
    assert [each.message for each in caplog.records] == [
        "another worker of this state has credits '1000000', this one has '5': what is answered depends on which one "
        "is asked. Start all with the same options."
    ]
    await ended(one, two_)
    again = worker(connect, replace(CHOICES, credits=5), "three")
    await again.count("key")
    assert len(caplog.records) == 1
    await ended(again)


async def test_another_seed_is_refused(tmp_path: Path) -> None:
    choices = Settings(state=f"{tmp_path}/state")
    FileEngine(choices.state, made_with(choices)).let_go()
    with pytest.raises(BadSetting, match="was made with seed '0', and now it is '7'"):
        FileEngine(choices.state, {**made_with(choices), "seed": "7"})
