"""Servers whose records have a fault, or say something else than the callbacks."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, KEY, Behaviour, Json, Task
from contract_tests.targets.changes import (
    SNAKE,
    Change,
    recorded_tracks,
    recorded_tracks_with,
    recorded_with,
    recording,
)
from contract_tests.targets.edition import FLAG, Edition
from contract_tests.targets.tasks import CAMEL

Family = Iterator[tuple[str, tuple[str, ...], Change]]


DETAILS: Final = ("polling*",)


def _all_renamed(name: str, other: str, tracks: list[Json]) -> list[Json]:
    return [renamed(name, other, track) for track in tracks]


def renamed(name: str, other: str, track: Json) -> Json:
    return {other if each == name else each: value for each, value in track.items()}


def records(edition: Edition) -> Family:
    for name, changes in (
        ("another taskId", {"taskId": "5c79be8e0000400080000000000000aa"}),
        ("no taskId", {"taskId": GONE}),
        ("task_id in place of taskId", {"taskId": GONE, "task_id": "5c79"}),
        ("no status", {"status": GONE}),
        ("an unknown status", {"status": "DONE"}),
        ("PENDING for ever", {"status": "PENDING"}),
        ("FIRST_SUCCESS for ever", {"status": "FIRST_SUCCESS"}),
        ("success in small letters", {"status": "success"}),
        ("no param", {"param": GONE}),
        ("param cut short", {"param": '{"audioId": "'}),
        ("an empty param", {"param": "{}"}),
        ("response null for ever", {"response": None}),
        ("no response", {"response": GONE}),
        ("a list as response", {"response": []}),
        ("an errorCode although it went well", {"errorCode": 500, "errorMessage": "Internal Error"}),
        ("the key", {"apiKey": KEY}),
    ):
        rules = ("key.shown",) if name == "the key" else (*DETAILS, "failure.polling")
        yield f"records with {name}", rules, recorded_with(changes)
    yield "no records", DETAILS, recording(lambda task, record: None)
    yield "records as a list", DETAILS, recording(lambda task, record: [record])
    yield "records of another task", DETAILS, _of_another
    yield "records without a status until the end", DETAILS, recording(_only_success)
    yield "records that go back", DETAILS, _backwards
    yield (
        "records one stage behind",
        DETAILS,
        recording(lambda task, record: {**record, "status": BEHIND[record["status"]]}),
    )
    yield "failed tasks that go well in records", ("failure.*", "code.callback*"), _success_of_failures
    yield "failures without an errorCode", ("failure.*", "code.callback*"), _no_error
    for name in ("audioId", "model", "prompt", "continueAt", "title", "style", FLAG, "styleWeight"):
        yield f"param without {name}", DETAILS, _kept_without(name)
    yield "param with other numbers", DETAILS, _kept_as("styleWeight", lambda value: round(value, 1))
    yield "param with whole seconds", DETAILS, _kept_as("continueAt", int)


BEHIND: Final = {
    "PENDING": "PENDING",
    "TEXT_SUCCESS": "PENDING",
    "FIRST_SUCCESS": "TEXT_SUCCESS",
    "SUCCESS": "FIRST_SUCCESS",
    "GENERATE_AUDIO_FAILED": "GENERATE_AUDIO_FAILED",
}


def _of_another(behaviour: Behaviour) -> Behaviour:
    shown: list[Json] = []

    def record(task: Task, record: Json) -> Json:
        shown.append(record)
        return shown[0]

    return recording(record)(behaviour)


def _only_success(task: Task, record: Json) -> Json:
    return record if record["status"] == "SUCCESS" else {**record, "status": ""}


def _backwards(behaviour: Behaviour) -> Behaviour:
    asked: dict[str, int] = {}

    def record(task: Task, record: Json) -> Json:
        asked[task.id] = asked.get(task.id, 0) + 1
        return {**record, "status": BEHIND[record["status"]]} if asked[task.id] % 2 == 0 else record

    return recording(record)(behaviour)


def _success_of_failures(behaviour: Behaviour) -> Behaviour:
    return recording(lambda task, record: {**record, "status": "SUCCESS"} if task.fails else record)(behaviour)


def _no_error(behaviour: Behaviour) -> Behaviour:
    return recording(lambda task, record: {**record, "errorCode": None} if task.fails else record)(behaviour)


def _in_param(change: Callable[[Json], Json]) -> Change:
    return recording(lambda task, record: {**record, "param": json.dumps(change(json.loads(record["param"])))})


def _kept_without(name: str) -> Change:
    return _in_param(lambda param: {each: value for each, value in param.items() if each != name})


def _kept_as(name: str, convert: Callable[[Any], Any]) -> Change:
    return _in_param(lambda param: {**param, name: convert(param[name])} if name in param else param)


def agreeing(edition: Edition) -> Family:
    """Records say something else than callbacks."""
    rules = ("polling*",)
    for member, camel in CAMEL.items():
        value = 99.9 if member == "duration" else f"https://media.invalid/other-{member}"
        yield f"another {camel} in records", rules, recorded_tracks_with({camel: value})
    for member in ("audio_url", "image_url", "model_name"):
        change = recorded_tracks(partial(_all_renamed, CAMEL[member], member))
        yield f"snake case for {member} in records", rules, change
    snake = recorded_tracks(lambda tracks: [{SNAKE[name]: value for name, value in track.items()} for track in tracks])
    yield "snake case in records", rules, snake
    yield "one track alone in records", rules, recorded_tracks(lambda tracks: tracks[:1])
    yield (
        "one track more in records",
        rules,
        recorded_tracks(lambda tracks: [*tracks, {**tracks[0], "id": "more"}] if tracks else []),
    )
