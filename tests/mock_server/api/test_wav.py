"""A WAV record of a finished track."""

import pytest

from mock_server.contract.operations import WAV
from tests.clients import Mock, client, make, tracks_of

pytestmark = pytest.mark.anyio


async def test_a_wav_is_a_task_of_its_own_that_calls_nobody() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        made = (await make(http, WAV, task_id, track)).json()["data"]["taskId"]
        assert (len(made), made == task_id) == (32, False)
        assert await mock.advance(3600) == 0


async def test_a_track_of_the_oldest_model_can_become_a_wav() -> None:
    mock = Mock(profile="classic")
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http, model="V3_5")
        assert (await make(http, WAV, task_id, track)).json()["code"] == 200
