"""What is asked of every request for what is made of a finished track: a persona, a WAV record."""

import pytest

from mock_server.contract.operations import PERSONA
from tests.builders import COMPLETE, FIRST
from tests.clients import OTHER, WAV, Mock, client, extend, finished, generate, make, refusal, tracks_of

pytestmark = pytest.mark.anyio


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


async def test_what_was_made_is_forgotten_with_its_key() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for _ in range(2):
            task_id, (track, _) = await tracks_of(mock, http)
            assert (await make(http, PERSONA, task_id, track)).json()["code"] == 200
            await mock.control.reset("key")


@pytest.mark.parametrize(("preference", "of_persona"), [("code=200", "code=200"), ("scenario=silent", None)])
async def test_a_preference_is_confirmed_where_it_is_honoured(preference: str, of_persona: str | None) -> None:
    """A persona calls nobody back, so that a course of callbacks changes nothing there."""
    mock = Mock()
    async with client(mock.app) as http:
        task_id, (track, _) = await tracks_of(mock, http)
        for operation in (PERSONA, WAV):
            response = await make(http, operation, task_id, track, {"Prefer": preference})
            assert response.json()["code"] == 200
            assert response.headers.get("preference-applied") == (of_persona if operation == PERSONA else preference)
