"""Journeys over real sockets on the profiles of the providers that come with the mock."""

import hmac
import re
from base64 import b64encode
from typing import Any

import pytest

from mock_server.contract.operations import path
from mock_server.contract.profile_check import problems
from mock_server.contract.profile_files import profile_names
from tests.journeys import Journey, journey
from tests.provider_page import PAGE, page

PROVIDERS = ("kie", "sunoapi")
WAIT = 10
"""Seconds within which an account may start 20 tasks, with both."""


def credits_at(started: Journey, operation: str) -> object:
    answer = started.http.get(path(operation), headers={"Authorization": "Bearer key"})
    return answer.json()["data"] if answer.status_code == 200 else None


@pytest.mark.parametrize("name", profile_names())
def test_each_profile_of_ours_passes_its_own_check(name: str) -> None:
    assert problems(name) == []


@pytest.mark.parametrize("profile", PROVIDERS)
def test_a_track_of_the_newest_model_is_made_and_extended(profile: str) -> None:
    with journey(profile) as started:
        (track, _) = started.finished(started.generate(model="V5_5", title="x" * 80))["response"]["sunoData"]
        answer = started.extend(audioId=track["id"], model="V5_5", continueAt=9)
        record = started.finished(answer)
        told = [each.json()["data"] for each in started.callbacks(record["taskId"])]
    assert [each["callbackType"] for each in told] == ["text", "first", "complete"]
    assert (record["status"], record["type"]) == ("SUCCESS", "chirp-fenix")
    assert {type(each["createTime"]) for each in told[-1]["data"]} == {int}


def test_kie_signs_callbacks_and_lists_one_track_at_first() -> None:
    with journey("kie") as started:
        record = started.finished(started.extend())
        text, first, complete = started.callbacks(record["taskId"])
    items = [each.json()["data"]["data"] for each in (text, first, complete)]
    assert [len(each) for each in items] == [0, 1, 2]
    assert "source_audio_url" not in items[2][0]
    signed = f"{record['taskId']}.{complete.headers['X-Webhook-Timestamp']}".encode()
    expected = hmac.digest(b"mock-webhook-hmac-key", signed, "sha256")
    assert complete.headers["X-Webhook-Signature"] == b64encode(expected).decode()


def test_the_page_verifies_what_kie_signs() -> None:
    page = (PAGE.parent / "callbacks.md").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], names)
    with journey("kie") as started:
        record = started.finished(started.extend())
        callback = started.callbacks(record["taskId"])[0]
    assert names["is_genuine"](callback.headers, callback.json())
    assert not names["is_genuine"](callback.headers, callback.json(), "another-key")


@pytest.mark.parametrize(
    ("profile", "changes", "msg"),
    [
        ("kie", {"callBackUrl": ...}, "Please enter callBackUrl."),
        ("kie", {"continueAt": 0.5}, "continueAt cannot be empty or less than 1"),
        ("sunoapi", {"model": ...}, "model cannot be null"),
        ("sunoapi", {"style": "x" * 1001, "model": "V5"}, "The length of music style cannot exceed 1000 characters"),
    ],
)
def test_a_broken_rule_is_told_as_captures_have_it(profile: str, changes: dict[str, Any], msg: str) -> None:
    with journey(profile) as started:
        assert started.extend(**changes).json()["msg"] == msg


def test_a_model_that_is_newer_is_refused_with_the_way_out() -> None:
    with journey("apikley") as started:
        newer, unknown = (started.extend(model=model).json()["msg"] for model in ("V5_5", "V99"))
        assert newer.endswith("; kie and sunoapi have it: --profile kie or --profile sunoapi, or here --model V5_5=V5")
        assert "have it" not in unknown
        assert (
            started.generate(model="V3_5")
            .json()["msg"]
            .endswith("classic has it: --profile classic, or here --model V3_5=V5")
        )


@pytest.mark.parametrize("changes", [{"instrumental": "yes"}, {"personaModel": "style"}], ids=str)
def test_kie_knows_the_members_of_its_own(changes: dict[str, Any]) -> None:
    with journey("kie") as started:
        track = "5b2e6fd4-a807-415e-8269-bf70d1425e06"
        accepted = started.extend(audioId=track, model="V5", instrumental=False, personaModel="voice_persona").json()
        refused = started.extend(**changes).json()
    (name,) = changes
    assert (accepted["code"], refused["code"]) == (200, 422)
    assert f"(extend.{name}." in refused["msg"]
    assert "kie.openapi.yaml:" in refused["msg"]


