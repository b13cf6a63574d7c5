"""A section of a track that is replaced, of a task's track or of an uploaded one, and a task that calls nobody back."""

from typing import Any

import httpx
import pytest

from tests.journeys import Journey, journey

NOWHERE = "https://nowhere.invalid/track.mp3"
UPLOADED = {"uploadUrl": NOWHERE, "model": "V5"}


def asked(**changes: Any) -> dict[str, Any]:
    whole = {
        "prompt": "La la",
        "tags": "polka",
        "title": "Mine",
        "infillStartS": 10.5,
        "infillEndS": 30.75,
        "fullLyrics": "Before. La la. Behind.",
    }
    return whole | changes


def replaced(started: Journey, **changes: Any) -> tuple[dict[str, Any], httpx.Response]:
    """The track whose section is to be replaced, and the answer."""
    made = started.finished(started.generate())
    track = made["response"]["sunoData"][0]
    about = {"taskId": made["taskId"], "audioId": track["id"], "callBackUrl": started.receiver.url}
    return track, started.post("replace-section", **about | asked(**changes))


@pytest.mark.parametrize("profile", ["kie", "sunoapi"])
def test_a_section_is_replaced_in_a_track_that_is_as_long(profile: str) -> None:
    with journey(profile) as started:
        track, answer = replaced(started)
        record = started.finished(answer)
        told = [each.json() for each in started.callbacks(record["taskId"])]
    (new,) = record["response"]["sunoData"]
    assert (record["status"], record["operationType"], record["parentMusicId"]) == (
        "SUCCESS",
        "replace_section",
        track["id"],
    )
    assert [each["data"]["callbackType"] for each in told] == ["text", "first", "complete"]
    assert [each["id"] for each in told[-1]["data"]["data"]] == [new["id"]]
    assert (new["duration"], new["title"], new["tags"]) == (track["duration"], "Mine", "polka")
    assert new["prompt"] == "Before. La la. Behind."
    assert new["id"] != track["id"]


def test_it_costs_five_credits() -> None:
    with journey("kie", credits=100) as started:
        before = started.credits()
        assert started.post("replace-section", **asked(**UPLOADED)).json()["code"] == 200
        assert before - started.credits() == 5


def test_a_failure_is_told_as_an_error_beside_the_task() -> None:
    with journey("kie") as started:
        _, answer = replaced(started)
        made = started.record(answer.json()["data"]["taskId"])
        failing = {"taskId": made["taskId"], "callBackUrl": started.receiver.url}
        started.advance(180)
        track = started.record(made["taskId"])["response"]["sunoData"][0]
        failed = started.post("replace-section", prefer="scenario=callback-501", **failing | asked(audioId=track["id"]))
        record = started.finished(failed)
        told = started.callbacks(record["taskId"])[-1].json()
    assert record["status"] == "GENERATE_AUDIO_FAILED"
    assert told["code"] == 501
    assert told["data"] == {"callbackType": "error", "task_id": record["taskId"], "error": told["msg"]}


@pytest.mark.parametrize("profile", ["kie", "sunoapi"])
def test_without_a_receiver_the_task_is_polled(profile: str) -> None:
    with journey(profile) as started:
        answer = started.post("replace-section", **asked(**UPLOADED))
        task_id = answer.json()["data"]["taskId"]
        assert started.record(task_id)["status"] == "PENDING"
        record = started.finished(answer)
        page = started.http.get(f"/__admin/tasks/{task_id}")
        assert started.outcomes(task_id) == []
    assert record["status"] == "SUCCESS"
    assert record["response"]["sunoData"][0]["duration"] == 180
    assert started.receiver.received == []
    assert page.status_code == 200


