"""Journeys over real sockets: every code by every trigger on both editions, and the course of callbacks."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import STAGES, Scenario, Scenarios
from mock_server.testing.receiver_http import Received
from tests.journeys import Journey, journey

SCENARIOS = list(Scenarios.read())
REFUSALS = [scenario.name for scenario in SCENARIOS if scenario.answer]
CALLBACK_CODES = [200, 400, 408, 413, 500, 501, 531]
DAY = 24 * 3600


@pytest.fixture(scope="module", params=["apikley", "classic", "observed"])
def on_profile(request: pytest.FixtureRequest) -> Iterator[Journey]:
    """A journey per profile; every test uses keys of its own, so that none sees another's state."""
    with journey(request.param) as started:
        yield started


@pytest.fixture(scope="module")
def on_apikley() -> Iterator[Journey]:
    with journey() as started:
        yield started


TRIGGERS: dict[str, Any] = {
    "prefer code": lambda name: {"prefer": f"code={name}"},
    "prefer scenario": lambda name: {"prefer": f"scenario={name}"},
    "magic audioId": lambda name: {"audioId": f"mock-{name}"},
    "magic key": lambda name: {"key": f"mock-{name}"},
}


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("name", REFUSALS)
def test_every_answer_code_on_demand(on_profile: Journey, name: str, trigger: str) -> None:
    response = on_profile.extend(**TRIGGERS[trigger](name))
    answer = response.json()
    assert answer["code"] == int(name)
    assert "taskId" not in response.text
    assert response.status_code == (500 if name == "500" and on_profile.profile == "apikley" else 200)


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("code", CALLBACK_CODES)
def test_every_callback_code_on_demand(on_profile: Journey, code: int, trigger: str) -> None:
    asked = TRIGGERS[trigger](f"callback-{code}")
    task_id = on_profile.extend(**asked).json()["data"]["taskId"]
    on_profile.advance(180)
    last = on_profile.callbacks(task_id)[-1].json()
    assert last["code"] == code
    assert last["data"]["task_id"] == task_id
    record = on_profile.record(task_id, asked.get("key", "key"))
    assert record["errorCode"] == (None if code == 200 else code)
    assert record["errorMessage"] == (None if code == 200 else last["msg"])


NATURAL: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
    (401, {"key": None}, {}),
    (402, {"key": "empty-key"}, {}),
    (402, {}, {"credits": 11}),
    (404, {"audioId": "nobody-knows"}, {}),
    (422, {"style": 5}, {}),
    (429, {}, {"rate_limit": "1/60"}),
    (455, {}, {"maintenance": True}),
]


@pytest.mark.parametrize(("code", "request_", "settings"), NATURAL, ids=[f"{n} {c[0]}" for n, c in enumerate(NATURAL)])
@pytest.mark.parametrize("profile", ["apikley", "classic"])
def test_a_natural_cause_has_its_code(
    profile: str, code: int, request_: dict[str, Any], settings: dict[str, Any]
) -> None:
    with journey(profile, **settings) as started:
        if code == 429:
            started.extend()
        response = started.extend(**request_)
        assert response.json()["code"] == code
        started.advance(180)
        assert len(started.receiver.received) == (3 if code == 429 else 0)


def test_the_documented_example_runs_to_its_end(on_profile: Journey) -> None:
    answer = on_profile.extend(key="example").json()
    assert (answer["code"], answer["msg"]) == (200, "success")
    task_id = answer["data"]["taskId"]
    assert on_profile.record(task_id, "example")["status"] == "PENDING"
    for stage, status, seconds in [
        ("text", "TEXT_SUCCESS", 30),
        ("first", "FIRST_SUCCESS", 75),
        ("complete", "SUCCESS", 75),
    ]:
        on_profile.advance(seconds)
        callback = on_profile.callbacks(task_id)[-1].json()
        record = on_profile.record(task_id, "example")
        assert (callback["data"]["callbackType"], record["status"]) == (stage, status)
        polled = [(track["id"], track.get("duration")) for track in record["response"]["sunoData"]]
        told = [(track["id"], track.get("duration")) for track in callback["data"]["data"]]
        assert len(polled) == 2
        assert told == polled[: len(told)]
    assert [stage for stage, _ in on_profile.outcomes(task_id)] == ["text", "first", "complete"]


def test_tracks_echo_the_request(on_apikley: Journey) -> None:
    asked = {"title": "Mine", "style": "polka", "prompt": "la"}
    task_id = on_apikley.extend(**asked).json()["data"]["taskId"]
    on_apikley.advance(180)
    tracks = on_apikley.callbacks(task_id)[-1].json()["data"]["data"]
    assert [(track["title"], track["tags"], track["prompt"]) for track in tracks] == [("Mine", "polka", "la")] * 2
    assert len({track["id"] for track in tracks}) == 2