@pytest.mark.parametrize(
    ("operation", "changes", "rule"),
    [
        pytest.param("extend", {"instrumental": True}, "extend.prompt.instrumental", id="words of no voice"),
        pytest.param("extend", {"instrumental": True, "prompt": ...}, "extend.vocalGender.instrumental", id="voice"),
        pytest.param("extend", {"instrumental": True, "prompt": ..., "vocalGender": ...}, "", id="no voice"),
        pytest.param("extend", {"instrumental": False, "prompt": ...}, "extend.prompt.custom", id="no words"),
        pytest.param("extend", {"personaModel": "style_persona"}, "extend.personaModel.model", id="persona of V4"),
        pytest.param("generate", {"prompt": ...}, "generate.prompt.required", id="prompt in any mode"),
        pytest.param("generate", {"customMode": False, "prompt": "x" * 3000}, "", id="long description"),
        pytest.param(
            "generate", {"customMode": False, "prompt": "x" * 3001}, "generate.prompt.description", id="longer"
        ),
        pytest.param("generate", {"model": "V5", "duration": 20}, "generate.duration.model", id="duration of V5"),
        pytest.param("generate", {"model": "V5_5", "duration": 9}, "generate.duration.minimum", id="short"),
        pytest.param("generate", {"model": "V5_5", "duration": 10.5}, "", id="as short as can be"),
    ],
)
def test_kie_has_rules_of_its_own(operation: str, changes: dict[str, Any], rule: str) -> None:
    with journey("kie") as started:
        answer = getattr(started, operation)(**changes).json()
    told = re.findall(r"\(([a-z]+\.[\w.]+), [\w./]+:\d+\)", answer["msg"])
    assert (answer["code"], told[:1]) == ((422, [rule]) if rule else (200, []))


@pytest.mark.parametrize("operation", ["extend", "generate"])
def test_sunoapi_knows_what_a_persona_is(operation: str) -> None:
    with journey("sunoapi") as started:
        ask = getattr(started, operation)
        answers = [ask(personaModel=kind).json() for kind in ("voice_persona", "voice")]
    assert [each["code"] for each in answers] == [200, 400]
    assert "allowed: style_persona, voice_persona" in answers[1]["msg"]
    assert "sunoapi.yaml:" in answers[1]["msg"]


def test_sunoapi_lists_both_tracks_with_their_sources() -> None:
    with journey("sunoapi") as started:
        record = started.finished(started.extend())
        bodies = [each.json() for each in started.callbacks(record["taskId"])]
    assert [len(each["data"]["data"]) for each in bodies] == [2, 2, 2]
    assert bodies[1]["msg"] == "First audio generated successfully."
    assert bodies[2]["data"]["data"][0]["source_audio_url"]


@pytest.mark.parametrize(
    ("profile", "wrong", "poor", "fast"),
    [pytest.param("kie", 422, 402, 429, id="kie"), pytest.param("sunoapi", 400, 429, 430, id="sunoapi")],
)
def test_429_means_too_fast_here_and_too_poor_there(profile: str, wrong: int, poor: int, fast: int) -> None:
    with journey(profile) as started:
        assert started.extend(callBackUrl=...).json()["code"] == wrong
        assert "credits are insufficient" in started.extend(key="empty-key").json()["msg"]
        assert started.extend(key="empty-key").json()["code"] == poor
        refused = next(answer for answer in (started.extend() for _ in range(21)) if answer.json()["code"] != 200)
        assert refused.json()["code"] == fast
        assert refused.json()["msg"].startswith("Your call frequency is too high. Please try again later")
        started.advance(WAIT)
        assert started.extend().json()["code"] == 200


@pytest.mark.parametrize(
    ("profile", "code", "text", "items"),
    [
        pytest.param("kie", 501, "Audio generation failed.", [], id="kie"),
        pytest.param("sunoapi", 400, "Music extension failed", None, id="sunoapi"),
    ],
)
def test_a_failure_is_an_error(profile: str, code: int, text: str, items: object) -> None:
    with journey(profile) as started:
        record = started.finished(started.extend(prefer=f"scenario=callback-{code}"))
        failed = started.callbacks(record["taskId"])[-1].json()
    assert (failed["code"], failed["msg"]) == (code, text)
    assert (failed["data"]["callbackType"], failed["data"]["data"]) == ("error", items)
    assert (record["errorCode"], record["errorMessage"]) == (code, text)


@pytest.mark.parametrize(
    ("profile", "here", "elsewhere"),
    [("kie", "chat-credit", "generate-credit"), ("sunoapi", "generate-credit", "chat-credit")],
)
def test_the_credits_are_at_the_providers_path(profile: str, here: str, elsewhere: str) -> None:
    with journey(profile, credits=100) as started:
        assert started.extend().json()["code"] == 200
        assert credits_at(started, here) == 88.0
        assert credits_at(started, elsewhere) is None


@pytest.mark.parametrize(("asked", "profile"), [("code=433", "kie"), ("code=405", "sunoapi"), ("code=413", "sunoapi")])
def test_a_code_of_one_provider_can_be_asked_for(asked: str, profile: str) -> None:
    with journey(profile) as started:
        refused = started.extend(prefer=asked).json()
    assert (refused["code"], refused["data"]) == (int(asked[-3:]), None)
    assert refused["msg"]


def test_the_page_of_the_providers_is_made_from_their_profiles() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.provider_page writes it anew"
