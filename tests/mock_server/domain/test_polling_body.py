"""What polling answers."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import RECORD_INFO, operations
from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import Step
from mock_server.domain.callback_body import body
from mock_server.domain.polling_body import record, status
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import next_change, progress
from mock_server.domain.timeline import polled as shown
from tests.builders import (
    COMPLETE,
    CREATED,
    FIRST,
    SCENARIOS,
    TEXT,
    TRACK_MAKER,
    edition,
    generated,
    generation,
    request,
    task,
)

ORDER = ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]
scenarios = st.sampled_from([each.name for each in SCENARIOS if each.answer is None])
documented = st.sampled_from([each.name for each in SCENARIOS if each.answer is None and not each.outside])
profiles = st.sampled_from(profile_names())
paces = st.sampled_from(["immediate", "time", "realtime", "manual"])
makers = st.sampled_from([task, generated])
DOCUMENT = load(OPENAPI / "family.openapi.yaml")
LISTING = [
    ("text_items=none", "first_items=one", "record_items=one"),
    ("text_items=both", "first_items=both", "record_items=both"),
]
"""Readings under which polling lists as many tracks as the callbacks do."""
RECORD = DOCUMENT["components"]["schemas"]["Record"]
TRACK = DOCUMENT["components"]["schemas"]["Track"]
AS_DESCRIBED = OAS30Validator({"$ref": "#/components/schemas/Record", "components": DOCUMENT["components"]})


def test_a_finished_task_is_recorded() -> None:
    record_ = record(task(), CREATED + COMPLETE, TRACK_MAKER)
    tracks = record_["response"]["sunoData"]
    assert record_ | {"response": {"taskId": record_["response"]["taskId"]}} == {
        "taskId": "5c790000000040008000000000000be8",
        "parentMusicId": "source",
        "param": json.dumps(request(), sort_keys=True, separators=(",", ":")),
        "response": {"taskId": "5c790000000040008000000000000be8"},
        "status": "SUCCESS",
        "type": "chirp-v4",
        "operationType": "extend",
        "errorCode": None,
        "errorMessage": None,
        "createTime": "2025-01-01 00:00:00",
    }
    assert len(tracks) == 2


def test_a_generation_has_no_parent() -> None:
    polled = record(generated(model="V5"), CREATED + COMPLETE, TRACK_MAKER)
    assert (polled["operationType"], polled["parentMusicId"], polled["type"]) == ("generate", "", "chirp-crow")
    assert json.loads(polled["param"]) == generation(model="V5")


def test_tracks_are_in_camel_case() -> None:
    result = TRACK_MAKER.listed(task(), "complete")[0]
    track = record(task(), CREATED + COMPLETE, TRACK_MAKER)["response"]["sunoData"][0]
    assert track == {
        "id": result.track.id,
        "audioUrl": result.audio_url,
        "sourceAudioUrl": result.audio_url,
        "streamAudioUrl": result.stream_url,
        "sourceStreamAudioUrl": result.stream_url,
        "imageUrl": result.image_url,
        "sourceImageUrl": result.image_url,
        "prompt": result.track.prompt,
        "modelName": result.model_name,
        "title": result.track.title,
        "tags": result.track.style,
        "createTime": "2025-01-01 00:00:00",
        "duration": result.track.duration,
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
    polled = record(task(under=edition("observed")), CREATED + after, TRACK_MAKER)
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
    polled = record(task(scenario=scenario), CREATED + after, TRACK_MAKER)
    assert (polled["status"], polled["errorCode"], polled["errorMessage"]) == (status, code, text)


def test_a_failure_keeps_earlier_tracks() -> None:
    polled = record(task(scenario="callback-531", under=edition("observed")), CREATED + COMPLETE, TRACK_MAKER)
    assert ["duration" in track for track in polled["response"]["sunoData"]] == [True, False]


@pytest.mark.parametrize("reading", ["audio_kept", "failure"])
def test_a_lost_callback_is_recorded(reading: str) -> None:
    accepted = task(under=edition("apikley", f"callback_exception={reading}"), lost=True)
    polled = record(accepted, CREATED + COMPLETE, TRACK_MAKER)
    assert (polled["status"], polled["errorCode"]) == ("CALLBACK_EXCEPTION", None)
    assert (polled["response"] is not None) == (reading == "audio_kept")


def test_an_undeliverable_scenario_is_lost() -> None:
    undeliverable, lost = task(scenario="undeliverable"), task(lost=True)
    assert record(undeliverable, CREATED + COMPLETE, TRACK_MAKER) == record(lost, CREATED + COMPLETE, TRACK_MAKER)


@pytest.mark.parametrize("reading", ["audio_kept", "failure"])
@pytest.mark.parametrize(("after", "said"), [(0, "PENDING"), (TEXT, "TEXT_SUCCESS"), (FIRST, "FIRST_SUCCESS")])
def test_nothing_is_lost_before_complete(after: float, said: str, reading: str) -> None:
    accepted = task(scenario="undeliverable", under=edition("observed", f"callback_exception={reading}"))
    polled = record(accepted, CREATED + after, TRACK_MAKER)
    assert polled["status"] == said
    assert (polled["response"] is None) == (said == "PENDING")


def test_a_failure_is_no_lost_callback() -> None:
    accepted = task(scenario="callback-531", under=edition("apikley", "callback_exception=failure"), lost=True)
    polled = record(accepted, CREATED + COMPLETE, TRACK_MAKER)
    assert polled["status"] == "GENERATE_AUDIO_FAILED"
    assert polled["response"] is not None


URLS = ("audioUrl", "sourceAudioUrl", "streamAudioUrl", "sourceStreamAudioUrl", "imageUrl", "sourceImageUrl")


def test_success_may_come_without_urls_and_the_callbacks_have_them() -> None:
    accepted = task(scenario="success-without-urls")
    polled = record(accepted, CREATED + COMPLETE, TRACK_MAKER)
    tracks = polled["response"]["sunoData"]
    assert polled["status"] == "SUCCESS"
    assert [[track[name] for name in URLS] for track in tracks] == [[None] * len(URLS)] * 2
    assert all(track["duration"] and track["id"] for track in tracks)
    sent = json.loads(body(accepted, Step(stage="complete"), TRACK_MAKER))["data"]["data"]
    assert all(track["audio_url"] and track["stream_audio_url"] and track["image_url"] for track in sent)


@pytest.mark.parametrize(("pace", "factor"), [("realtime", 1), ("time", 60), ("10x", 10)])
def test_a_record_may_be_behind_its_callbacks(pace: str, factor: float) -> None:
    accepted = task(scenario="record-behind", pace=pace)
    seen = [
        record(accepted, CREATED + (at + behind) / factor, TRACK_MAKER)["status"]
        for at in (TEXT, FIRST, COMPLETE)
        for behind in (0, 59, 60)
    ]
    assert seen == [
        *("PENDING", "PENDING", "TEXT_SUCCESS"),
        *("TEXT_SUCCESS", "TEXT_SUCCESS", "FIRST_SUCCESS"),
        *("FIRST_SUCCESS", "FIRST_SUCCESS", "SUCCESS"),
    ]


def test_a_record_that_is_behind_changes_later() -> None:
    accepted = task(scenario="record-behind")
    assert next_change(accepted, CREATED + TEXT) == CREATED + TEXT + 60
    assert next_change(accepted, CREATED + COMPLETE + 60) is None


def test_a_status_that_no_document_has_is_shown_on_demand() -> None:
    polled = record(task(scenario="undocumented-failed"), CREATED + FIRST, TRACK_MAKER)
    assert (polled["status"], polled["errorCode"]) == ("FAILED", 501)
    assert "FAILED" not in RECORD["properties"]["status"]["enum"]


def test_what_is_outside_the_document_is_marked_so() -> None:
    """A record that is not as described is of a scenario that says so."""
    for each in SCENARIOS:
        if each.answer is None:
            polled = record(task(scenario=each.name), CREATED + 10 * COMPLETE, TRACK_MAKER)
            assert (list(AS_DESCRIBED.iter_errors(polled)) != []) == bool(each.outside)


def test_the_eight_statuses_can_be_seen() -> None:
    seen = {
        status(accepted, progress(accepted, CREATED + after))
        for accepted in (task(scenario=each.name) for each in SCENARIOS if each.answer is None and not each.outside)
        for after in (0, TEXT, FIRST, COMPLETE)
    }
    assert seen == set(RECORD["properties"]["status"]["enum"])


def test_the_parameters_come_back() -> None:
    sent = request(defaultParamFlag=False, prompt="ö😀", personaId=...)
    polled = record(task(defaultParamFlag=False, prompt="ö😀", personaId=...), CREATED, TRACK_MAKER)
    assert json.loads(polled["param"]) == sent


@settings(max_examples=100, deadline=None)
@given(scenarios, paces, st.lists(st.floats(0, 400), min_size=2))
def test_statuses_only_move_forward(scenario: str, pace: str, moments: list[float]) -> None:
    accepted = task(scenario=scenario, pace=pace)
    failed = accepted.scenario.fails.status if accepted.scenario.fails else "never"
    ends = [*ORDER, failed, "CALLBACK_EXCEPTION"]
    ranks = [ends.index(record(accepted, CREATED + after, TRACK_MAKER)["status"]) for after in sorted(moments)]
    assert ranks == sorted(ranks)


@settings(max_examples=100, deadline=None)
@given(scenarios, profiles, paces, st.floats(0, 200))
def test_a_record_agrees_with_progress(scenario: str, profile: str, pace: str, after: float) -> None:
    accepted = task(scenario=scenario, pace=pace, under=edition(profile))
    polled, state = record(accepted, CREATED + after, TRACK_MAKER), shown(accepted, CREATED + after)
    assert (polled["response"] is None) == (state.stage is None)
    assert polled["errorCode"] == (state.failure.code if state.failure else None)
    if state.failure is None and state.stage is not None and polled["status"] != "CALLBACK_EXCEPTION":
        assert polled["status"] == accepted.edition.family.stages[state.stage].status


@settings(max_examples=200, deadline=None)
@given(makers, documented, profiles, st.sampled_from([0, TEXT, FIRST, COMPLETE]))
def test_a_record_is_as_described(made: Callable[..., Task], scenario: str, profile: str, after: float) -> None:
    polled = record(made(scenario=scenario, under=edition(profile)), CREATED + after, TRACK_MAKER)
    assert list(AS_DESCRIBED.iter_errors(polled)) == []
    assert list(polled) == RECORD["required"] == list(RECORD["properties"])
    for track in (polled["response"] or {"sunoData": []})["sunoData"]:
        assert set(TRACK["required"]) <= set(track) <= set(TRACK["properties"])


def test_polling_is_described_to_answer_a_record() -> None:
    polling = operations()[RECORD_INFO]
    answer = DOCUMENT["paths"][polling.path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["properties"]["data"] == {"$ref": "#/components/schemas/Record"}


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize(("stage", "after"), [("text", TEXT), ("first", FIRST), ("complete", COMPLETE)])
@pytest.mark.parametrize("readings", LISTING)
def test_polling_agrees_with_callbacks(readings: tuple[str, ...], stage: str, after: float, profile: str) -> None:
    accepted = task(under=edition(profile, *readings))
    sent = json.loads(body(accepted, Step(stage=stage), TRACK_MAKER))["data"]["data"]
    polled = record(accepted, CREATED + after, TRACK_MAKER)["response"]["sunoData"]
    pairs = [("id", "id"), ("audio_url", "audioUrl"), ("duration", "duration"), ("createTime", "createTime")]
    assert [[track.get(key) for key, _ in pairs] for track in sent] == [
        [track.get(key) for _, key in pairs] for track in polled
    ]


def test_a_number_of_any_size_is_polled() -> None:
    accepted = task(body=json.dumps(request(x=10**30)).encode())
    assert json.loads(record(accepted, CREATED, TRACK_MAKER)["param"])["x"] == 10**30


def refused_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def test_the_parameters_are_json() -> None:
    accepted = task(body=json.dumps(request()).encode().replace(b"{", b'{"x": [1e400], ', 1))
    json.loads(record(accepted, CREATED, TRACK_MAKER)["param"], parse_constant=refused_constant)
