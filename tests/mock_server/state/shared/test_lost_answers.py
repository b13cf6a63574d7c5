"""Redis and Valkey whose answers are lost on the way: what they have done is neither done twice nor called failed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mock_server.core.settings import Settings
from mock_server.state.file_store import made_with
from mock_server.state.shared.redis_engine import RedisEngine
from mock_server.state.shared.store import SharedStore
from tests.builders import task
from tests.mock_server.state.shared.engines import LEASE, NUMBERS, server
from tests.mock_server.state.shared.losing import Losing
from tests.mock_server.state.shared.servers import PROGRAMS
from tests.proposals import started

pytestmark = pytest.mark.anyio

CHOICES = Settings(pace="manual")


@pytest.fixture(params=PROGRAMS)
async def way(request: pytest.FixtureRequest) -> AsyncIterator[Losing]:
    async with Losing(server(request.param).port) as found:
        yield found


async def engine_by(way: Losing) -> RedisEngine:
    """An engine that was asked for everything once, so that it knows all scripts."""
    url, prefix = f"redis://127.0.0.1:{way.port}", f"lost-{next(NUMBERS)}"
    engine = await asyncio.to_thread(RedisEngine, url, prefix, made_with(CHOICES))
    await engine.write(await engine.take("one", 0), "one", {}, LEASE)
    await engine.give_up(await engine.take("one", 1))
    return engine


async def test_a_turn_whose_answer_was_lost_is_had(way: Losing) -> None:
    engine = await engine_by(way)
    way.answers = 1
    async with asyncio.timeout(3):  # less than a turn lasts
        turn = await engine.take("one", 1)
    assert await engine.write(turn, "one", {}, LEASE) == 2
    await engine.close()


async def test_what_was_written_is_known_although_the_answer_was_lost(way: Losing) -> None:
    engine = await engine_by(way)
    turn = await engine.take("one", 1)
    way.answers = 1
    assert await engine.write(turn, "one", {}, LEASE) == 2
    assert await engine.write(await engine.take("one", 2), "one", {}, LEASE) == 3
    await engine.close()


async def test_a_task_is_accepted_once_whatever_answer_is_lost(way: Losing) -> None:
    store = SharedStore(CHOICES, await engine_by(way), LEASE, "one")
    await started(store, task(id="first"))
    way.answers = 1
    await started(store, task(id="second"))
    found = [each.id for each in await store.tasks(None)]
    await store.close()
    assert found == ["first", "second"]
