"""What is made of a finished track: a persona, a WAV record."""

from typing import Any

import httpx
import pytest

from mock_server.contract.operations import PERSONA, WAV
from tests.builders import COMPLETE, FIRST
from tests.clients import OTHER, Headers, Mock, client, extend, finished, generate, post, refusal

pytestmark = pytest.mark.anyio

RECEIVER = "http://127.0.0.1:9/callback"
WHOLE: dict[str, dict[str, Any]] = {
    PERSONA: {"name": "Calm", "description": "A calm voice"},
    WAV: {"callBackUrl": RECEIVER},
}
"""What a request holds beside the task and the track."""


async def make(
    http: httpx.AsyncClient, operation: str, task_id: str, audio_id: str, headers: Headers | None = None, **more: Any
) -> httpx.Response:
    return await post(http, operation, headers, taskId=task_id, audioId=audio_id, **WHOLE[operation], **more)


async def tracks_of(mock: Mock, http: httpx.AsyncClient, **changes: Any) -> tuple[str, list[str]]:
    """A finished generation: the id of its task, and those of its tracks."""
    task_id, tracks = await finished(mock, http, await generate(http, **changes))
    return task_id, [track["id"] for track in tracks]


async def test_a_persona_is_made_at_once() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        answer = (await make(http, PERSONA, task_id, track)).json()
        assert (answer["code"], answer["msg"]) == (200, "success")
        assert len(answer["data"].pop("personaId")) == 32
        assert answer["data"] == WHOLE[PERSONA]


async def test_a_wav_is_a_task_of_its_own_that_calls_nobody() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        made = (await make(http, WAV, task_id, track)).json()["data"]["taskId"]
        assert (len(made), made == task_id) == (32, False)
        assert await mock.advance(3600) == 0


@pytest.mark.parametrize("operation", [PERSONA, WAV])
async def test_nothing_is_paid_for_what_is_made_of_a_track(operation: str) -> None:
    mock = Mock(credits=12)
    async with client(mock.app) as http:
        task_id, tracks = await tracks_of(mock, http)
        for track in tracks:
            assert (await make(http, operation, task_id, track)).json()["code"] == 200


@pytest.mark.parametrize("operation", [PERSONA, WAV])
async def test_an_extension_has_tracks_too(operation: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, tracks = await finished(mock, http, await extend(http))
        assert (await make(http, operation, task_id, tracks[1]["id"])).json()["code"] == 200


@pytest.mark.parametrize(("operation", "what"), [(PERSONA, "persona"), (WAV, "WAV record")])
async def test_the_second_of_one_track_is_409(operation: str, what: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, other) = await tracks_of(mock, http)
        assert (await make(http, operation, task_id, track)).json()["code"] == 200
        again = await make(http, operation, task_id, track)
        assert f'the track "{track}" has a {what} already; allowed: one per audioId' in refusal(again, 409)
        assert again.headers["suno-mock-rules"] == f"{operation}.audioId.once"
        assert (await make(http, operation, task_id, other)).json()["code"] == 200


async def test_a_persona_and_a_wav_do_not_exclude_each_other() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        codes = [(await make(http, operation, task_id, track)).json()["code"] for operation in (PERSONA, WAV)]
        assert codes == [200, 200]


async def test_a_second_persona_is_the_first_renamed_where_the_reading_says_so() -> None:
    mock = Mock(readings=("persona_twice=renamed",))
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        first = (await make(http, PERSONA, task_id, track)).json()["data"]
        body = {"taskId": task_id, "audioId": track, "name": "Loud", "description": "d"}
        second = (await post(http, PERSONA, None, **body)).json()["data"]
        assert second == {"personaId": first["personaId"], "name": "Loud", "description": "d"}


@pytest.mark.parametrize("operation", [PERSONA, WAV])
async def test_a_task_of_nobody_or_of_another_key_is_404(operation: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        for asked, headers in [("nothing", None), (task_id, OTHER)]:
            response = await make(http, operation, asked, track, headers)
            text = f'taskId "{asked}" is unknown; allowed: a task of this key that generate or extend answered.'
            assert text in refusal(response, 404)
            assert response.headers["suno-mock-rules"] == f"{operation}.taskId.known"


@pytest.mark.parametrize("operation", [PERSONA, WAV])
async def test_a_track_of_another_task_is_404(operation: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        _, (foreign, _) = await tracks_of(mock, http)
        task_id, tracks = await tracks_of(mock, http)
        response = await make(http, operation, task_id, foreign)
        one, two = sorted(tracks)
        text = f'audioId "{foreign}" is unknown; allowed: a track of the task ("{one}", "{two}")'
        assert text in refusal(response, 404)
        assert response.headers["suno-mock-rules"] == f"{operation}.audioId.known"


@pytest.mark.parametrize("operation", [PERSONA, WAV])
@pytest.mark.parametrize(("moment", "text"), [(0, "has just begun"), (FIRST, "has reached first")])
async def test_a_task_must_be_complete(operation: str, moment: float, text: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await generate(http)).json()["data"]["taskId"]
        await mock.advance(moment)
        response = await make(http, operation, task_id, "any")
        assert f"task {task_id} {text}; allowed: a task that is complete, which polling shows as SUCCESS" in refusal(
            response, 422
        )
        assert response.headers["suno-mock-rules"] == f"{operation}.taskId.complete"


async def test_a_failed_task_is_not_complete() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await generate(http, {"Prefer": "code=callback-501"})).json()["data"]["taskId"]
        await mock.advance(COMPLETE)
        assert f"task {task_id} failed; allowed: " in refusal(await make(http, PERSONA, task_id, "any"), 422)


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


async def test_a_track_of_the_oldest_model_can_become_a_wav() -> None:
    mock = Mock(profile="classic")
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http, model="V3_5")
        assert (await make(http, WAV, task_id, track)).json()["code"] == 200


async def test_classic_knows_no_personas() -> None:
    async with client(Mock(profile="classic").app) as http:
        assert (await make(http, PERSONA, "any", "any")).status_code == 404


async def test_what_was_made_is_forgotten_with_its_key() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for _ in range(2):
            task_id, (track, _) = await tracks_of(mock, http)
            assert (await make(http, PERSONA, task_id, track)).json()["code"] == 200
            await mock.control.reset("key")


@pytest.mark.parametrize(("preference", "applied"), [("code=200", "code=200"), ("scenario=silent", None)])
async def test_a_preference_is_confirmed_where_it_is_honoured(preference: str, applied: str | None) -> None:
    """Nothing is called back here, so that a course of callbacks changes nothing."""
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        for operation in (PERSONA, WAV):
            response = await make(http, operation, task_id, track, {"Prefer": preference})
            assert response.json()["code"] == 200
            assert response.headers.get("preference-applied") == applied
