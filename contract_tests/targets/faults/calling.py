"""Servers whose callbacks have a fault: their stages, their members, their bytes, where they go, and how often."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, Behaviour, Callback, Task, Whole
from contract_tests.targets.changes import Change, called_with, calling, calling_as, sending
from contract_tests.targets.edition import FAILURES, FLAG, STAGES, Edition
from contract_tests.targets.faults.delivering import Family, deliveries, leaks, mixing, urls

FAKE: Final = "5c79be8e0000400080000000000000aa"
ANY: Final = ("callback*", "polling.step*", "failure.*")


def _members(edition: Edition) -> Family:
    for start, stage in enumerate(STAGES):
        for number, (name, changes) in enumerate(_wrong_members(stage)):
            if (number + start) % 3 == 0 or stage == "complete":
                yield f"{stage} with {name}", ANY, called_with(changes, stage)


def _wrong_members(stage: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "code 500", {"code": 500}
    yield "code as a text", {"code": "200"}
    yield "a list as msg", {"msg": ["done"]}
    yield "data null", {"data": None}
    yield "another task_id", {"data": {"task_id": FAKE}}
    yield "no task_id", {"data": {"task_id": GONE}}
    yield "a number as task_id", {"data": {"task_id": 5}}
    yield "taskId in place of task_id", {"data": {"task_id": GONE, "taskId": FAKE}}
    yield "its stage in capitals", {"data": {"callbackType": stage.upper()}}
    yield "an unknown stage", {"data": {"callbackType": f"{stage}_done"}}
    yield "no stage", {"data": {"callbackType": GONE}}
    yield "callback_type in place of callbackType", {"data": {"callbackType": GONE, "callback_type": stage}}
    yield "data.data as an object", {"data": {"data": Whole({"items": []})}}
    yield "data.data null", {"data": {"data": None}}
    yield "a list of texts as data.data", {"data": {"data": ["track"]}}


def _bytes(edition: Edition) -> Family:
    for stage in STAGES:
        yield (
            f"{stage} cut short",
            ("callback.*",),
            calling_as(lambda callback: replace(callback, raw=b'{"code": 200'), stage),
        )
        yield (
            f"{stage} as a list",
            ("callback.*",),
            calling_as(lambda came: replace(came, content=[came.content]), stage),
        )
        yield f"{stage} without a body", ("callback.*",), calling_as(lambda callback: replace(callback, raw=b""), stage)
    for name, changes in (
        ("by PUT", {"method": "PUT"}),
        ("by GET", {"method": "GET"}),
        ("as text/plain", {"kind": "text/plain"}),
        ("as a form", {"kind": "application/x-www-form-urlencoded"}),
        ("without a content type", {"kind": ""}),
        ("with the body of a form", {"raw": b"code=200&msg=success"}),
    ):
        yield f"callbacks {name}", ("callback.*",), sending(**changes)
    single = calling_as(lambda callback: replace(callback, raw=str(callback.content).encode()))
    yield "callbacks in single quotes", ("callback.*",), single
    as_text = calling_as(lambda callback: replace(callback, raw=b'"{\\"code\\": 200}"'))
    yield "callbacks as JSON in a text", ("callback.*",), as_text
    yield "callbacks of 5 MB", ("callback.*",), called_with({"data": {"log": "x" * 300_000}}, "complete")


def _stages(edition: Edition) -> Family:
    yield "no callback at all", ("callback.complete",), calling(lambda task, callback: [])
    yield "no callback complete", ("callback.complete",), calling(lambda task, callback: [], "complete")
    for says, applies in (
        ("the original parameters", lambda body: body.get(FLAG) is False),
        ("V5", lambda body: body.get("model") == "V5"),
        ("long titles", lambda body: len(str(body.get("title"))) > 79),
        ("whole seconds", lambda body: isinstance(body.get("continueAt"), int)),
        ("several weights", lambda body: body.get("weirdnessConstraint") == 0),
    ):
        yield f"no callback for {says}", ("callback.complete",), _silent(applies)
    for stage in ("text", "first"):
        either = ("callback.*", "polling.step*")
        yield f"complete in place of {stage}", either, called_with({"data": {"callbackType": "complete"}}, stage)
    yield "complete without tracks", ("callback.*", "polling*"), called_with({"data": {"data": []}}, "complete")
    yield "complete before the tracks are there", ("callback.*", "polling*"), _too_early
    failed = calling(lambda task, callback: [callback, _failure(task)], "complete")
    yield "a failure after success", ("callback.*", "failure.*"), failed
    yield (
        "a failure in place of success",
        ("callback.*", "failure.*"),
        calling(lambda task, _: [_failure(task, 499)], "complete"),
    )


def _silent(applies: Callable[[Mapping[str, Any]], object]) -> Change:
    return calling(lambda task, callback: [] if applies(task.body) else [callback])


def _failure(task: Task, code: int = 501) -> Callback:
    data = {"callbackType": "complete", "task_id": task.id, "data": []}
    return Callback("failed", task.url, {"code": code, "msg": FAILURES.get(code, "It failed."), "data": data})


def _too_early(behaviour: Behaviour) -> Behaviour:
    return calling_as(lambda came: came.merged({"data": {"callbackType": "complete"}}), "first")(
        calling(lambda task, callback: [], "complete")(behaviour)
    )


def _failures(edition: Edition) -> Family:
    for code in FAILURES:
        of_code = ("failure.*", f"code.callback-{code}")
        other = 200 if code % 2 else 500 if code != 500 else 501
        yield f"tells {other} in place of the failure {code}", of_code, _told(code, other)
        yield f"no callback for the failure {code}", of_code, _failing(code, None)
    rules = ("failure.*", "code.callback*", "callback*")
    for name, changes in (
        ("another task_id", {"data": {"task_id": FAKE}}),
        ("no task_id", {"data": {"task_id": GONE}}),
        ("a list as msg", {"msg": ["failed"]}),
        ("tracks", {"data": {"data": [{"id": "1", "audio_url": "https://media.invalid/1.mp3"}]}}),
        ("code as a text", {"code": "501"}),
        ("no code", {"code": GONE}),
    ):
        yield f"failures with {name}", rules, called_with(changes, "failed")


def _failing(code: int, changes: Mapping[str, Any] | None) -> Change:
    def change(task: Task, callback: Callback) -> Iterable[Callback]:
        if task.fails != code:
            return [callback]
        return [] if changes is None else [callback.merged(changes)]

    return calling(change, "failed")


def _told(code: int, other: int) -> Change:
    return _failing(code, {"code": other})


FAMILIES: Final[Mapping[str, Callable[[Edition], Family]]] = {
    "members of callbacks": _members,
    "bytes of callbacks": _bytes,
    "stages": _stages,
    "failures": _failures,
    "callback URLs": urls,
    "mixed tasks": mixing,
    "deliveries": deliveries,
    "the key in callbacks": leaks,
}
