"""Tasks of operations whose file says all, from the order to what it makes: a WAV of a finished track, lyrics."""

from io import BytesIO
from wave import open as read_wave

import av
import httpx
import pytest

from mock_server.contract.operations import path
from tests.journeys import Journey, journey


def ordered(
    started: Journey, number: int = 0, operation: str = "wav", **changes: str
) -> tuple[dict[str, str], httpx.Response]:
    """A request for the WAV of a track that was made before, or for what another operation makes, and its answer."""
    made = started.finished(started.generate())
    track = made["response"]["sunoData"][number]
    about = {"taskId": made["taskId"], "audioId": track["id"], "callBackUrl": started.receiver.url}
    return about, started.post(operation, **about, **changes)


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


@pytest.mark.parametrize(
    ("profile", "id_member", "error_member"),
    [
        pytest.param("apikley", "task_id", "error_message", id="apikley"),
        pytest.param("kie", "task_id", "error_message", id="kie"),
        pytest.param("sunoapi", "taskId", "errorMessage", id="sunoapi"),
    ],
)
def test_lyrics_come_in_one_callback_and_are_polled(profile: str, id_member: str, error_member: str) -> None:
    with journey(profile) as started:
        asked = {"prompt": "Rain on a tin roof", "callBackUrl": started.receiver.url}
        task_id = started.post("lyrics", **asked).json()["data"]["taskId"]
        before = polled(started, task_id, "lyrics-record-info").json()["data"]
        started.advance(15)
        (callback,) = started.callbacks(task_id)
        after = polled(started, task_id, "lyrics-record-info").json()["data"]
        assert polled(started, task_id, "record-info").json()["data"] is None
    body = callback.json()
    assert (body["code"], body["msg"]) == (200, "All generated successfully.")
    assert set(body["data"]) == {"callbackType", id_member, "data"}
    assert (body["data"]["callbackType"], body["data"][id_member]) == ("complete", task_id)
    first, second = body["data"]["data"]
    assert set(first) == {"text", "title", "status", error_member}
    assert first["text"].startswith("[Verse 1]\n")
    assert first["text"] != second["text"]
    assert (before["status"], before["response"]) == ("PENDING", None)
    assert (after["status"], after["type"], after["errorCode"]) == ("SUCCESS", "LYRICS", None)
    assert after["param"] == f'{{"callBackUrl":"{asked["callBackUrl"]}","prompt":"Rain on a tin roof"}}'
    assert [each["text"] for each in after["response"]["data"]] == [first["text"], second["text"]]
    assert set(after["response"]["data"][0]) == {"text", "title", "status", "errorMessage"}


@pytest.mark.parametrize(
    ("profile", "text", "kind", "id_member"),
    [
        pytest.param("kie", "Song Description flagged for moderation", "complete", "task_id", id="kie"),
        pytest.param("sunoapi", "Lyrics generation failed", "error", "taskId", id="sunoapi"),
    ],
)
def test_lyrics_that_are_refused_call_back_as_the_provider_does(
    profile: str, text: str, kind: str, id_member: str
) -> None:
    with journey(profile) as started:
        asked = {"prompt": "Rain", "callBackUrl": started.receiver.url}
        answer = started.post("lyrics", **asked, prefer="scenario=callback-400")
        task_id = answer.json()["data"]["taskId"]
        started.advance(15)
        (callback,) = started.callbacks(task_id)
        record = polled(started, task_id, "lyrics-record-info").json()["data"]
    assert callback.json() == {
        "code": 400,
        "msg": text,
        "data": {"callbackType": kind, id_member: task_id, "data": None},
    }
    assert (record["status"], record["errorCode"], record["errorMessage"]) == ("SENSITIVE_WORD_ERROR", 400, text)


@pytest.mark.parametrize(
    ("profile", "prompt", "said"),
    [
        pytest.param("apikley", "a" * 999, "", id="no limit"),
        pytest.param("kie", "a" * 200, "", id="kie, just"),
        pytest.param("kie", "a" * 201, "prompt has 201 characters; allowed: at most 200 characters", id="kie"),
        pytest.param("sunoapi", "word " * 200, "", id="sunoapi, just"),
        pytest.param("sunoapi", "word " * 201, "prompt has 201 words; allowed: at most 200 words", id="sunoapi"),
    ],
)
def test_lyrics_are_about_as_much_as_a_provider_allows(profile: str, prompt: str, said: str) -> None:
    with journey(profile) as started:
        answer = started.post("lyrics", prompt=prompt, callBackUrl=started.receiver.url)
    assert (answer.json()["code"] == 200) == (not said)
    assert said in answer.json()["msg"]
    assert answer.headers.get("suno-mock-rules") == ("lyrics.prompt.length" if said else None)


