"""Journeys over real sockets on profiles that a test writes into a folder of its own."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.core.errors import BadSetting
from tests.builders import request
from tests.journeys import Journey, journey

Written = Callable[..., Journey]
MODELS = 3
"""The first line that a test writes."""


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Written]:
    """Start a journey on a profile of these lines, which extends apikley unless they say otherwise."""
    with ExitStack() as started:

        def start(text: str, extends: str = "apikley", **settings: object) -> Journey:
            path = tmp_path / "mine.yaml"
            path.write_text(f"format: 1\nextends: {extends}\n{text}\n", "utf-8")
            return started.enter_context(journey(str(path), **settings))

        yield start


def test_a_profile_of_three_lines_is_served(on: Written) -> None:
    mine = on("picks: {error_data: 'null', credits_number: float}")
    refused = mine.extend(prompt=...).json()
    assert (refused["code"], refused["data"]) == (422, None)
    assert isinstance(mine.credits(), float)
    assert mine.http.get("/__admin/health").json()["profile"].endswith("mine.yaml")


def test_a_model_is_added_in_one_line(on: Written) -> None:
    mine = on("models: {V5_5: {like: V5, name: chirp-fenix, longest: 100, limits: {generate: {title: 3}}}}")
    accepted = mine.generate(model="V5_5", title="abc", style="x" * 1000)
    assert accepted.json()["code"] == 200
    record = mine.finished(accepted)
    assert (record["type"], record["response"]["sunoData"][0]["duration"]) == ("chirp-fenix", 100)
    refused = mine.generate(model="V5_5", title="four").json()["msg"]
    assert "title has 4 characters; allowed: at most 3 characters for model V5_5 (generate.title.length, " in refused
    assert refused.endswith(f"{mine.profile}:{MODELS})")
    (source,) = {each["id"] for each in record["response"]["sunoData"][:1]}
    assert mine.extend(audioId=source, model="V5_5", continueAt=9).json()["code"] == 200


def test_a_model_is_taken_away(on: Written) -> None:
    mine = on("models: {V4: null}")
    refused = mine.extend(model="V4").json()["msg"]
    assert "allowed: V4_5, V4_5PLUS, V4_5ALL, V5" in refused
    assert refused.endswith(f"{mine.profile}:{MODELS})")


def test_an_unknown_model_is_accepted_as_another(on: Written) -> None:
    mine = on("unknown_model: V4")
    accepted = mine.extend(model="V9")
    assert mine.finished(accepted)["type"] == "chirp-v4"
    assert "allowed: at most 80 characters for model V4" in mine.extend(model="V9", title="x" * 81).json()["msg"]
    assert mine.generate(model="V5", title="x" * 80, style="x" * 1000).json()["code"] == 200


def test_a_limit_counts_in_its_own_unit(on: Written) -> None:
    mine = on("models: {V4: {limits: {extend: {prompt: {most: 2, unit: words}}}}}")
    assert mine.extend(prompt="two words").json()["code"] == 200
    refused = mine.extend(prompt="these are four words").json()["msg"]
    assert "prompt has 4 words; allowed: at most 2 words for model V4" in refused


def test_a_model_is_accepted_as_another_by_an_option() -> None:
    with journey("apikley", models="V5_5=V4") as mine:
        assert mine.finished(mine.extend(model="V5_5"))["type"] == "chirp-v4"
        assert mine.extend(model="V5_5", title="x" * 81).json()["code"] == 422
        refused = mine.extend(model="V6").json()["msg"]
    assert "allowed: V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, or another with --model NAME=V5 (" in refused


@pytest.mark.parametrize("models", ["V5_5=V7", "V5_5=V6 V6=V5"])
def test_a_model_that_nobody_has_stands_for_none(models: str) -> None:
    with pytest.raises(BadSetting, match=r"^model 'V[67]' is unknown\. Nearest: V[45]\S*\. Known: V4, V4_5, "):
        create_app(Settings(models=models))


def test_a_refusal_has_the_code_that_the_profile_gives_its_kind(on: Written) -> None:
    mine = on(
        "refusals: {no_credits: 429, invalid: 400, rate: 430}\n"
        "codes: {400: Wrong parameters., 429: No credits., 430: Too often.}\n"
        "picks: {refusal_status: mirror}",
        rate_limit="2/10",
    )
    wrong, poor = mine.extend(prompt=...), mine.extend(key="empty-key")
    assert (wrong.status_code, wrong.json()["code"]) == (400, 400)
    assert wrong.json()["msg"].startswith("Wrong parameters: prompt is missing")
    assert poor.json()["msg"].startswith("No credits: the account has 0 credits")
    answers = [mine.extend() for _ in range(2)]
    assert (answers[-1].json()["code"], answers[-1].headers["retry-after"]) == (430, "10")


def test_every_code_of_a_profile_can_be_asked_for(on: Written) -> None:
    mine = on("codes: {433: Sub-key cap., 451: null}\ncallback_codes: {451: No file., 501: null}")
    assert mine.extend(prefer="code=433").json() == {"code": 433, "msg": "Sub-key cap."}
    assert mine.finished(mine.extend(prefer="scenario=callback-451"))["errorMessage"] == "No file."
    assert mine.extend(prefer="code=451").json()["msg"] == "a code that the profile has no text for"
    gone = mine.finished(mine.extend(prefer="scenario=callback-501"))
    assert (gone["errorCode"], gone["errorMessage"]) == (501, "a code that the profile has no text for")


def test_a_path_is_another_one(on: Written) -> None:
    mine = on("base_path: /suno\noperations: {extend: {path: /api/v2/extend, price: 3}, generate: {price: 0}}")
    headers = {"Authorization": "Bearer key", "Content-Type": "application/json"}
    answer = mine.http.post("/suno/api/v2/extend", json=request(callBackUrl=mine.receiver.url), headers=headers)
    assert answer.json()["code"] == 200
    assert mine.http.get("/suno/api/v1/chat/credit", headers=headers).json()["data"] == 999_997
    missing = mine.http.post("/api/v1/generate/extend", headers=headers).json()["msg"]
    assert "Here POST /suno/api/v2/extend extends a track." in missing
    assert "/suno/api/v2/extend" in mine.http.get("/openapi.json").json()["paths"]


def test_a_reading_of_ones_own_is_picked(on: Written) -> None:
    mine = on(
        "readings:\n"
        "  retry_spacing: {fast: {says: after 3 seconds, value: [3]}}\n"
        "  create_time: {minutes: {says: without seconds, value: '%Y-%m-%d %H:%M'}}\n"
        "picks: {retry_spacing: fast, create_time: minutes}",
        epoch="2025-01-01T00:00:00Z",
    )
    assert mine.finished(mine.extend())["createTime"] == "2025-01-01 00:00"
    mine.receiver.answer = lambda received: 500
    task_id = mine.extend().json()["data"]["taskId"]
    mine.advance(34)
    assert mine.outcomes(task_id) == [("text", "refused")] * 2


def test_callbacks_are_signed(on: Written) -> None:
    signature = "{header: X-Signature, timestamp_header: X-Time, signs: '{task_id}.{timestamp}', key: secret}"
    mine = on(f"callbacks: {{headers: {{X-From: mine}}, signature: {signature}}}", epoch="2025-01-01T00:00:00Z")
    task_id = mine.extend().json()["data"]["taskId"]
    mine.advance(30)
    (callback,) = mine.callbacks(task_id)
    timestamp = callback.headers["X-Time"]
    expected = hmac.digest(b"secret", f"{task_id}.{timestamp}".encode(), "sha256")
    assert timestamp == "1735689630"
    assert callback.headers["X-From"] == "mine"
    assert callback.headers["X-Signature"] == b64encode(expected).decode()


def test_a_rate_is_limited_by_the_profile(on: Written) -> None:
    mine = on("rate_limit: {requests: 1, seconds: 10}")
    assert [mine.extend().json()["code"] for _ in range(2)] == [200, 429]


def test_a_stage_is_drawn_and_may_be_skipped(on: Written) -> None:
    stages = "stages: {text: {at: [10, 20], skipped: 0.5}, first: {at: {0: 30, 0.9: 40, 1: 100}}, complete: {at: 180}}"
    mine = on(stages, pace="manual")
    started = [mine.extend().json()["data"]["taskId"] for _ in range(20)]
    mine.advance(9)
    assert not mine.receiver.received
    told = []
    for _ in range(11):
        mine.advance(1)
        told.append(len(mine.receiver.received))
    assert 0 < told[5] < told[-1] < len(started)
    mine.advance(160)
    courses = [[each.json()["data"]["callbackType"] for each in mine.callbacks(task_id)] for task_id in started]
    assert {tuple(course) for course in courses} == {("text", "first", "complete"), ("first", "complete")}


def test_a_refusal_says_what_the_profile_says(on: Written) -> None:
    texts = (
        "texts:\n"
        '  length: "The length of {field} cannot exceed {limit} characters"\n'
        "  required: '{field} cannot be null'\n"
        "  extend.audioId.known: no such audio\n"
        "  unauthorized: 'Unauthorized.'\n"
    )
    mine = on(texts)
    assert mine.extend(title="x" * 81).json()["msg"] == "The length of title cannot exceed 80 characters"
    assert mine.extend(model=..., audioId=...).json()["msg"] == "audioId cannot be null; model cannot be null"
    assert mine.extend(audioId="nothing").json()["msg"] == "no such audio"
    assert mine.extend(key=None).json()["msg"] == "Unauthorized."
    assert mine.extend(model=..., style=5).json()["msg"].startswith("Validation Error - ")
    assert mine.extend(prefer="code=401").json()["msg"].startswith("Unauthorized - Authentication")


def test_the_first_broken_rule_alone_is_told(on: Written) -> None:
    answer = on("tells: first").extend(model=..., audioId=...)
    assert answer.headers["suno-mock-rules"] == "extend.audioId.required"
    assert "model" not in answer.json()["msg"]


def test_the_checks_have_another_order(on: Written) -> None:
    mine = on("checks: [key, credits]")
    assert mine.extend(key="empty-key", prompt=...).json()["code"] == 402
    assert mine.extend(prompt=...).json()["code"] == 422


def test_source_tracks_personas_and_the_number_of_tracks_are_data(on: Written) -> None:
    track = "{id: mine, model: V5, duration: 50, title: Mine}"
    mine = on(f"tracks: [{track}]\npersonas: [me]\ntracks_per_task: 3")
    accepted = mine.extend(audioId="mine", model="V5", continueAt=9, personaId="me")
    assert len(mine.finished(accepted)["response"]["sunoData"]) == 3
    assert mine.extend(audioId="e231").json()["code"] == 404
    assert mine.extend(audioId="mine", model="V5", continueAt=9, personaId="persona_123").json()["code"] == 404


def test_a_limit_without_a_quote_stands_in_the_profile(on: Written) -> None:
    mine = on("limits: {generate: [{models: [V4], characters: {title: 3}}]}")
    assert mine.generate(title="four").json()["msg"].endswith(f"(generate.title.length, {mine.profile}:{MODELS})")


def test_the_rate_of_a_profile_can_be_taken_away(on: Written) -> None:
    mine = on("rate_limit: {requests: 1, seconds: 10}\npoll_limit: {requests: 1, seconds: 10}", rate_limit="none")
    accepted = [mine.extend() for _ in range(2)]
    assert [each.json()["code"] for each in accepted] == [200, 200]
    assert mine.finished(accepted[0])["status"] == mine.finished(accepted[0])["status"] == "SUCCESS"


def test_answers_have_members_headers_and_statuses_of_their_own(on: Written) -> None:
    form = "answers: {members: {success: true, trace: null}, headers: {X-Served: mine}, statuses: {402: 402, 500: 200}}"
    mine = on(f"{form}\npicks: {{refusal_status: envelope, server_error_status: http_500}}")
    answers = [mine.extend(), mine.extend(prompt=...), mine.extend(key="empty-key"), mine.extend(prefer="code=500")]
    assert [(each.json()["code"], each.status_code) for each in answers] == [
        (200, 200),
        (422, 200),
        (402, 402),
        (500, 200),
    ]
    record = mine.http.get("/api/v1/chat/credit", headers={"Authorization": "Bearer key"})
    for each in (*answers, record):
        assert (each.json()["success"], each.json()["trace"], each.headers["x-served"]) == (True, None, "mine")
    assert answers[1].headers["suno-mock-rules"] == "extend.prompt.required"


def test_an_answer_takes_its_time(on: Written) -> None:
    mine = on("answers: {latency: 0.05}")
    began = perf_counter()
    assert mine.extend().json()["code"] == 200
    assert perf_counter() - began >= 0.05


def test_tracks_have_other_members_by_stage(on: Written) -> None:
    mine = on(
        "callbacks: {members: {event: music}}\n"
        "track_members:\n"
        "  callbacks: {first: {members: {lyrics: null}, without: [tags, prompt]}}\n"
        "  records: {complete: {members: {variety: 1}}}\n"
    )
    record = mine.finished(mine.extend())
    _, first, complete = [each.json() for each in mine.callbacks(record["taskId"])]
    assert (first["event"], complete["event"]) == ("music", "music")
    (track,) = first["data"]["data"]
    assert track["lyrics"] is None
    assert not {"tags", "prompt"} & track.keys()
    assert {"tags", "prompt"} <= complete["data"]["data"][0].keys()
    assert [each["variety"] for each in record["response"]["sunoData"]] == [1, 1]


def test_the_files_of_tracks_are_where_the_profile_says(on: Written) -> None:
    mine = on("media_path: /cdn/s")
    record = mine.finished(mine.extend())
    url = record["response"]["sunoData"][0]["audioUrl"]
    wav = {"taskId": record["taskId"], "audioId": record["response"]["sunoData"][0]["id"]}
    mine.post("wav", **wav, callBackUrl=mine.receiver.url)
    mine.advance(20)
    of_wav = mine.receiver.received[-1].json()["data"]["audioWavUrl"]
    for each in (url, of_wav):
        assert each.startswith(f"{mine.http.base_url}/cdn/s/".replace("//cdn", "/cdn"))
        assert httpx.get(each).status_code == 200
    assert httpx.get(url.replace("/cdn/s/", "/")).status_code == 404


def test_ids_look_as_the_profile_says(on: Written) -> None:
    mine = on("ids: {task: 'task_{id}', track: '{id}_v1'}")
    record = mine.finished(mine.extend())
    (first, second) = record["response"]["sunoData"]
    assert record["taskId"].startswith("task_")
    assert (len(record["taskId"]), first["id"][-3:], second["id"][-3:]) == (37, "_v1", "_v1")
    assert mine.http.get(first["audioUrl"]).status_code == 200
    assert mine.extend(audioId=first["id"], continueAt=9).json()["code"] == 200


@pytest.mark.parametrize(("word", "left"), [("all", 100), ("none", 88)])
def test_a_failure_gives_the_price_back_where_the_profile_says_so(on: Written, word: str, left: int) -> None:
    mine = on(f"refunds: {word}", credits=100)
    assert mine.finished(mine.extend(prefer="scenario=callback-501"))["errorCode"] == 501
    assert mine.credits() == left
