"""What a task generates."""

from collections.abc import Callable
from itertools import product
from math import isclose
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.operations import operations
from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import STAGES
from mock_server.core.seeded import task_id
from mock_server.domain.generated_tracks import TrackMaker, create_time
from mock_server.domain.tasks import Task
from tests.builders import CREATED, SEED, SOURCE, TRACK_MAKER, edition, generated, task

stages = st.sampled_from(STAGES)
studios = st.builds(TrackMaker, st.integers(), st.just("http://media/"))
task_ids = st.builds(task_id, st.integers(), st.just("key"), st.integers(1))
makers = st.sampled_from([task, generated])
ITEMS = ("first_items=one text_items=none", "first_items=both text_items=both")
PER_TASK = edition().family.tracks_per_task


@pytest.mark.parametrize(
    ("reading", "stage", "finished"),
    [
        pytest.param("text_items=both", None, [], id="before any stage"),
        pytest.param("text_items=none", "text", [], id="text without tracks"),
        pytest.param("text_items=both", "text", [False, False], id="text with both"),
        pytest.param("first_items=one", "first", [True], id="first with one"),
        pytest.param("first_items=both", "first", [True, False], id="first with both"),
        pytest.param("first_items=one", "complete", [True, True], id="complete"),
    ],
)
def test_a_stage_lists_its_tracks(reading: str, stage: str | None, finished: list[bool]) -> None:
    results = TRACK_MAKER.listed(task(under=edition("apikley", reading)), stage)
    assert [result.finished for result in results] == finished
    assert [result.audio_url != "" for result in results] == finished


@pytest.mark.parametrize(
    ("reading", "stage", "finished"),
    [
        pytest.param("record_items=both", None, [], id="before any stage"),
        pytest.param("record_items=one", "text", [], id="text without tracks"),
        pytest.param("record_items=both", "text", [False, False], id="text with both"),
        pytest.param("record_items=one", "first", [True], id="first with one"),
        pytest.param("record_items=both", "first", [True, False], id="first with both"),
        pytest.param("record_items=one", "complete", [True, True], id="complete"),
    ],
)
def test_polling_lists_its_tracks(reading: str, stage: str | None, finished: list[bool]) -> None:
    for callbacks in ITEMS:
        under = edition("apikley", reading, *callbacks.split())
        assert [result.finished for result in TRACK_MAKER.polled(task(under=under), stage)] == finished


@pytest.mark.parametrize("readings", list(product(("record_items=one", "record_items=both"), ITEMS)))
@pytest.mark.parametrize("stage", [None, *STAGES])
def test_what_is_listed_anywhere_is_there(readings: tuple[str, str], stage: str | None) -> None:
    accepted = task(under=edition("apikley", *" ".join(readings).split()))
    listed = [*TRACK_MAKER.listed(accepted, stage), *TRACK_MAKER.polled(accepted, stage)]
    assert {each.track.id for each in listed} == {each.track.id for each in TRACK_MAKER.there(accepted, stage)}


@settings(max_examples=50, deadline=None)
@given(studios, makers, stages)
def test_a_track_keeps_its_identity(track_maker: TrackMaker, made: Callable[..., Task], stage: str) -> None:
    accepted = made(under=edition("observed"))
    complete = track_maker.listed(accepted, "complete")
    for early, late in zip(track_maker.listed(accepted, stage), complete, strict=False):
        assert (early.track, early.stream_url, early.image_url) == (late.track, late.stream_url, late.image_url)


@settings(max_examples=50, deadline=None)
@given(studios, task_ids)
def test_track_ids_are_those_of_the_record(track_maker: TrackMaker, id: str) -> None:
    assert track_maker.listed(task(id=id), "complete")[0].track.id == task(id=id).record.tracks[0]
    ids = [result.track.id for result in track_maker.listed(task(id=id), "complete")]
    assert len(set(ids)) == len(ids) == PER_TASK
    assert all(str(UUID(each)) == each for each in ids)


def longest(model: str) -> float:
    return edition().family.longest[model]


@settings(max_examples=50, deadline=None)
@given(studios, st.floats(0.01, 480), st.sampled_from(edition().profile.models))
def test_an_extension_adds_its_seconds(track_maker: TrackMaker, continue_at: float, model: str) -> None:
    least, most = operations()["extend"].lasts
    for result in track_maker.listed(task(continueAt=continue_at, model=model), "complete"):
        assert result.track.duration >= min(continue_at + least - 0.01, longest(model))
        assert result.track.duration <= min(continue_at + most + 0.01, longest(model))
        assert isclose(result.track.duration * 100, round(result.track.duration * 100))


@settings(max_examples=50, deadline=None)
@given(studios, task_ids, st.sampled_from(edition().profile.models))
def test_a_generation_lasts_its_seconds(track_maker: TrackMaker, id: str, model: str) -> None:
    least, most = operations()["generate"].lasts
    for result in track_maker.listed(generated(id=id, model=model), "complete"):
        assert least <= result.track.duration <= min(most, longest(model))


@settings(max_examples=30, deadline=None)
@given(st.integers(), makers, st.sampled_from(profile_names()), stages)
def test_the_same_seed_gives_the_same(seed: int, made: Callable[..., Task], profile: str, stage: str) -> None:
    one, other = (TrackMaker(seed, "http://media/").listed(made(under=edition(profile)), stage) for _ in range(2))
    assert one == other


def test_another_seed_gives_others() -> None:
    one, other = (TrackMaker(seed, "http://media/").listed(task(), "complete")[0].track for seed in (1, 2))
    assert one.duration != other.duration


def test_custom_parameters_are_used() -> None:
    result = TRACK_MAKER.listed(task(title="T", style="S", prompt="P", model="V5"), "complete")[0]
    track = result.track
    assert (track.title, track.style, track.prompt, track.model) == ("T", "S", "P", "V5")
    assert result.model_name == "chirp-crow"


def test_original_parameters_are_inherited() -> None:
    track = TRACK_MAKER.listed(task(defaultParamFlag=False, title="T", continueAt=...), "complete")[0].track
    assert (track.title, track.style, track.prompt) == (SOURCE.title, SOURCE.style, SOURCE.prompt)
    assert track.duration > SOURCE.duration


@given(studios, makers, st.integers(0, PER_TASK - 1))
def test_a_listed_track_is_the_finished_one(track_maker: TrackMaker, made: Callable[..., Task], index: int) -> None:
    accepted = made()
    assert (
        track_maker.track(accepted, accepted.request, accepted.record.tracks[index])
        == track_maker.listed(accepted, "complete")[index].track
    )


def test_media_urls_share_a_name() -> None:
    result = TrackMaker(SEED, "https://mock.example/").listed(task(), "complete")[0]
    assert result.stream_url.startswith("https://mock.example/")
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
    assert TRACK_MAKER.listed(judged, "complete")[0].create_time == written
