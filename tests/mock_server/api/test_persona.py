"""A persona of a finished track."""

import pytest

from mock_server.contract.operations import PERSONA
from tests.clients import WHOLE, Mock, client, generate, make, post, refusal, tracks_of

pytestmark = pytest.mark.anyio


async def test_a_persona_is_made_at_once() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        answer = (await make(http, PERSONA, task_id, track)).json()
        assert (answer["code"], answer["msg"]) == (200, "success")
        assert len(answer["data"].pop("personaId")) == 32
        assert answer["data"] == WHOLE[PERSONA]


async def test_a_second_persona_is_the_first_renamed_where_the_reading_says_so() -> None:
    mock = Mock(readings=("persona_twice=renamed",))
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        first = (await make(http, PERSONA, task_id, track)).json()["data"]
        body = {"taskId": task_id, "audioId": track, "name": "Loud", "description": "d"}
        second = (await post(http, PERSONA, None, **body)).json()["data"]
        assert second == {"personaId": first["personaId"], "name": "Loud", "description": "d"}


@pytest.mark.parametrize(("start", "end", "fits"), [(0, 10, True), (5, 35, True), (0, 9.9, False), (5, 35.1, False)])
async def test_the_vocals_of_a_persona_last_10_to_30_seconds(start: float, end: float, fits: bool) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        response = await make(http, PERSONA, task_id, track, vocalStart=start, vocalEnd=end)
        if fits:
            assert response.json()["code"] == 200
        else:
            text = f"vocalEnd is {end}, with vocalStart {start}; allowed: 10 to 30 seconds after vocalStart"
            assert text in refusal(response, 422)


async def test_one_end_of_the_vocals_alone_is_not_judged() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, other) = await tracks_of(mock, http)
        assert (await make(http, PERSONA, task_id, track, vocalStart=3)).json()["code"] == 200
        assert (await make(http, PERSONA, task_id, other, vocalEnd=3)).json()["code"] == 200


async def test_a_broken_persona_is_refused_with_everything_that_is_wrong() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await generate(http)).json()["data"]["taskId"]
        response = await make(http, PERSONA, task_id, "any", vocalStart=0, vocalEnd=5)
        assert "2 rules are broken: " in refusal(response, 422)
        assert response.headers["suno-mock-rules"] == "persona.taskId.complete, persona.vocalEnd.window"


async def test_classic_knows_no_personas() -> None:
    async with client(Mock(profile="classic").app) as http:
        assert (await make(http, PERSONA, "any", "any")).status_code == 404