def test_tracks_inherit_from_the_source(on_apikley: Journey) -> None:
    asked: dict[str, Any] = {
        "defaultParamFlag": False,
        "title": "ignored",
        "prompt": "ignored",
        "style": ...,
        "personaId": ...,
    }
    task_id = on_apikley.extend(**asked).json()["data"]["taskId"]
    on_apikley.advance(180)
    tracks = on_apikley.callbacks(task_id)[-1].json()["data"]["data"]
    assert {(track["title"], track["tags"]) for track in tracks} == {("Iron Man", "electrifying, rock")}
    assert {track["prompt"] for track in tracks} == {"[Verse] Night city lights shining bright"}


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.shape], ids=lambda each: each.name)
def test_every_shape_of_callbacks_comes_as_described(on_apikley: Journey, scenario: Scenario) -> None:
    task_id = on_apikley.extend(prefer=f"scenario={scenario.name}").json()["data"]["taskId"]
    on_apikley.advance(3600)
    bodies = [each.body for each in on_apikley.callbacks(task_id)]
    expected = sorted(
        scenario.steps(), key=lambda step: {"text": 30, "first": 105, "complete": 180}[step.stage] + step.delay
    )
    assert len(bodies) == len(expected)
    for body, step in zip(bodies, expected, strict=True):
        assert f'"callbackType":"{step.stage}"'.encode() in body
        assert body.endswith(b"}}") is not step.cut
    assert on_apikley.record(task_id)["status"] == ("CALLBACK_EXCEPTION" if scenario.lost else "SUCCESS")


def test_a_duplicate_is_the_same_to_the_byte(on_apikley: Journey) -> None:
    task_id = on_apikley.extend(prefer="scenario=duplicate").json()["data"]["taskId"]
    on_apikley.advance(180)
    bodies = [each.body for each in on_apikley.callbacks(task_id)]
    assert bodies[::2] == bodies[1::2]


def test_nothing_is_sent_before_the_answer() -> None:
    with journey(pace="immediate") as started:
        for _ in range(20):
            task_id = started.extend().json()["data"]["taskId"]
            assert started.receiver.wait_for(1)
            assert started.record(task_id)["status"] == "SUCCESS"
        callbacks = started.receiver.wait_for(60)
        stages = [each.json()["data"]["callbackType"] for each in callbacks if task_id.encode() in each.body]
        assert stages == ["text", "first", "complete"]


def test_two_keys_never_meet() -> None:
    with journey(credits=12) as started:
        first = started.extend(key="one").json()["data"]["taskId"]
        second = started.extend(key="two").json()["data"]["taskId"]
        assert first != second
        assert started.extend(key="one").json()["code"] == 402
        assert started.record(first, "two") is None


def test_a_lost_callback_is_recovered_by_polling(on_apikley: Journey, closed_url: str) -> None:
    task_id = on_apikley.extend(callBackUrl=closed_url).json()["data"]["taskId"]
    on_apikley.advance(DAY)
    assert on_apikley.callbacks(task_id) == []
    assert on_apikley.outcomes(task_id) == [
        (stage, "unreachable") for stage in ("text", "first", "complete") for _ in range(4)
    ]
    record = on_apikley.record(task_id)
    assert record["status"] == "CALLBACK_EXCEPTION"
    assert all(track["audioUrl"] and track["duration"] for track in record["response"]["sunoData"])


@pytest.mark.parametrize("url", ["https://8.8.8.8/cb", "http://169.254.169.254/cb"])
@pytest.mark.parametrize("profile", profile_names())
def test_a_client_that_polls_meets_success_whatever_its_callback_url(profile: str, url: str) -> None:
    with journey(profile) as started:
        task_id = started.extend(callBackUrl=url).json()["data"]["taskId"]
        started.advance(180)
        assert started.record(task_id)["status"] == "SUCCESS"
        started.advance(DAY)
        assert started.outcomes(task_id) == [(stage, "blocked") for stage in STAGES]
        record = started.record(task_id)
        assert record["status"] == "SUCCESS"
        assert all(track["audioUrl"] and track["duration"] for track in record["response"]["sunoData"])


@pytest.mark.parametrize("trigger", [each for each in TRIGGERS if each != "prefer code"])
@pytest.mark.parametrize(
    ("name", "ends", "callback"),
    [
        ("success-without-urls", "SUCCESS", 200),
        ("record-behind", "FIRST_SUCCESS", 200),
        ("undocumented-failed", "FAILED", 501),
    ],
)
def test_a_client_that_polls_meets_what_no_document_has(name: str, ends: str, callback: int, trigger: str) -> None:
    with journey() as started:
        asked = TRIGGERS[trigger](name)
        task_id = started.extend(**asked).json()["data"]["taskId"]
        started.advance(180)
        record = started.record(task_id, asked.get("key", "key"))
        assert record["status"] == ends
        assert started.callbacks(task_id)[-1].json()["code"] == callback


def test_a_last_callback_that_comes_twice_is_lost_only_if_both_are(on_apikley: Journey) -> None:
    refusals = [500] * 4

    def answer(received: Received) -> int:
        return refusals.pop() if b'"complete"' in received.body and refusals else 200

    on_apikley.receiver.answer = answer
    task_id = on_apikley.extend(prefer="scenario=duplicate").json()["data"]["taskId"]
    on_apikley.advance(DAY)
    on_apikley.receiver.answer = lambda received: 200
    assert on_apikley.outcomes(task_id)[-5:] == [("complete", "refused")] * 4 + [("complete", "accepted")]
    assert on_apikley.record(task_id)["status"] == "SUCCESS"
