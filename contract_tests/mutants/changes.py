"""Hooks of mutants that change single messages. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from contract_tests.mutants.proxy import RULES
from contract_tests.receiver.http_server import Message

GONE: Final = ...
"""In place of a value: leave the member out."""
FAKE: Final = "0123456789abcdef0123456789abcdef"
"""An id that nobody gave out."""


def merged(value: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in {**value, **changes}.items() if each is not GONE}


def accepted(answer: Message, task_id: str) -> Message:
    return replace(answer, status=200).with_json({"code": 200, "msg": "success", "data": {"taskId": task_id}})


def accepts(rule: str, model: str | None = None) -> Callable[[Message, Message], Message]:
    """Turns a refusal for this rule alone into a success."""

    def answer(sent: Message, answer: Message) -> Message:
        of_model = model is None or (isinstance(sent.json, dict) and sent.json.get("model") == model)
        broken = set(answer.headers.get(RULES, "").split(", "))
        return accepted(answer, FAKE) if broken == {rule} and of_model else answer

    return answer


def accepts_code(code: int, applies: Callable[[Message], bool]) -> Callable[[Message, Message], Message]:
    def answer(sent: Message, answer: Message) -> Message:
        refused = isinstance(answer.json, dict) and answer.json["code"] == code
        return accepted(answer, FAKE) if refused and applies(sent) else answer

    return answer


def refuses(applies: Callable[[Mapping[str, Any]], bool]) -> Callable[[Message, Message], Message]:
    return refuses_if(lambda sent: isinstance(sent.json, dict) and applies(sent.json))


def refuses_if(applies: Callable[[Message], bool]) -> Callable[[Message, Message], Message]:
    def answer(sent: Message, answer: Message) -> Message:
        accepted = isinstance(answer.json, dict) and answer.json.get("code") == 200
        return answer.with_json({"code": 422, "msg": "refused"}) if accepted and applies(sent) else answer

    return answer


def weighs(weight: float) -> Callable[[Mapping[str, Any]], bool]:
    return lambda body: weight in (body.get("styleWeight"), body.get("weirdnessConstraint"), body.get("audioWeight"))


def is_model(model: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda body: body.get("model") == model


def on(applies: Callable[[int], bool], changes: Mapping[str, Any]) -> Callable[[Message, Message], Message]:
    """Changes the envelope of the answers whose code applies."""

    def answer(sent: Message, answer: Message) -> Message:
        value = answer.json
        hit = isinstance(value, dict) and applies(value["code"])
        return answer.with_json(merged(value, changes)) if hit else answer

    return answer


def always(change: Callable[[Message], Message]) -> Callable[[Message, Message], Message]:
    return lambda sent, answer: change(answer)


def record(changes: Mapping[str, Any]) -> Callable[[Message, Message], Message]:
    def polled(sent: Message, answer: Message) -> Message:
        value = answer.json
        return answer.with_json({**value, "data": merged(value["data"], changes)}) if value.get("data") else answer

    return polled


def if_stage(stage: str, change: Callable[[Message], list[Message]]) -> Callable[[Message], list[Message]]:
    def callback(came: Message) -> list[Message]:
        value = came.json
        hit = isinstance(value, dict) and value["data"].get("callbackType") == stage and value["code"] == 200
        return change(came) if hit else [came]

    return callback


def changed(stage: str, changes: Mapping[str, Any]) -> Callable[[Message], list[Message]]:
    return if_stage(stage, lambda came: [came.with_json(merged(came.json, changes))])


def data(stage: str, changes: Mapping[str, Any]) -> Callable[[Message], list[Message]]:
    def change(came: Message) -> list[Message]:
        value = came.json
        return [came.with_json({**value, "data": merged(value["data"], changes)})]

    return if_stage(stage, change)


def listed(change: Callable[[list[Any]], list[Any]]) -> Callable[[Message], list[Message]]:
    return if_stage("complete", lambda came: [with_tracks(came, change)])


def tracks(changes: Mapping[str, Any]) -> Callable[[Message], list[Message]]:
    return listed(lambda tracks: [merged(track, changes) for track in tracks])


def with_tracks(came: Message, change: Callable[[list[Any]], list[Any]]) -> Message:
    value = json.loads(came.body)
    value["data"]["data"] = change(value["data"]["data"])
    return came.with_json(value)


def key(sent: Message) -> str:
    return header(sent, "authorization")


def header(sent: Message, name: str) -> str:
    return next((value for each, value in sent.headers.items() if each.lower() == name), "")
