"""Workers on one engine give the answers of one mock in memory, whoever is asked, and whoever ends in between."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.state.memory_store import MemoryStore
from mock_server.state.shared.store import SharedStore
from tests.mock_server.state.shared.engines import ENGINES, Connect, worker
from tests.mock_server.state.test_same_answers import CHOICES, STEPS, seen

Course = Sequence[tuple[str, str, int]]
courses = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, "start", "start", "attempt", "attempt", "move", "restart"]),
        st.sampled_from("ab"),
        st.integers(0, 1),
    ),
    max_size=30,
)
SLOW = [HealthCheck.too_slow]


async def follow(course: Course, connect: Connect) -> None:
    memory = MemoryStore(CHOICES)
    workers = [worker(connect, CHOICES, name) for name in ("one", "two")]
    for serial, (step, key, asks) in enumerate(course):
        # One advance, which is not ended here, keeps the other from another.
        asked = {"move": 0, "restart": 1}.get(step, asks)
        if step == "restart":
            workers[asked] = await again(workers[asked], connect, f"{serial}")
        else:
            assert await STEPS[step](workers[asked], key, serial) == await STEPS[step](memory, key, serial), step
    for each in workers:
        assert await seen(each) == await seen(memory)
        await each.close()


async def again(ended: SharedStore, connect: Connect, name: str) -> SharedStore:
    await ended.abandon("it was stopped")
    await ended.close()
    return worker(connect, CHOICES, name)


def follow_in_new_engine(engine: str, course: Course) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(follow(course, ENGINES[engine](Path(folder), CHOICES)))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(course=courses)
def test_two_workers_answer_as_one_mock_does(engine: str, course: Course) -> None:
    follow_in_new_engine(engine, course)


@pytest.mark.nightly
@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW)
@given(course=courses)
def test_two_workers_answer_as_one_mock_does_whatever_is_asked(engine: str, course: Course) -> None:
    follow_in_new_engine(engine, course)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_one_worker_is_there_for_the_other(engine: str, step: str) -> None:
    before = [(each, "a", 0) for each in ("start", "move", "attempt", "queue", "fault")]
    follow_in_new_engine(engine, [*before, (step, "a", 1), (step, "b", 0), (step, "a", 0)])
