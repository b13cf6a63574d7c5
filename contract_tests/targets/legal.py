"""Legal servers: each does one thing otherwise, and breaks no sentence of a document."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, Behaviour, Json, Task
from contract_tests.targets.changes import (
    Change,
    Legal,
    answering,
    chained,
    checking,
    is_code,
    is_extend,
    is_poll,
    is_refusal,
    measured,
    reading,
    refusing,
    starting,
    with_members,
    without,
)
from contract_tests.targets.checks import Body, is_number, is_url, short_enough
from contract_tests.targets.edition import FLAG, LONG, TEXTS
from contract_tests.targets.legal_courses import of_courses

MSG: Final = "Error message when code != 200"
CODE: Final = "Response status code"
TASK: Final = "Task ID for tracking task status."
CUSTOM: Final = "Required when `defaultParamFlag` is `true`."
AUDIO: Final = "Unique identifier of the audio track to extend."
CHARACTERS: Final = "characters"
EXTENDED: Final = "type: object"
APIKLEY: Final = ("apikley",)


def legal() -> Iterator[Legal]:
    """All legal variants, each with what the documents say about it."""
    yield Legal(name="nothing otherwise", leaves_open=CODE, change=lambda behaviour: behaviour)
    yield from _answers()
    yield from _requests()
    yield from of_courses()


def _answers() -> Iterator[Legal]:
    success, refusal, every = is_code(200), is_refusal, is_extend
    for name, leaves_open, change in (
        ("success without msg", MSG, with_members(success, {"msg": GONE})),
        ("success with an empty msg", MSG, with_members(success, {"msg": ""})),
        ("refusals without data", EXTENDED, with_members(refusal, {"data": GONE})),
        ("refusals with empty data", EXTENDED, with_members(refusal, {"data": {}})),
        ("refusals with what is wrong in data", EXTENDED, with_members(refusal, {"data": {"field": "title"}})),
        ("more members in every answer", EXTENDED, with_members(every, {"timestamp": 1735689600000, "success": True})),
        ("more members beside taskId", EXTENDED, with_members(success, {"data": {"queue": 3}})),
        ("taskIds as UUIDs", TASK, _task_ids(lambda number: f"5c79be8e-0000-4000-8000-{number:012}")),
        ("taskIds with other characters", TASK, _task_ids(lambda number: f"task/{number}+=&")),
        ("a charset in answers", "application/json", answering(every, _kind("application/json;charset=utf-8"))),
        ("a content type in other letters", "application/json", answering(every, _kind("Application/JSON"))),
        ("a byte order mark before answers", "application/json", answering(every, _marked)),
        ("indented answers", "application/json", answering(every, _written(indent=2))),
        ("some answers that take 0.6 s", CODE, starting(_slowly)),
        ("headers of a rate limit", "Rate Limited", answering(every, _headers({"Retry-After": "1", "X-Limit": "20"}))),
        ("HTTP 500 with code 500", CODE, answering(is_code(500), lambda answer: replace(answer, status=500))),
        ("an unknown audioId is 404", "Not Found", answering(lambda asked, answer: _nobody(answer), _code(404))),
        ("an unknown task is code 200 with null", EXTENDED, answering(_no_task, _code(200, "success"))),
        ("an unknown task is 422", EXTENDED, answering(_no_task, _code(422, "recordInfo is null"))),
    ):
        yield Legal(name=name, leaves_open=leaves_open, change=change)


def _requests() -> Iterator[Legal]:
    for name, leaves_open, change in (
        ("any content type is read", "application/json", _media_types),
        ("UTF-16 is read", "application/json", _encodings),
        ("any URI is a callBackUrl", "The URL to receive music extension task completion updates.", _any_uri),
        ("an empty style is refused", CUSTOM, refusing(lambda body, _: _custom(body) and body.get("style") == "")),
        (
            "empty texts are refused",
            CUSTOM,
            refusing(lambda body, _: _custom(body) and "" in [body.get(name) for name in TEXTS]),
        ),
        ("unknown properties are refused", EXTENDED, _closed),
        (
            "continueAt is 1 or more",
            "greater than 0",
            refusing(lambda body, _: is_number(body.get("continueAt")) and body["continueAt"] < 1),
        ),
        ("UTF-16 units are counted", CHARACTERS, _counted(lambda text: len(text.encode("utf-16-le")) // 2)),
        ("bytes are counted", CHARACTERS, _counted(lambda text: len(text.encode()))),
        ("another model is accepted", "Model version must match the source audio", without("model.source")),
    ):
        yield Legal(name=name, leaves_open=leaves_open, change=change)
    for name, leaves_open, change in (
        ("an unknown persona is ignored", "Persona ID to apply to the generated music.", without("personaId.known")),
        (
            "a persona is refused with the original parameters",
            "Only available when Custom Mode",
            refusing(lambda body, _: body.get(FLAG) is False and "personaId" in body),
        ),
        (
            "a persona is ignored with the original parameters",
            "Only available when Custom Mode",
            reading(lambda body: body if body.get(FLAG) is True else _left_out(body, "personaId")),
        ),
        ("no prompt with the original parameters", "is required, other parameters are inherited.", _prompt_inherited),
        ("titles of 100 characters for V4_5ALL", "title` 80 characters", _longer_title),
    ):
        yield Legal(name=name, leaves_open=leaves_open, change=change, editions=APIKLEY)


def _task_ids(form: Any) -> Change:
    def change(behaviour: Behaviour) -> Behaviour:
        numbers = count(1)

        def starts(task: Task) -> None:
            task.id = form(next(numbers))

        return replace(behaviour, starts=starts)

    return change


def _custom(body: Body) -> bool:
    return body.get(FLAG) is True


def _slowly(task: Task) -> None:
    threading.Event().wait(0.6 if task.body.get(FLAG) is False else 0)


def _kind(kind: str) -> Any:
    return lambda answer: replace(answer, kind=kind)


def _headers(headers: dict[str, str]) -> Any:
    return lambda answer: replace(answer, headers=headers)


def _written(**how: Any) -> Any:
    return lambda answer: replace(answer, raw=json.dumps(answer.content, **how).encode())


def _marked(answer: Any) -> Any:
    return replace(answer, raw=b"\xef\xbb\xbf" + json.dumps(answer.content).encode())


def _code(code: int, msg: str = "There is no such thing.") -> Any:
    return lambda answer: replace(
        answer.merged({"code": code, "msg": msg}), status=code if answer.status != 200 else 200
    )


def _nobody(answer: Any) -> bool:
    return isinstance(answer.content, dict) and "of nobody" in str(answer.content.get("msg"))


def _no_task(asked: Any, answer: Any) -> bool:
    return is_poll(asked, answer) and answer.code == 404


def _media_types(behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, media_type=lambda kind: True)


def _encodings(behaviour: Behaviour) -> Behaviour:
    return replace(
        behaviour, decoded=lambda raw: raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    )


def _any_uri(behaviour: Behaviour) -> Behaviour:
    return behaviour.checked_by(
        {
            "callBackUrl.format": lambda body, _: (
                "" if is_url(body.get("callBackUrl", "a:b")) else "callBackUrl is no URI."
            )
        }
    )


def _closed(behaviour: Behaviour) -> Behaviour:
    known = {name.partition(".")[0] for name in behaviour.checks} | {FLAG, "negativeTags"}
    return behaviour.checked_by({"closed+": lambda body, _: ", ".join(body.keys() - known)})


def _counted(measure: Any) -> Change:
    return chained(*(checking(f"{name}.length", measured(name, measure)) for name in TEXTS))


def _left_out(body: Json, name: str) -> Json:
    return {each: value for each, value in body.items() if each != name}


def _prompt_inherited(behaviour: Behaviour) -> Behaviour:
    return behaviour.checked_by(
        {
            "prompt.required": lambda body, _: (
                "prompt is required." if body.get(FLAG) is not False and "prompt" not in body else ""
            )
        }
    )


def _longer_title(behaviour: Behaviour) -> Behaviour:
    edition = replace(behaviour.edition, limits={**behaviour.edition.limits, "V4_5ALL": LONG})
    return behaviour.checked_by({"title.length": short_enough("title", edition)})