def test_a_task_without_a_receiver_is_sent_again_to_one_that_is_named() -> None:
    with journey("kie") as started:
        task_id = started.post("replace-section", **asked(**UPLOADED)).json()["data"]["taskId"]
        started.advance(180)
        again = {"task_id": task_id, "stage": "complete"}
        nowhere, there = (
            started.http.post("/__admin/redeliver", json=again | to) for to in ({}, {"to": started.receiver.url})
        )
        assert nowhere.status_code == 400
        assert f"task {task_id} has no callBackUrl. Allowed: a URL to send the callback to." in nowhere.text
        assert there.status_code == 200
        assert len(started.callbacks(task_id)) == 1


@pytest.mark.parametrize(
    ("profile", "changes", "rule"),
    [
        pytest.param("kie", {"taskId": ...}, "taskId.source", id="no task"),
        pytest.param("kie", {"audioId": ...}, "audioId.source", id="no track"),
        pytest.param("kie", UPLOADED, "uploadUrl.alone", id="both sources"),
        pytest.param("kie", {"taskId": ..., "audioId": ..., "uploadUrl": NOWHERE}, "model.source", id="no model"),
        pytest.param("kie", {"taskId": "nobody's"}, "taskId.known", id="another task"),
        pytest.param("kie", {"audioId": "nobody's"}, "audioId.known", id="another track"),
        pytest.param("kie", {"infillEndS": 20.49}, "infillEndS.window", id="too short"),
        pytest.param("kie", {"infillEndS": 5}, "infillEndS.window", id="end before start"),
        pytest.param("kie", {"infillStartS": 0, "infillEndS": 116}, "infillEndS.half", id="more than half"),
        pytest.param("kie", {"infillStartS": 230, "infillEndS": 241}, "infillEndS.end", id="behind the end"),
        pytest.param("kie", {"infillStartS": -1}, "infillStartS.minimum", id="before the start"),
        pytest.param("kie", {"infillEndS": 30.755}, "infillEndS.multipleOf", id="three decimals"),
        pytest.param("kie", {"infillStartS": 10**400}, "infillEndS.window", id="a start of any size"),
        pytest.param("kie", {"infillEndS": 10**400}, "infillEndS.end", id="an end of any size"),
        pytest.param("kie", {"fullLyrics": ...}, "fullLyrics.required", id="no lyrics"),
        pytest.param("kie", {"callBackUrl": "ftp://host/a"}, "callBackUrl.http", id="receiver"),
        pytest.param("sunoapi", {"infillEndS": 70.51}, "infillEndS.window", id="too long"),
        pytest.param("sunoapi", {"infillEndS": 16.49}, "infillEndS.window", id="too short there"),
    ],
)  # fmt: skip
def test_a_section_that_does_not_fit_is_refused(profile: str, changes: dict[str, Any], rule: str) -> None:
    with journey(profile) as started:
        _, answer = replaced(started, **changes)
    assert answer.json()["code"] in (400, 404, 422)
    assert f"(replace-section.{rule}, " in answer.json()["msg"]


@pytest.mark.parametrize(
    ("profile", "start", "end"),
    [("kie", 10.5, 20.5), ("kie", 0, 57), ("kie", 6.4, 16.4), ("sunoapi", 10.5, 16.5), ("sunoapi", 0.1, 60)],
)
def test_a_section_that_just_fits_is_replaced(profile: str, start: float, end: float) -> None:
    with journey(profile) as started:
        _, answer = replaced(started, infillStartS=start, infillEndS=end)
    assert answer.json()["code"] == 200


def test_lyrics_of_the_whole_are_not_asked_for_by_sunoapi() -> None:
    with journey("sunoapi") as started:
        _, answer = replaced(started, fullLyrics=...)
        assert started.finished(answer)["response"]["sunoData"][0]["prompt"] == "La la"


def test_the_words_say_how_long_a_section_may_be() -> None:
    with journey("sunoapi") as started:
        _, answer = replaced(started, infillEndS=11)
    assert "infillEndS is 11; allowed: 6 to 60 seconds after infillStartS, 10.5" in answer.json()["msg"]
