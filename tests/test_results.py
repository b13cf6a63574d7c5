"""What a task generates."""

from math import isclose
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.results import EXTENSION, create_time, listed
from mock_server.scenarios import STAGES
from tests.builders import CREATED, SEED, SOURCE, edition, task

stages = st.sampled_from(STAGES)


@pytest.mark.parametrize(
    ("reading", "stage", "finished"),
    [
        pytest.param("text_items=none", "text", [], id="text without tracks"),
        pytest.param("text_items=both", "text", [False, False], id="text with both"),
        pytest.param("first_items=one", "first", [True], id="first with one"),
        pytest.param("first_items=both", "first", [True, False], id="first with both"),
        pytest.param("first_items=one", "complete", [True, True], id="complete"),
    ],
)
def test_a_stage_lists_its_tracks(reading: str, stage: str, finished: list[bool]) -> None:
    results = listed(task(under=edition("apikley", reading)), stage, SEED)
    assert [result.finished for result in results] == finished
    assert [result.audio_url != "" for result in results] == finished


@settings(max_examples=50, deadline=None)
@given(st.integers(), stages)
def test_a_track_keeps_its_identity(seed: int, stage: str) -> None:
    judged = task(under=edition("observed"))
    complete = listed(judged, "complete", seed)
    for early, late in zip(listed(judged, stage, seed), complete, strict=False):
        assert (early.id, early.stream_url, early.duration) == (late.id, late.stream_url, late.duration)


@settings(max_examples=50, deadline=None)
@given(st.integers(), st.text("0123456789abcdef", min_size=1))
def test_track_ids_are_different_uuids(seed: int, id: str) -> None:
    ids = [result.id for result in listed(task(id=id), "complete", seed)]
    assert len(set(ids)) == len(ids)
    assert all(str(UUID(each)) == each for each in ids)


@settings(max_examples=50, deadline=None)
@given(st.integers(), st.floats(0.01, 480))
def test_an_extension_adds_its_seconds(seed: int, continue_at: float) -> None:
    shortest, longest = EXTENSION
    for result in listed(task(continueAt=continue_at), "complete", seed):
        most = edition().family.longest["V4"]
        assert min(continue_at + shortest - 0.01, most) <= result.duration <= min(continue_at + longest + 0.01, most)
        assert isclose(result.duration * 100, round(result.duration * 100))


@settings(max_examples=30, deadline=None)
@given(st.integers(), stages)
def test_the_same_seed_gives_the_same(seed: int, stage: str) -> None:
    assert listed(task(), stage, seed) == listed(task(), stage, seed)


def test_another_seed_gives_others() -> None:
    one, other = (listed(task(), "complete", seed)[0] for seed in (1, 2))
    assert one.id != other.id
    assert one.duration != other.duration


def test_custom_parameters_are_used() -> None:
    result = listed(task(title="T", style="S", prompt="P", model="V5"), "complete", SEED)[0]
    assert (result.title, result.tags, result.prompt, result.model_name) == ("T", "S", "P", "chirp-crow")


def test_original_parameters_are_inherited() -> None:
    result = listed(task(defaultParamFlag=False, title="T", continueAt=...), "complete", SEED)[0]
    assert (result.title, result.tags, result.prompt) == (SOURCE.title, SOURCE.style, SOURCE.prompt)
    assert result.duration > SOURCE.duration


def test_media_urls_share_a_name() -> None:
    result = listed(task(), "complete", SEED)[0]
    assert result.stream_url.startswith("https://media.suno-mock.invalid/")
    assert result.audio_url == f"{result.stream_url}.mp3"
    assert result.image_url == f"{result.stream_url}.jpeg"


@pytest.mark.parametrize(
    ("reading", "written"),
    [
        pytest.param("string", "2025-01-01 00:00:00", id="as in the example"),
        pytest.param("rfc3339", "2025-01-01T00:00:00Z", id="as the schema says"),
        pytest.param("epoch_ms", CREATED * 1000, id="as captured"),
    ],
)
def test_the_create_time_is_a_reading(reading: str, written: str | float) -> None:
    judged = task(under=edition("apikley", f"create_time={reading}"))
    assert create_time(judged) == written
    assert listed(judged, "complete", SEED)[0].create_time == written
