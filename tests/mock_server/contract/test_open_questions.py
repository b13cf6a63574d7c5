"""Every refusal that rests on an open question says so: the reading, why it is open, and how it is changed."""

import json
import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import create_app
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.editions import Edition
from mock_server.contract.open_questions import violations
from mock_server.contract.operations import EXTEND, PERSONA, RECORD_INFO, path
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_names
from mock_server.contract.questions import Register
from mock_server.core.settings import Settings
from tests.bodies import bodies
from tests.builders import RecordingDelivery, edition, editions, generation, request
from tests.clients import client, poll

pytestmark = pytest.mark.anyio

SET = re.compile(r"--set (\w+)=(\w+)")
QUESTIONS = Register.read().questions
ORIGINAL = {"defaultParamFlag": False, "personaId": ...}


def served(profile: str, *readings: str) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """A client of a mock where every task is complete at once."""
    settings = Settings(profile=profile, pace="immediate", readings=" ".join(readings))
    return client(create_app(settings, delivery=RecordingDelivery()))


async def extended(http: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await http.post(path(EXTEND), json=request(**changes))).json()
    return answer


async def polled(http: httpx.AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await poll(http, "unknown")).json()
    return answer


async def made_twice(http: httpx.AsyncClient) -> dict[str, Any]:
    started = (await http.post(path("generate"), json=generation())).json()["data"]["taskId"]
    track = (await poll(http, started)).json()["data"]["response"]["sunoData"][0]["id"]
    about = {"taskId": started, "audioId": track, "name": "Calm", "description": "A calm voice"}
    for _ in range(2):
        answer: dict[str, Any] = (await http.post(path(PERSONA), json=about)).json()
    return answer


CASES: Mapping[str, tuple[str, Any, str]] = {
    "prompt_required=always": ("extend", ORIGINAL | {"prompt": ...}, "prompt is missing; allowed: a string"),
    "continue_at_min=at_least_1": ("extend", {"continueAt": 0.5}, "continueAt is 0.5; allowed: 1 or more"),
    "v4_5all_title=80": (
        "extend",
        {"audioId": "mock-200", "model": "V4_5ALL", "title": "x" * 90},
        "title has 90 characters",
    ),
    "empty_text=refused": ("extend", {"style": ""}, 'style is ""'),
    "extra_properties=refused": ("extend", {"tempo": 90}, 'body has the unknown properties "tempo"'),
    "string_length=utf16": ("extend", {"title": "😀" * 60}, "title has 120 UTF-16 units"),
    "persona_without_custom=refused": ("extend", ORIGINAL | {"personaId": "persona_123"}, "personaId is"),
    "unknown_audio=not_found": ("extend", {"audioId": "x"}, 'audioId "x" is unknown'),
    "unknown_audio=invalid": ("extend", {"audioId": "x"}, 'audioId "x" is unknown'),
    "model_mismatch=refused": ("extend", {"model": "V5"}, 'model is "V5"; allowed: V4'),
    "unknown_task=not_found": ("poll", None, "no task 'unknown' under this key"),
    "unknown_task=invalid": ("poll", None, "recordInfo is null"),
    "persona_twice=conflict": ("persona", None, "has a persona already"),
}
"""By the reading that refuses: what is sent, and how the refusal begins."""


async def answered(reading: str, case: tuple[str, Any, str]) -> dict[str, Any]:
    async with served("apikley", reading) as http:
        kind, changes, _ = case
        if kind == "extend":
            return await extended(http, **changes)
        return await (polled(http) if kind == "poll" else made_twice(http))


@pytest.mark.parametrize("reading", CASES)
async def test_a_refusal_names_its_question_and_the_way_to_another_answer(reading: str) -> None:
    question = QUESTIONS[reading.partition("=")[0]]
    refused = await answered(reading, CASES[reading])
    begins, said = CASES[reading][2], refused["msg"]
    assert begins in said
    assert f"read as {reading}, {question.why}: --set {question.id}=" in said
    ways = SET.findall(said)
    assert ways
    for name, other in ways:
        assert f"--set {name}={other} ({question.readings[other].says})" in said
        assert (await answered(f"{name}={other}", CASES[reading]))["code"] != refused["code"]


