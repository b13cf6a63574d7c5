"""One task's course on one axis."""

import pytest

from mock_server.domain.attempt import Outcome
from mock_server.pages.details import Details
from mock_server.pages.waterfall import POINT, WIDTH, Waterfall, waterfall
from tests.builders import COMPLETE, FIRST, TEXT
from tests.clients import Mock, client, extend, poll

pytestmark = pytest.mark.anyio


async def course(mock: Mock, task_id: str) -> Waterfall:
    details = Details(mock.control, mock.app.state.runtime.track_maker, "http://mock")
    found = (await details.task(task_id)).waterfall
    assert found is not None
    return found


async def test_stages_attempts_and_polls_share_an_axis() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.ACCEPTED, Outcome.REFUSED]
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(TEXT)
        await poll(http, task_id)
        await mock.advance(COMPLETE - TEXT)
        found = await course(mock, task_id)
    lanes = dict(found.lanes)
    assert list(lanes) == ["text", "first", "complete", "polls"]
    assert found.ends >= COMPLETE
    text, told = lanes["text"]
    assert (text.x, text.kind, text.tone, told.tone) == (0, "stage", "good", "good")
    assert text.width == told.x == lanes["first"][0].x == round(TEXT / found.ends * (WIDTH - POINT))
    assert "bad" in {mark.tone for mark in lanes["first"]}
    assert [mark.x for mark in lanes["polls"]] == [told.x]
    every = [mark for marks in lanes.values() for mark in marks]
    assert all(mark.x >= 0 and mark.x + mark.width <= WIDTH for mark in every)


async def test_what_is_to_come_is_dull() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(FIRST - 1)
        tones = [marks[0].tone for _, marks in (await course(mock, task_id)).lanes]
        assert tones == ["good", "dull", "dull"]


def test_a_task_of_which_nothing_came_has_none() -> None:
    assert waterfall([], [], [], 0.0) is None
