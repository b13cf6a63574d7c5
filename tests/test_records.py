"""What polling answers."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.callbacks import body
from mock_server.profile import profile_names
from mock_server.records import record
from mock_server.results import listed
from mock_server.scenarios import Step
from mock_server.timeline import progress
from tests.builders import COMPLETE, CREATED, FIRST, SCENARIOS, SEED, TEXT, edition, request, task

ORDER = ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]
scenarios = st.sampled_from([each.name for each in SCENARIOS if each.answer is None])
profiles = st.sampled_from(profile_names())
paces = st.sampled_from(["immediate", "time", "realtime", "manual"])


def test_a_finished_task_is_recorded() -> None:
    record_ = record(task(), CREATED + COMPLETE, SEED)
    tracks = record_["response"].pop("sunoData")
    assert record_ == {
        "taskId": "5c790000000000000000000000000be8",
        "parentMusicId": "source",
        "param": json.dumps(request(), sort_keys=True, separators=(",", ":")),
        "response": {"taskId": "5c790000000000000000000000000be8"},
        "status": "SUCCESS",
        "type": "chirp-v4",
        "operationType": "extend",
        "errorCode": None,
        "errorMessage": None,
        "createTime": "2025-01-01 00:00:00",
    }
    assert len(tracks) == 2


def test_tracks_are_in_camel_case() -> None:
    result = listed(task(), "complete", SEED)[0]
    track = record(task(), CREATED + COMPLETE, SEED)["response"]["sunoData"][0]
    assert track == {
        "id": result.id,
        "audioUrl": result.audio_url,
        "sourceAudioUrl": result.audio_url,
        "streamAudioUrl": result.stream_url,
        "sourceStreamAudioUrl": result.stream_url,
        "imageUrl": result.image_url,
        "sourceImageUrl": result.image_url,
        "prompt": result.prompt,
        "modelName": result.model_name,
        "title": result.title,
        "tags": result.tags,
        "createTime": "2025-01-01 00:00:00",
        "duration": result.duration,
    }


@pytest.mark.parametrize(
    ("after", "status", "finished"),
    [
        pytest.param(0, "PENDING", None, id="accepted"),
        pytest.param(TEXT - 0.01, "PENDING", None, id="just before text"),
        pytest.param(TEXT, "TEXT_SUCCESS", [False, False], id="at text"),
        pytest.param(FIRST, "FIRST_SUCCESS", [True, False], id="at first"),
        pytest.param(COMPLETE, "SUCCESS", [True, True], id="at complete"),
        pytest.param(1e6, "SUCCESS", [True, True], id="long after"),
    ],
)
def test_a_record_follows_the_stages(after: float, status: str, finished: list[bool] | None) -> None:
    polled = record(task(under=edition("observed")), CREATED + after, SEED)
    response = polled["response"]
    assert polled["status"] == status
    assert (response and ["duration" in track for track in response["sunoData"]]) == finished


@pytest.mark.parametrize(
    ("scenario", "after", "status", "code", "text"),
    [
        pytest.param(
            "callback-400",
            TEXT,
            "SENSITIVE_WORD_ERROR",
            400,
            "Validation Error - Lyrics contained copyrighted material.",
            id="refused lyrics",
        ),
        pytest.param(
            "callback-413",
            TEXT,
            "CREATE_TASK_FAILED",
            413,
            "Conflict - Uploaded audio matches existing work of art.",
            id="a known work",
        ),
        pytest.param("callback-501", FIRST, "GENERATE_AUDIO_FAILED", 501, "Audio generation failed.", id="no audio"),
        pytest.param("callback-501", FIRST - 1, "TEXT_SUCCESS", None, None, id="before the failure"),
        pytest.param("callback-531", COMPLETE - 1, "FIRST_SUCCESS", None, None, id="before the refund"),
    ],
)
def test_a_failure_is_recorded(scenario: str, after: float, status: str, code: int | None, text: str | None) -> None:
    polled = record(task(scenario=scenario), CREATED + after, SEED)
    assert (polled["status"], polled["errorCode"], polled["errorMessage"]) == (status, code, text)


def test_a_failure_keeps_earlier_tracks() -> None:
    polled = record(task(scenario="callback-531", under=edition("observed")), CREATED + COMPLETE, SEED)
    assert ["duration" in track for track in polled["response"]["sunoData"]] == [True, False]


def test_the_parameters_come_back() -> None:
    sent = request(defaultParamFlag=False, prompt="ö😀", personaId=...)
    polled = record(task(defaultParamFlag=False, prompt="ö😀", personaId=...), CREATED, SEED)
    assert json.loads(polled["param"]) == sent


@settings(max_examples=100, deadline=None)
@given(scenarios, paces, st.lists(st.floats(0, 400), min_size=2))
def test_statuses_only_move_forward(scenario: str, pace: str, moments: list[float]) -> None:
    accepted = task(scenario=scenario, pace=pace)
    failed = accepted.scenario.fails.status if accepted.scenario.fails else "never"
    ranks = [[*ORDER, failed].index(record(accepted, CREATED + after, SEED)["status"]) for after in sorted(moments)]
    assert ranks == sorted(ranks)


@settings(max_examples=100, deadline=None)
@given(scenarios, profiles, paces, st.floats(0, 200))
def test_a_record_agrees_with_progress(scenario: str, profile: str, pace: str, after: float) -> None:
    accepted = task(scenario=scenario, pace=pace, under=edition(profile))
    polled, state = record(accepted, CREATED + after, SEED), progress(accepted, CREATED + after)
    assert (polled["response"] is None) == (state.stage is None)
    assert polled["errorCode"] == (state.failure.code if state.failure else None)
    if state.failure is None and state.stage is not None:
        assert polled["status"] == accepted.edition.family.stages[state.stage].status


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize(("stage", "after"), [("text", TEXT), ("first", FIRST), ("complete", COMPLETE)])
def test_polling_agrees_with_callbacks(stage: str, after: float, profile: str) -> None:
    accepted = task(under=edition(profile))
    sent = json.loads(body(accepted, Step(stage=stage), SEED))["data"]["data"]
    polled = record(accepted, CREATED + after, SEED)["response"]["sunoData"]
    pairs = [("id", "id"), ("audio_url", "audioUrl"), ("duration", "duration"), ("createTime", "createTime")]
    assert [[track.get(key) for key, _ in pairs] for track in sent] == [
        [track.get(key) for _, key in pairs] for track in polled
    ]


def test_a_number_of_any_size_is_polled() -> None:
    accepted = task()
    accepted.body = json.dumps(request(x=10**30)).encode()
    assert json.loads(record(accepted, CREATED, SEED)["param"])["x"] == 10**30
