"""Steps: how much is looked at before others are served."""

import pytest

from mock_server.state.steps import IN_STEP, Steps, in_steps
from tests.waiting import turns

pytestmark = pytest.mark.anyio


async def test_others_are_served_after_every_step() -> None:
    async with turns() as turn:
        steps, looked = Steps(), list[int]()
        for _ in range(3 * IN_STEP):
            await steps.one()
            looked.append(turn())
    assert max(map(looked.count, looked)) <= IN_STEP
    assert len(set(looked)) >= 3


async def test_what_takes_long_counts_for_more() -> None:
    async with turns() as turn:
        steps, looked = Steps(), list[int]()
        for _ in range(8):
            await steps.one(IN_STEP // 2)
            looked.append(turn())
    assert max(map(looked.count, looked)) <= 2


async def test_what_is_made_is_made_in_steps_and_in_order() -> None:
    async with turns() as turn:

        async def make(number: int) -> tuple[int, int]:
            return number, turn()

        made = await in_steps(range(3 * IN_STEP), make)
    looked = [when for _, when in made]
    assert [number for number, _ in made] == [*range(3 * IN_STEP)]
    assert max(map(looked.count, looked)) <= IN_STEP
