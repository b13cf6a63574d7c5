"""A task of an operation whose file says all: a WAV of a finished track, from the order to the file."""

from io import BytesIO
from wave import open as read_wave

import httpx
import pytest

from mock_server.contract.operations import path
from tests.journeys import Journey, journey


def ordered(started: Journey, number: int = 0, **changes: str) -> tuple[dict[str, str], httpx.Response]:
    """A request for the WAV of a track that was made before, and its answer."""
    made = started.finished(started.generate())
    track = made["response"]["sunoData"][number]
    about = {"taskId": made["taskId"], "audioId": track["id"], "callBackUrl": started.receiver.url}
    return about, started.post("wav", **about, **changes)


def polled(started: Journey, task_id: str, operation: str = "wav-record-info", key: str = "key") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return started.http.get(path(operation), params={"taskId": task_id}, headers=headers)


@pytest.mark.parametrize("profile", ["apikley", "classic", "observed"])
def test_a_wav_calls_back_where_no_document_has_its_polling(profile: str) -> None:
    with journey(profile) as started:
        _, answer = ordered(started)
        task_id = answer.json()["data"]["taskId"]
        started.advance(20)
        (callback,) = started.callbacks(task_id)
        assert polled(started, task_id).status_code == 404
        body = callback.json()
        assert {"code": 200, "msg": "success"}.items() <= body.items()
        assert set(body["data"]) == {"audioWavUrl", "task_id"}
        file = httpx.get(body["data"]["audioWavUrl"])
    assert file.headers["content-type"] == "audio/wav"
    with read_wave(BytesIO(file.content)) as sound:
        assert 100 < sound.getnframes() / sound.getframerate() < 240


@pytest.mark.parametrize(("profile", "has_index"), [("kie", True), ("sunoapi", False)])
def test_a_wav_is_polled_until_it_is_there(profile: str, has_index: bool) -> None:
    with journey(profile) as started:
        about, answer = ordered(started, 1)
        task_id = answer.json()["data"]["taskId"]
        before = polled(started, task_id).json()["data"]
        started.advance(20)
        after = polled(started, task_id).json()["data"]
        (callback,) = started.callbacks(task_id)
        assert polled(started, task_id, "record-info").json()["data"] is None
        assert polled(started, about["taskId"]).json()["data"] is None
        assert polled(started, task_id, key="other").json()["data"] is None
    assert (before["successFlag"], before["response"], before["completeTime"]) == ("PENDING", None, None)
    assert (after["successFlag"], after["errorCode"], after["errorMessage"]) == ("SUCCESS", None, None)
    assert after["response"] == {"audioWavUrl": callback.json()["data"]["audioWavUrl"]}
    assert after["completeTime"] == before["createTime"] + 20_000
    assert (after["musicId"], after["callbackUrl"]) == (about["audioId"], about["callBackUrl"])
    assert after.get("musicIndex") == (1 if has_index else None)
    assert ("musicIndex" in after) == has_index


@pytest.mark.parametrize(
    ("profile", "code", "text"),
    [
        pytest.param("kie", 500, "Internal Error - Please try again later", id="kie"),
        pytest.param("sunoapi", 400, "WAV format conversion failed", id="sunoapi"),
    ],
)
def test_a_wav_can_fail(profile: str, code: int, text: str) -> None:
    with journey(profile) as started:
        _, answer = ordered(started, prefer=f"scenario=callback-{code}")
        task_id = answer.json()["data"]["taskId"]
        started.advance(20)
        (callback,) = started.callbacks(task_id)
        record = polled(started, task_id).json()["data"]
    assert callback.json() == {"code": code, "msg": text, "data": {"audioWavUrl": None, "task_id": task_id}}
    assert (record["successFlag"], record["errorCode"], record["errorMessage"]) == ("GENERATE_WAV_FAILED", code, text)
    assert record["response"] is None


def test_polling_without_a_task_says_what_is_missing() -> None:
    with journey("kie") as started:
        answer = started.http.get(path("wav-record-info"), headers={"Authorization": "Bearer key"}).json()
    assert answer["code"] == 422
    assert "taskId is missing; allowed: the taskId that wav answered, as a query" in answer["msg"]


def test_a_wav_of_a_receiver_that_is_down_is_lost_and_can_be_polled(closed_url: str) -> None:
    with journey("kie") as started:
        made = started.finished(started.generate())
        track = made["response"]["sunoData"][0]
        about = {"taskId": made["taskId"], "audioId": track["id"], "callBackUrl": closed_url}
        task_id = started.post("wav", **about).json()["data"]["taskId"]
        started.advance(24 * 3600)
        assert polled(started, task_id).json()["data"]["successFlag"] == "CALLBACK_EXCEPTION"