def test_every_question_that_may_refuse_says_why_it_is_open() -> None:
    entries = load(OPENAPI / "questions.yaml")
    explained = {entry["id"] for entry in entries if "why" in entry}
    assert explained == {reading.partition("=")[0] for reading in CASES}
    profiles = [Profile.read(name) for name in profile_names()]
    assert {question for each in profiles for rule in each.every_rule() for question in rule.when} <= explained


def test_the_text_is_one_sentence_behind_the_rule() -> None:
    (violation,) = violations(edition(), EXTEND, request(**ORIGINAL, prompt=...))
    assert str(violation) == (
        f"prompt is missing; allowed: a string (extend.prompt.required, {violation.place}); "
        "read as prompt_required=always, the documents disagree: "
        "--set prompt_required=custom_only (required only where the prose asks for it)"
    )


@pytest.mark.parametrize(
    ("readings", "changes"),
    [
        pytest.param([], {"prompt": ...}, id="custom mode needs a prompt, anyhow"),
        pytest.param(["continue_at_min=at_least_1"], {"continueAt": 0}, id="not above 0, either"),
        pytest.param([], {"model": "V4_5ALL", "title": "x" * 101}, id="too long for its siblings, too"),
        pytest.param(["string_length=utf16"], {"title": "x" * 81}, id="too long in every unit"),
        pytest.param([], {"continueAt": "60"}, id="no question at all"),
    ],
)
def test_a_refusal_that_every_reading_makes_names_no_question(readings: list[str], changes: dict[str, Any]) -> None:
    (violation,) = violations(edition("apikley", *readings), EXTEND, request(**changes))
    assert "--set" not in str(violation)


def test_two_questions_may_have_to_be_answered_otherwise() -> None:
    judged = edition("apikley", "string_length=utf16")
    (violation,) = violations(judged, EXTEND, request(model="V4_5ALL", title="😀" * 90))
    assert violation.note == (
        "read as v4_5all_title=80 and string_length=utf16, "
        "the document may have a slip here, the documents do not say: "
        "--set v4_5all_title=100 --set string_length=code_points "
        "(100 characters like its siblings; 80 is a slip, one Unicode code point)"
    )


async def test_a_task_that_was_not_named_rests_on_no_question() -> None:
    async with served("apikley", "unknown_task=invalid") as http:
        answer = await http.get(path(RECORD_INFO))
        assert "--set" not in answer.json()["msg"]


def fields(judged: Edition, body: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in judged.contract(EXTEND).violations(body):
        found.setdefault(each.field, set()).add(each.rule)
    return found


OF_RULES = sorted({question for rule in edition().profile.rules(EXTEND) for question in (*rule.when, "string_length")})
VARYING = [editions(name).under((("all", "vary"),)) for name in profile_names()]
judges = st.builds(lambda varying, number: varying.draw(number), st.sampled_from(VARYING), st.integers(0, 200))


@settings(max_examples=100, deadline=None)
@given(judges, bodies("apikley").map(json.loads), st.sampled_from(OF_RULES))
def test_a_question_is_named_where_it_decides_and_nowhere_else(judged: Edition, body: Any, question: str) -> None:
    """Where one reading alone would let a field pass, each of its refusals names the question, and else none does."""
    before = fields(judged, body)
    for violation in violations(judged, EXTEND, body):
        named = {reading for name, reading in SET.findall(violation.note) if name == question}
        alone = {
            reading
            for reading in QUESTIONS[question].readings
            if fields(judged.reread({question: reading}), body).get(violation.field, set())
            <= before[violation.field] - {violation.rule}
        }
        assert named == alone or (not alone and " --set " in violation.note)


async def test_a_profile_says_which_broken_rule_is_told_first(tmp_path: Path) -> None:
    wrong = {"audioId": 5, "vocalGender": "x", "style": 5}
    told = {}
    for order in ("", "order: [extend.vocalGender.enum, extend.style.type]"):
        file = tmp_path / f"{len(order)}.yaml"
        file.write_text(f"format: 1\nextends: apikley\ntells: first\n{order}\n", "utf-8")
        async with served(str(file)) as http:
            told[order] = (await extended(http, **wrong))["msg"].partition(": ")[2]
    first, moved = told.values()
    assert first.startswith("audioId is 5; allowed: ")
    assert moved.startswith('vocalGender is "x"; allowed: ')
