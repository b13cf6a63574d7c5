"""Operations of each kind from files of one's own, beside a profile, over real sockets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.core.errors import BadSetting
from tests.journeys import Journey, journey

PROFILE: Final = """
format: 1
extends: apikley
base_path: /acme
operation_files: [jingle.yaml, jingle-state.yaml, slogan.yaml]
serves: [extend, generate, record-info, jingle, jingle-state, slogan]
operations:
  jingle: {characters: {text: 20}, callback: {by: acme}}
"""
JINGLE: Final = """
operations:
  jingle:
    kind: task
    method: POST
    path: /jingles
    price: 3
    does: makes a jingle
    words: [jingle]
    polled_by: jingle-state
    stages: {complete: {at: 5, msg: There it is.}}
    pending: WAITING
    statuses: {SUCCESS: 1, WAITING: 0, GENERATE_AUDIO_FAILED: 3}
    callback_codes: {501: No jingle.}
    callback: {jingleId: "{task_id}", said: "{request.text}, {request.text}"}
    failed: {jingleId: "{task_id}"}
    record: {id: "{task_id}", flag: "{status}", at: "{completed}", why: "{error_message}", result: "{response}"}
    response: {said: "{request.text}"}
---
paths:
  /jingles:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [text, callBackUrl]
              properties:
                text: {type: string}
                callBackUrl: {type: string, format: uri}
rules:
  - id: jingle.text.empty
    field: text
    quote: "text: {type: string}"
    schema: {properties: {text: {minLength: 1}}}
    allowed: a text that is not empty
"""
STATE: Final = """
operations:
  jingle-state: {kind: poll, method: GET, path: /jingles/state, does: tells how far a jingle is, words: [state]}
---
paths: {/jingles/state: {get: {responses: {}}}}
"""
SLOGAN: Final = """
operations:
  slogan:
    kind: answer
    method: POST
    path: /slogans
    does: makes a slogan
    words: [slogan]
    answer: {slogan: "Buy {request.what}!", left: "{credits}", words: [{text: "{request.what}", odd: "{absent}"}]}
---
paths:
  /slogans:
    post:
      requestBody:
        content: {application/json: {schema: {type: object, required: [what], properties: {what: {type: string}}}}}
rules: []
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("acme")
    files = {"profile.yaml": PROFILE, "jingle.yaml": JINGLE, "jingle-state.yaml": STATE, "slogan.yaml": SLOGAN}
    for name, text in files.items():
        (made / name).write_text(text, "utf-8")
    return made


@pytest.fixture(scope="module")
def on_acme(folder: Path) -> Iterator[Journey]:
    with journey(str(folder)) as started:
        yield started


def sent(started: Journey, path: str, key: str, prefer: str = "", **body: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Prefer": prefer}
    return started.http.post(f"/acme{path}", json=body, headers=headers)


def state(started: Journey, task_id: str, key: str) -> object:
    headers = {"Authorization": f"Bearer {key}"}
    return started.http.get("/acme/jingles/state", params={"taskId": task_id}, headers=headers).json()["data"]


def test_a_task_calls_back_and_is_polled_as_its_file_says(on_acme: Journey) -> None:
    answer = sent(on_acme, "/jingles", "one", text="la", callBackUrl=on_acme.receiver.url)
    task_id = answer.json()["data"]["taskId"]
    nothing = {"id": task_id, "flag": 0, "at": None, "why": None, "result": None}
    assert state(on_acme, task_id, "one") == nothing
    on_acme.advance(5)
    (callback,) = on_acme.callbacks(task_id)
    assert callback.json() == {
        "code": 200,
        "msg": "There it is.",
        "data": {"jingleId": task_id, "said": "la, la", "by": "acme"},
    }
    after = {"flag": 1, "at": "2025-01-01 00:00:05", "result": {"said": "la"}}
    assert state(on_acme, task_id, "one") == {**nothing, **after}
    assert sent(on_acme, "/slogans", "one", what="soap").json()["data"]["left"] == 1_000_000 - 3


def test_a_task_fails_as_its_file_says(on_acme: Journey) -> None:
    asked = {"text": "la", "callBackUrl": on_acme.receiver.url}
    task_id = sent(on_acme, "/jingles", "two", "scenario=callback-501", **asked).json()["data"]["taskId"]
    on_acme.advance(5)
    (callback,) = on_acme.callbacks(task_id)
    assert callback.json() == {"code": 501, "msg": "No jingle.", "data": {"jingleId": task_id}}
    failed = {"id": task_id, "flag": 3, "at": None, "why": "No jingle.", "result": None}
    assert state(on_acme, task_id, "two") == failed


def test_its_rules_are_those_of_its_file_and_of_the_profile(on_acme: Journey) -> None:
    for text, rule in (("", "jingle.text.empty"), ("a" * 21, "jingle.text.length")):
        refused = sent(on_acme, "/jingles", "three", text=text, callBackUrl=on_acme.receiver.url)
        assert refused.headers["suno-mock-rules"] == rule
    missing = sent(on_acme, "/jingles", "three", text="la")
    assert missing.headers["suno-mock-rules"] == "jingle.callBackUrl.required"


def test_what_is_answered_at_once_is_what_its_file_says(on_acme: Journey) -> None:
    answer = sent(on_acme, "/slogans", "four", what="soap").json()
    said = {"slogan": "Buy soap!", "left": 1_000_000, "words": [{"text": "soap"}]}
    assert answer == {"code": 200, "msg": "success", "data": said}
    assert sent(on_acme, "/slogans", "four").headers["suno-mock-rules"] == "slogan.what.required"


def test_its_document_has_them_all(on_acme: Journey) -> None:
    paths = on_acme.http.get("/openapi.json").json()["paths"]
    assert {"/acme/jingles", "/acme/jingles/state", "/acme/slogans", "/acme/api/v1/generate/extend"} <= set(paths)


def test_what_nobody_can_make_is_told(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_text(file.read_text("utf-8").replace("    price: 3", "    makes: lyrisc"), "utf-8")
    with pytest.raises(BadSetting) as refused:
        create_app(Settings(profile=str(tmp_path)))
    said = str(refused.value)
    assert said.startswith("operations.jingle.makes is 'lyrisc'. Nearest: lyrics. Allowed: tracks, lyrics, ")
    assert said.endswith(", stems, or none.")