SEPARATED = "vocal separation generated successfully."
STEMS = {
    *("vocal_url", "backing_vocals_url", "drums_url", "bass_url", "guitar_url", "keyboard_url"),
    *("percussion_url", "strings_url", "synth_url", "fx_url", "brass_url", "woodwinds_url"),
}


@pytest.mark.parametrize(
    ("profile", "info", "msg", "id_member"),
    [
        pytest.param("apikley", "vocal_separation_info", SEPARATED, "musicId", id="apikley"),
        pytest.param("kie", "vocal_separation_info", SEPARATED, "musicId", id="kie"),
        pytest.param("sunoapi", "vocal_removal_info", "vocal Removal generated successfully.", "audioId", id="sunoapi"),
    ],
)
def test_vocals_are_separated(profile: str, info: str, msg: str, id_member: str) -> None:
    with journey(profile, credits=100) as started:
        made = started.finished(started.generate())
        about = {"taskId": made["taskId"], "audioId": made["response"]["sunoData"][0]["id"]}
        whole = {**about, "callBackUrl": started.receiver.url}
        answers = [started.post("vocal-removal", **whole, **more) for more in ({}, {"type": "split_stem"})]
        ids = [each.json()["data"]["taskId"] for each in answers]
        started.advance(30)
        separated, split = (started.callbacks(each)[0].json() for each in ids)
        record, every = (polled(started, each, "vocal-removal-record-info").json()["data"] for each in ids)
        told = separated["data"][info]
        assert httpx.get(told["vocal_url"]).headers["content-type"] == "audio/mpeg"
        left = started.post("style", content="Pop").json()["data"]["creditsRemaining"]
    assert (separated["msg"], set(separated["data"])) == (msg, {"task_id", info})
    assert set(told) == {"origin_url", "instrumental_url", "vocal_url"}
    assert set(split["data"][info]) == {"origin_url", *STEMS}
    assert record["response"]["vocalUrl"] == told["vocal_url"]
    assert {name for name, url in record["response"].items() if url} == {"instrumentalUrl", "vocalUrl"}
    assert set(record["response"]) == set(every["response"])
    assert (record["successFlag"], record[id_member]) == ("SUCCESS", about["audioId"])
    assert left == 100 - 12 - 10 - 50 - (0.4 if profile == "kie" else 0)


def test_the_desk_shows_a_task_that_makes_no_music() -> None:
    with journey("kie") as started:
        asked = {"prompt": "Rain on a tin roof", "callBackUrl": started.receiver.url}
        task_id = started.post("lyrics", **asked).json()["data"]["taskId"]
        started.advance(15)
        page = started.http.get("/__admin/", params={"task": task_id})
        (task,) = started.http.get("/__admin/tasks").json()["tasks"]
    assert (page.status_code, "polling says now" in page.text) == (200, True)
    assert "LYRICS" in page.text
    assert (task["operation"], task["status"]) == ("lyrics", "SUCCESS")


@pytest.mark.parametrize(
    ("profile", "text", "failure"),
    [
        pytest.param("kie", "success", (500, "Internal Error - Please try again later"), id="kie"),
        pytest.param("sunoapi", "MP4 generated successfully.", (400, "Music video generation failed"), id="sunoapi"),
    ],
)
def test_a_video_is_made_of_a_track(profile: str, text: str, failure: tuple[int, str]) -> None:
    with journey(profile) as started:
        about, first = ordered(started, operation="mp4", author="Suno Artist")
        second = started.post("mp4", **about, prefer=f"scenario=callback-{failure[0]}")
        made, failed = (answer.json()["data"]["taskId"] for answer in (first, second))
        started.advance(60)
        (callback,), (failing,) = (started.callbacks(each) for each in (made, failed))
        records = [polled(started, each, "mp4-record-info").json()["data"] for each in (made, failed)]
        refused = started.post("mp4", **{**about, "author": "x" * 51}).json()
        video = httpx.get(callback.json()["data"]["video_url"])
    code, told = failure
    assert (callback.json()["msg"], failing.json()) == (
        text,
        {"code": code, "msg": told, "data": {"task_id": failed, "video_url": None}},
    )
    assert [each["successFlag"] for each in records] == ["SUCCESS", "GENERATE_MP4_FAILED"]
    assert records[0]["response"] == {"videoUrl": callback.json()["data"]["video_url"]}
    assert "author has 51 characters" in refused["msg"]
    assert video.headers["content-type"] == "video/mp4"
    with av.open(BytesIO(video.content), "r") as film:
        assert len(list(film.decode(video=0))) == 10
