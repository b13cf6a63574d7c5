"""Bodies of callbacks: stages, failures, and how the open questions change them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.documents import FIXTURES
from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import Step
from mock_server.core import seeded
from mock_server.domain.callback_body import body
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.tasks import Task
from tests.builders import SCENARIOS, TRACK_MAKER, edition, generated, task

ACCEPTED = [each.name for each in SCENARIOS if each.answer is None]
FAILING = [each.name for each in SCENARIOS if each.fails is not None]


def sent(stage: str, *readings: str, profile: str = "apikley", scenario: str = "200") -> dict[str, Any]:
    """The decoded callback of one stage of the documented request."""
    under = edition(profile, *readings)
    decoded: dict[str, Any] = json.loads(body(task(under=under, scenario=scenario), Step(stage=stage), TRACK_MAKER))
    return decoded


def failed(*readings: str, scenario: str = "callback-501") -> dict[str, Any]:
    failure = SCENARIOS.named(scenario).fails
    assert failure is not None
    return sent(failure.instead_of, *readings, scenario=scenario)


def test_complete_looks_like_the_example() -> None:
    example = json.loads((FIXTURES / "documents/apikley/callback-complete.json").read_text("utf-8"))
    callback = sent("complete")
    assert (callback["code"], callback["msg"]) == (example["code"], example["msg"])
    assert list(callback["data"]) == list(example["data"])
    assert [list(track) for track in callback["data"]["data"]] == [list(track) for track in example["data"]["data"]]


def test_a_track_is_what_was_asked() -> None:
    track = sent("complete")["data"]["data"][0]
    id = task().record.tracks[0]
    url = f"http://media/{seeded.media_name(id)}"
    assert track == {
        "id": id,
        "audio_url": f"{url}.mp3",
        "stream_audio_url": url,
        "image_url": f"{url}.jpeg",
        "prompt": "Extend the music with more relaxing notes and a gentle bridge section",
        "model_name": "chirp-v4",
        "title": "Peaceful Piano Extended",
        "tags": "Classical",
        "createTime": "2025-01-01 00:00:00",
        "duration": track["duration"],
    }


def test_a_generated_track_is_what_was_asked() -> None:
    asked = generated(title="Mine", style="polka", model="V5", instrumental=False, prompt="[Verse] La")
    track = json.loads(body(asked, Step(stage="complete"), TRACK_MAKER))["data"]["data"][1]
    assert (track["title"], track["tags"], track["prompt"]) == ("Mine", "polka", "[Verse] La")
    assert (track["id"], track["model_name"]) == (asked.record.tracks[1], "chirp-crow")


@pytest.mark.parametrize(
    ("profile", "stage", "msg", "finished"),
    [
        pytest.param("apikley", "text", "Text generation completed.", [], id="apikley text"),
        pytest.param("apikley", "first", "First track generated successfully.", [True], id="apikley first"),
        pytest.param("apikley", "complete", "All generated successfully.", [True, True], id="apikley complete"),
        pytest.param("observed", "text", "Text generation completed.", [False, False], id="observed text"),
        pytest.param("observed", "first", "First audio generated successfully.", [True, False], id="observed first"),
        pytest.param("observed", "complete", "All generated successfully.", [True, True], id="observed complete"),
    ],
)
def test_a_stage_lists_its_tracks(profile: str, stage: str, msg: str, finished: list[bool]) -> None:
    callback = sent(stage, profile=profile)
    assert (callback["code"], callback["msg"], callback["data"]["callbackType"]) == (200, msg, stage)
    assert ["duration" in track for track in callback["data"]["data"]] == finished
    assert [track["audio_url"] != "" for track in callback["data"]["data"]] == finished


def test_source_urls_stand_beside_theirs() -> None:
    finished, unfinished = sent("first", "source_urls=present", "first_items=both")["data"]["data"]
    sources = {"source_audio_url", "source_stream_audio_url", "source_image_url"}
    assert {key for key in finished if key.startswith("source")} == sources
    assert {key for key in unfinished if key.startswith("source")} == sources - {"source_audio_url"}
    assert all(finished[key] == finished[key.removeprefix("source_")] for key in sources)


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("scenario", FAILING)
def test_a_failure_tells_its_code(scenario: str, profile: str) -> None:
    failure = SCENARIOS.named(scenario).fails
    assert failure is not None
    callback = sent(failure.instead_of, profile=profile, scenario=scenario)
    assert callback["code"] == failure.code
    assert scenario in (f"callback-{failure.code}", "undocumented-failed")
    assert callback["msg"] == edition(profile).profile.callback_codes[failure.code]
    assert callback["data"]["task_id"] == task().id


def test_a_failure_without_tracks() -> None:
    assert failed() == {
        "code": 501,
        "msg": "Audio generation failed.",
        "data": {"callbackType": "complete", "task_id": "5c790000000040008000000000000be8", "data": []},
    }


@pytest.mark.parametrize("name", ["complete", "error", "failed"])
def test_the_failure_type_is_a_reading(name: str) -> None:
    assert failed(f"failure_type={name}")["data"]["callbackType"] == name


@pytest.mark.parametrize(
    ("reading", "data"),
    [
        pytest.param("empty", {"data": []}, id="an empty list"),
        pytest.param("null", {"data": None}, id="null"),
        pytest.param("absent", {}, id="left out"),
    ],
)
def test_the_failure_data_is_a_reading(reading: str, data: dict[str, object]) -> None:
    callback = failed(f"failure_data={reading}")["data"]
    assert {key: value for key, value in callback.items() if key == "data"} == data


def test_stages_before_a_failure_succeed() -> None:
    callback = sent("text", scenario="callback-501")
    assert (callback["code"], callback["data"]["callbackType"]) == (200, "text")


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(profile_names()), st.sampled_from(ACCEPTED))
def test_a_cut_body_is_no_json(profile: str, scenario: str) -> None:
    accepted = task(under=edition(profile), scenario=scenario)
    for step in accepted.scenario.steps():
        whole = body(accepted, Step(stage=step.stage), TRACK_MAKER)
        half = body(accepted, Step(stage=step.stage, cut=True), TRACK_MAKER)
        assert whole.startswith(half)
        with pytest.raises(json.JSONDecodeError):
            json.loads(half)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([task, generated]), st.sampled_from(profile_names()), st.sampled_from(ACCEPTED), st.integers())
def test_every_body_has_the_shape(made: Callable[..., Task], profile: str, scenario: str, seed: int) -> None:
    accepted = made(under=edition(profile), scenario=scenario)
    for step in accepted.scenario.steps():
        callback = json.loads(body(accepted, Step(stage=step.stage), TrackMaker(seed, "http://media/")))
        assert list(callback) == ["code", "msg", "data"]
        assert callback["code"] in accepted.edition.profile.callback_codes
        assert list(callback["data"])[:2] == ["callbackType", "task_id"]
