"""The register of open questions, and that every reading makes a difference."""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from itertools import combinations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import create_app
from mock_server.contract.editions import Edition
from mock_server.contract.operations import GENERATE, PERSONA, path
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import picked, profile_file, profile_names
from mock_server.contract.questions import Readings, Register
from mock_server.contract.scenarios import Step
from mock_server.core.errors import BadSetting, Forced, Invalid, NotFound
from mock_server.core.settings import Settings
from mock_server.domain import callback_body, state_rules
from mock_server.domain.answer import Answer, refused
from mock_server.domain.generated_tracks import create_time
from mock_server.domain.polling_body import record
from tests.builders import (
    COMPLETE,
    CREATED,
    SOURCE,
    TRACK_MAKER,
    RecordingDelivery,
    edition,
    generation,
    request,
    task,
)
from tests.clients import client, poll

QUESTIONS = Register.read().questions
APIKLEY = profile_file("apikley")["picks"]


def refusal(judged: Edition) -> Answer:
    return refused(NotFound("no track"), judged)


def failure(judged: Edition) -> bytes:
    return callback_body.body(task(under=judged, scenario="callback-501"), Step(stage="first"), TRACK_MAKER)


def accepts_another_model(judged: Edition) -> bool:
    try:
        state_rules.enforce_source(request(model="V5"), SOURCE, judged)
    except Invalid:
        return False
    return True


def served(judged: Edition) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """A client of a mock that reads the documents as the edition does, where every task is complete at once."""
    settings = Settings(profile=judged.profile.name, pace="immediate", readings=judged.names)
    return client(create_app(settings, delivery=RecordingDelivery()))


async def polled_unknown(judged: Edition) -> tuple[int, str]:
    async with served(judged) as http:
        answer = await poll(http, "no-such-task")
    return answer.json()["code"], answer.text


async def made_twice(judged: Edition) -> tuple[int, str]:
    """The answer to a second persona of one track, under another name."""
    async with served(judged) as http:
        task_id = (await http.post(path(GENERATE), json=generation())).json()["data"]["taskId"]
        tracks = (await poll(http, task_id)).json()["data"]["response"]["sunoData"]
        about = {"taskId": task_id, "audioId": tracks[0]["id"], "description": "A calm voice"}
        for name in ("Calm", "Loud"):
            answer = await http.post(path(PERSONA), json={**about, "name": name})
    return answer.json()["code"], answer.text


async def counted(judged: Edition) -> str:
    async with served(judged) as http:
        return (await http.get(path("chat-credit"))).text


PROBES: Mapping[str, Callable[[Edition], object]] = {
    "refusal_status": lambda judged: refusal(judged).status,
    "server_error_status": lambda judged: refused(Forced(500, "500", ""), judged).status,
    "error_data": lambda judged: refusal(judged).body,
    "content_type": lambda judged: refusal(judged).content_type,
    "prompt_required": lambda judged: judged.contract("extend").accepts(
        request(defaultParamFlag=False, prompt=..., personaId=...)
    ),
    "continue_at_min": lambda judged: judged.contract("extend").accepts(request(continueAt=0.5)),
    "v4_5all_title": lambda judged: judged.contract("extend").accepts(request(model="V4_5ALL", title="x" * 100)),
    "empty_text": lambda judged: judged.contract("extend").accepts(request(title="")),
    "extra_properties": lambda judged: judged.contract("extend").accepts(request(tempo=90)),
    "string_length": lambda judged: [judged.contract("extend").accepts(request(title=char * 80)) for char in "é😀"],
    "persona_without_custom": lambda judged: judged.contract("extend").accepts(request(defaultParamFlag=False)),
    "unknown_audio": lambda judged: state_rules.unknown_audio(request(), [], judged).code,
    "model_mismatch": accepts_another_model,
    "unknown_task": lambda judged: asyncio.run(polled_unknown(judged)),
    "text_items": lambda judged: len(TRACK_MAKER.listed(task(under=judged), "text")),
    "first_items": lambda judged: len(TRACK_MAKER.listed(task(under=judged), "first")),
    "record_items": lambda judged: len(TRACK_MAKER.polled(task(under=judged), "first")),
    "create_time": lambda judged: create_time(task(under=judged)),
    "source_urls": lambda judged: callback_body.body(task(under=judged), Step(stage="complete"), TRACK_MAKER),
    "failure_type": failure,
    "failure_data": failure,
    "received_statuses": lambda judged: judged.readings.received_statuses,
    "retry_spacing": lambda judged: judged.readings.retry_spacing,
    "after_giving_up": lambda judged: judged.readings.after_giving_up,
    "callback_order": lambda judged: judged.readings.callback_order,
    "callback_exception": lambda judged: record(
        task(under=judged, scenario="undeliverable"), CREATED + COMPLETE, TRACK_MAKER
    )["response"],
    "persona_twice": lambda judged: asyncio.run(made_twice(judged)),
    "credits_number": lambda judged: asyncio.run(counted(judged)),
}
"""Per question, what can be observed of its reading. Those that are bare readings are read by the scheduler, see its
tests."""


