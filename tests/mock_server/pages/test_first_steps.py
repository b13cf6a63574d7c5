"""How far a newcomer is."""

import pytest

from mock_server.pages.first_steps import FirstSteps, first_steps
from mock_server.testing.receiver import Receiver
from tests.builders import COMPLETE
from tests.clients import Mock, client, extend

pytestmark = pytest.mark.anyio


async def test_a_receiver_that_listens_is_seen_and_one_that_left_is_not() -> None:
    with Receiver() as receiver:
        own = receiver.url
        assert await first_steps([], own) == FirstSteps(own=own, listens=True, asked=False, told=False)
    steps = await first_steps([], own)
    assert steps is not None
    assert not steps.listens


async def test_each_step_is_made_once_it_was() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, prompt=5)
        steps = await first_steps(await mock.control.entries())
        assert steps is not None
        assert (steps.asked, steps.told) == (True, False)
        await extend(http)
        await mock.advance(COMPLETE)
        assert await first_steps(await mock.control.entries()) is None
