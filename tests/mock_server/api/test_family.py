"""Journeys through the whole family over real sockets: a client makes music, extends it, and fetches the files."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest
from mutagen.mp3 import MP3
from PIL import Image

from mock_server.contract.family import Family
from mock_server.contract.operations import operations
from mock_server.contract.profile import Profile
from tests.journeys import Journey, journey

DAY = 24 * 3600
PROFILES = ["apikley", "classic", "observed"]


@pytest.fixture(scope="module")
def on_apikley() -> Iterator[Journey]:
    """A journey that tests share; each uses a key of its own."""
    with journey() as started:
        yield started


def first_track(record: dict[str, Any]) -> dict[str, Any]:
    track: dict[str, Any] = record["response"]["sunoData"][0]
    return track


def code(response: httpx.Response) -> int:
    number: int = response.json()["code"]
    return number


@pytest.mark.parametrize("profile", ["apikley", "observed"])
def test_from_an_idea_to_a_song_with_a_persona(profile: str) -> None:
    with journey(profile) as started:
        made = started.finished(started.generate())
        track = first_track(made)
        longer = first_track(started.finished(started.extend(audioId=track["id"], continueAt=60)))
        still_longer = first_track(started.finished(started.extend(audioId=longer["id"], continueAt=100)))
        assert track["duration"] < 240
        assert longer["duration"] > 60
        assert still_longer["duration"] > 100

        about = {"taskId": made["taskId"], "audioId": track["id"], "name": "Calm", "description": "A calm voice"}
        persona = started.post("persona", **about, vocalStart=0, vocalEnd=20).json()["data"]
        assert (persona["name"], persona["description"]) == ("Calm", "A calm voice")
        asked = started.extend(audioId=still_longer["id"], continueAt=60, personaId=persona["personaId"])
        assert started.finished(asked)["status"] == "SUCCESS"
        assert len(started.receiver.received) == 12


@pytest.mark.parametrize("profile", PROFILES)
def test_a_generated_song_comes_in_three_stages(profile: str) -> None:
    with journey(profile) as started:
        record = started.finished(started.generate(title="Mine", style="polka"))
        stages = [each.json()["data"]["callbackType"] for each in started.receiver.received]
        assert stages == ["text", "first", "complete"]
        assert (record["operationType"], record["parentMusicId"], record["status"]) == ("generate", "", "SUCCESS")
        track = first_track(record)
        assert (track["title"], track["tags"], track["prompt"]) == ("Mine", "polka", "[Instrumental]")


def test_extending_ones_own_track_keeps_to_its_model_and_length(on_apikley: Journey) -> None:
    track = first_track(on_apikley.finished(on_apikley.generate(model="V4_5")))
    other = on_apikley.extend(audioId=track["id"], model="V4")
    assert (code(other), other.headers["suno-mock-rules"]) == (422, "extend.model.source")
    late = on_apikley.extend(audioId=track["id"], model="V4_5", continueAt=track["duration"])
    assert (code(late), late.headers["suno-mock-rules"]) == (422, "extend.continueAt.end")
    record = on_apikley.finished(on_apikley.extend(audioId=track["id"], model="V4_5", continueAt=1))
    assert record["parentMusicId"] == track["id"]


def test_a_track_cannot_be_extended_before_it_is_finished_nor_by_another_key() -> None:
    with journey(readings="record_items=both") as started:
        answer = started.generate()
        started.advance(105)
        finished, unfinished = started.record(answer.json()["data"]["taskId"])["response"]["sunoData"]
        assert code(started.extend(audioId=finished["id"], continueAt=1)) == 200
        assert code(started.extend(audioId=unfinished["id"], continueAt=1)) == 404
        assert code(started.extend(key="other", audioId=finished["id"], continueAt=1)) == 404
        started.advance(75)
        assert code(started.extend(audioId=unfinished["id"], continueAt=1)) == 200


def test_polling_shows_every_documented_status() -> None:
    with journey() as started:
        seen = set()
        for scenario in ("200", "callback-400", "callback-413", "callback-501", "undeliverable"):
            task_id = started.extend(prefer=f"scenario={scenario}").json()["data"]["taskId"]
            for _ in range(8):
                seen.add(started.record(task_id)["status"])
                started.advance(30)
        family = Family.read("apikley")
        failures = {"CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR"}
        assert seen == failures | {stage.status for stage in family.stages.values()} | {family.pending, family.lost}


def test_a_receiver_that_is_down_loses_the_callback_and_not_the_song(on_apikley: Journey, closed_url: str) -> None:
    answer = on_apikley.generate(key="lost")
    assert on_apikley.finished(answer, "lost")["status"] == "SUCCESS"
    task_id = on_apikley.extend(key="lost", callBackUrl=closed_url).json()["data"]["taskId"]
    on_apikley.advance(180)
    assert on_apikley.record(task_id, "lost")["status"] == "SUCCESS"
    on_apikley.advance(DAY)
    record = on_apikley.record(task_id, "lost")
    assert record["status"] == "CALLBACK_EXCEPTION"
    assert httpx.get(first_track(record)["audioUrl"]).status_code == 200


def test_credits_run_out_and_a_refund_brings_them_back() -> None:
    with journey(credits=30) as started:
        assert started.credits() == 30
        task_id = started.generate().json()["data"]["taskId"]
        assert started.extend(prefer="scenario=callback-531").json()["code"] == 200
        assert started.credits() == 6
        broke = started.extend()
        assert code(broke) == 402
        assert "the account has 6 credits and this costs 12" in broke.json()["msg"]
        started.advance(180)
        assert started.credits() == 18
        assert code(started.extend()) == 200
        assert started.record(task_id)["status"] == "SUCCESS"


def test_refusals_and_lookups_cost_nothing() -> None:
    with journey() as started:
        before = started.credits()
        started.extend(style=5)
        started.post("persona")
        started.record("0" * 32)
        assert started.credits() == before


@pytest.mark.parametrize(("profile", "kind"), [("apikley", int), ("observed", float)])
def test_credits_are_a_number_as_the_profile_reads(profile: str, kind: type) -> None:
    with journey(profile) as started:
        assert type(started.credits()) is kind


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_serves_what_its_sources_know(profile: str) -> None:
    served = Profile.read(profile).operations
    with journey(profile) as started:
        for name, operation in operations().items():
            headers = {"Authorization": "Bearer key"}
            status = started.http.request(operation.method, operation.path, headers=headers).status_code
            assert (status == 404) == (name not in served), name


def test_a_second_wav_of_a_track_is_a_conflict(on_apikley: Journey) -> None:
    made = on_apikley.finished(on_apikley.generate(key="wav"), "wav")
    about = {
        "taskId": made["taskId"],
        "audioId": first_track(made)["id"],
        "callBackUrl": on_apikley.receiver.url,
    }
    assert code(on_apikley.post("wav", key="wav", **about)) == 200
    again = on_apikley.post("wav", key="wav", **about)
    assert code(again) == 409
    assert again.json()["msg"].startswith("Conflict - WAV record already exists: ")


def test_a_task_may_be_polled_three_times_a_second_when_limits_are_on() -> None:
    with journey(rate_limit="20/10") as started:
        task_id = started.extend().json()["data"]["taskId"]
        headers = {"Authorization": "Bearer key"}
        polls = [started.http.get(f"/api/v1/generate/record-info?taskId={task_id}", headers=headers) for _ in range(4)]
        assert [code(each) for each in polls] == [200, 200, 200, 429]
        assert polls[3].headers["retry-after"] == "1"
        started.advance(1)
        assert started.record(task_id)["status"] == "PENDING"


def test_the_files_of_a_track_are_what_they_say(on_apikley: Journey) -> None:
    for track in on_apikley.finished(on_apikley.generate(key="files"), "files")["response"]["sunoData"]:
        audio = httpx.get(track["audioUrl"])
        assert audio.headers["content-type"] == "audio/mpeg"
        info = MP3(BytesIO(audio.content)).info  # type: ignore[no-untyped-call]
        assert info
        assert info.length == pytest.approx(track["duration"], abs=0.1)
        assert httpx.get(track["streamAudioUrl"]).content == audio.content
        assert Image.open(BytesIO(httpx.get(track["imageUrl"]).content)).format == "JPEG"


def test_the_stream_plays_before_the_audio_is_there() -> None:
    with journey(readings="first_items=one text_items=none record_items=both") as started:
        task_id = started.generate().json()["data"]["taskId"]
        started.advance(30)
        track = first_track(started.record(task_id))
        assert track["audioUrl"] == ""
        assert httpx.get(track["streamAudioUrl"]).status_code == 200
        early = httpx.get(f"{track['streamAudioUrl']}.mp3")
        assert (early.status_code, code(early)) == (404, 404)
        assert "is not finished yet; its stream URL plays already" in early.json()["msg"]


def test_files_are_gone_after_fourteen_days(on_apikley: Journey) -> None:
    track = first_track(on_apikley.finished(on_apikley.generate(key="old"), "old"))
    urls = [track["audioUrl"], track["streamAudioUrl"], track["imageUrl"]]
    on_apikley.advance(14 * DAY - 181)
    assert [httpx.get(url).status_code for url in urls] == [200, 200, 200]
    on_apikley.advance(1)
    for url in urls:
        gone = httpx.get(url)
        assert gone.status_code == 404
        assert f"the files of track '{track['id']}' were kept for 14 days and are gone" in gone.json()["msg"]


def test_two_keys_in_parallel_see_what_each_would_see_alone() -> None:
    def journeys(keys: list[str]) -> dict[str, list[str]]:
        with journey(pace="immediate", base_url="http://mock") as started, ThreadPoolExecutor(len(keys)) as pool:
            return dict(zip(keys, pool.map(lambda key: course(started, key), keys), strict=True))

    def course(started: Journey, key: str) -> list[str]:
        ids = []
        for _ in range(5):
            made = started.record(started.generate(key=key).json()["data"]["taskId"], key)
            longer = started.extend(key=key, audioId=first_track(made)["id"], continueAt=1).json()["data"]["taskId"]
            ids += [made["taskId"], longer, started.record(longer, key)["parentMusicId"]]
        return ids

    together = journeys(["one", "two"])
    assert together == journeys(["one"]) | journeys(["two"])
    assert not set(together["one"]) & set(together["two"])