def test_every_question_is_probed() -> None:
    assert list(PROBES) == list(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_reading_changes_something(question: str) -> None:
    seen = {name: PROBES[question](edition("apikley", f"{question}={name}")) for name in QUESTIONS[question].readings}
    assert len(seen) > 1
    for one, other in combinations(seen, 2):
        assert seen[one] != seen[other], f"{one} and {other} look the same"


def test_a_question_is_read_or_decides_which_rules_hold() -> None:
    read = [field.name for field in dataclasses.fields(Readings)]
    profiles = [Profile.read(name) for name in profile_names()]
    decided = {question for profile in profiles for rule in profile.every_rule() for question in rule.when}
    assert [name for name in QUESTIONS if name in read] == read
    assert {*QUESTIONS} - {*read} <= decided


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_profile_picks_a_reading(question: str) -> None:
    found = QUESTIONS[question]
    assert set(picked(question).values()) <= set(found.readings)


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_names_its_sources(question: str) -> None:
    found = QUESTIONS[question]
    assert found.question.endswith("?")
    assert found.sources
    assert found.decided_by


def test_a_question_is_found_by_name() -> None:
    assert Register.read().named("text_items").id == "text_items"


@pytest.mark.parametrize(
    ("override", "text"),
    [
        pytest.param(
            {"text_item": "both"},
            f"question 'text_item' is unknown. Nearest: text_items. Known: {', '.join(sorted(QUESTIONS))}.",
            id="an unknown question",
        ),
        pytest.param(
            {"text_items": "bth"},
            "reading of text_items 'bth' is unknown. Nearest: both. Known: both, none, vary.",
            id="an unknown reading",
        ),
        pytest.param(
            {"all": "both"},
            "reading of all 'both' is unknown. Nearest: vary. Known: vary.",
            id="one reading of all",
        ),
    ],
)
def test_a_wrong_override_is_refused(override: dict[str, str], text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Register.read().choices(APIKLEY, override)
    assert str(refused.value) == text


@pytest.mark.parametrize("profile", profile_names())
def test_without_overrides_picks_hold(profile: str) -> None:
    picks = profile_file(profile)["picks"]
    choices = Register.read().choices(picks, {})
    assert choices == tuple((picks[question],) for question in QUESTIONS)


@pytest.mark.parametrize(
    ("overrides", "chosen"),
    [
        pytest.param({"string_length": "utf16"}, ("utf16",), id="one reading"),
        pytest.param({"string_length": "vary"}, ("code_points", "utf16", "bytes"), id="this one varies"),
        pytest.param({"all": "vary"}, ("code_points", "utf16", "bytes"), id="all vary"),
        pytest.param({"all": "vary", "string_length": "bytes"}, ("bytes",), id="all others vary"),
        pytest.param({"first_items": "vary"}, ("code_points",), id="another one varies"),
    ],
)
def test_an_override_replaces_the_pick(overrides: dict[str, str], chosen: tuple[str, ...]) -> None:
    choices = dict(zip(QUESTIONS, Register.read().choices(APIKLEY, overrides), strict=True))
    assert choices["string_length"] == chosen


@settings(max_examples=60, deadline=None)
@given(st.integers(), st.lists(st.text() | st.integers(), max_size=3))
def test_a_draw_settles_every_question(seed: int, request_names: list[str | int]) -> None:
    register = Register.read()
    choices = register.choices(APIKLEY, {"all": "vary"})
    names = register.draw(choices, seed, *request_names)
    assert all(name in possible for name, possible in zip(names, choices, strict=True))
    assert register.draw(choices, seed, *request_names) == names


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_settled_values_are_the_readings(data: st.DataObject) -> None:
    register = Register.read()
    names = tuple(data.draw(st.sampled_from(list(question.readings))) for question in QUESTIONS.values())
    values = dataclasses.asdict(register.settle(names))
    picked = dict(zip(QUESTIONS, names, strict=True))
    assert values == {name: QUESTIONS[name].readings[picked[name]].value for name in values}


def test_a_reading_is_its_own_value() -> None:
    readings = QUESTIONS["failure_type"].readings.values()
    assert all(reading.value == reading.name for reading in readings)


def test_a_list_becomes_a_tuple() -> None:
    assert QUESTIONS["retry_spacing"].readings["minutes"].value == (60, 300, 900)


def test_a_persona_is_made_again_under_its_new_name() -> None:
    code, text = asyncio.run(made_twice(edition("observed")))
    assert (code, '"name":"Loud"' in text) == (200, True)
    code, text = asyncio.run(made_twice(edition("apikley")))
    assert (code, "has a persona already; allowed: one per audioId" in text) == (409, True)


@pytest.mark.parametrize(("profile", "credits"), [("apikley", "1000000"), ("observed", "1000000.0")])
def test_credits_are_written_as_the_reading_says(profile: str, credits: str) -> None:
    assert asyncio.run(counted(edition(profile))) == f'{{"code":200,"msg":"success","data":{credits}}}'
