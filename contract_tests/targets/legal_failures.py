"""Legal variants of tasks that fail, and of callbacks that are not received."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, Behaviour, Callback, Json, Task
from contract_tests.targets.changes import (
    Change,
    calling,
    calling_as,
    delivering,
    recording,
)
from contract_tests.targets.edition import FAILURES

RECEIVED: Final = "Callback received successfully"


DETAILS: Final = "Alternatively, use the Get Music Details endpoint to poll"


OBJECT: Final = "type: object"


FAILED: Final = "Audio generation failed."


Variants = Iterator[tuple[str, str, Change]]


def failures() -> Variants:
    yield "every tenth task fails", FAILED, failing(lambda number, body: number % 10 == 9)
    yield (
        "a prompt of 5,000 characters fails",
        FAILED,
        failing(lambda number, body: len(str(body.get("prompt"))) > 4999),
    )
    for kind in ("error", "failed"):
        yield f"callbackType {kind} of a failure", FAILED, _failed_with({"data": {"callbackType": kind}})
    yield "data null in a failure", FAILED, _failed_with({"data": {"data": None}})
    yield "no data in a failure", FAILED, _failed_with({"data": {"data": GONE}})
    yield "no msg in a failure", OBJECT, _failed_with({"msg": GONE})
    yield "an error in a failure", FAILED, _failed_with({"data": {"error": "internal", "data": GONE}})
    yield "errorCode 500 of every failure", DETAILS, recording(_always_500)
    yield "another status of failures", DETAILS, recording(_failed_as("CREATE_TASK_FAILED"))
    yield "a task fails after its text stage", FAILED, _text_first


def retries() -> Variants:
    yield "no retries", RECEIVED, delivering(attempts=1)
    yield "one retry", RECEIVED, delivering(attempts=2)
    yield "any 2xx is received", RECEIVED, delivering(received=lambda status: 200 <= status < 300)
    yield "any answer is received", RECEIVED, delivering(received=lambda status: status > 0)
    yield "nothing more after giving up", RECEIVED, _stopping


def failing(fails: Callable[[int, Mapping[str, Any]], bool]) -> Change:
    """Lets some tasks fail with the documented code 501, by their number and their request."""

    def change(behaviour: Behaviour) -> Behaviour:
        numbers = count()

        def starts(task: Task) -> None:
            if task.fails is None and fails(next(numbers), task.body):
                task.fails = 501

        return replace(behaviour, starts=starts)

    return change


def _failed_with(changes: Mapping[str, Any]) -> Change:
    return calling_as(lambda callback: callback.merged(changes), "failed")


def _always_500(task: Task, record: Json) -> Json:
    return record if record["errorCode"] is None else {**record, "errorCode": 500, "errorMessage": "Internal Error"}


def _failed_as(status: str) -> Callable[[Task, Json], Json]:
    return lambda task, record: {**record, "status": status} if record["errorCode"] in FAILURES else record


def _text_first(behaviour: Behaviour) -> Behaviour:
    def called(task: Task, callback: Callback) -> Iterable[Callback]:
        data = {"callbackType": "text", "task_id": task.id, "data": []}
        yield Callback("text", task.url, {"code": 200, "msg": "Text generation completed.", "data": data})
        yield callback

    return calling(called, "failed")(behaviour)


def _stopping(behaviour: Behaviour) -> Behaviour:
    """Sends no more callbacks of a task once one was given up."""
    failed: dict[str, int] = {}

    def received(status: int) -> bool:
        return status == 200

    def counted(attempt: int, callback: Callback) -> Callback:
        failed[callback.url] = attempt
        return callback

    def called(task: Task, callback: Callback) -> Iterable[Callback]:
        return [] if failed.get(task.url, 0) == behaviour.delivery.attempts - 1 else [callback]

    return delivering(received=received, changed=counted)(behaviour).calling(called)
