"""Mutants with a fault in the course of a task: its id, the time of its answer, its polls, callbacks and retries."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from contract_tests.mutants.changes import GONE
from contract_tests.mutants.memories import (
    Mixed,
    called_as_before,
    deaf_after,
    late,
    one_task_for,
    other_again,
    overtaken,
    shown_as,
    task_before,
)
from contract_tests.mutants.proxy import Mutant
from contract_tests.receiver.http_server import Message

FRESH: Final = "answer.taskId.fresh"
STEPS: Final[Mapping[str, tuple[str, Mapping[str, Mapping[str, Any] | None]]]] = {
    "one stage behind": ("polling.step", {"FIRST_SUCCESS": {"status": "TEXT_SUCCESS"}}),
    "pending until the end": (
        "polling.step",
        {"TEXT_SUCCESS": {"status": "PENDING"}, "FIRST_SUCCESS": {"status": "PENDING"}},
    ),
    "nothing until the end": ("polling.step", {"TEXT_SUCCESS": None, "FIRST_SUCCESS": None}),
    "no status until the end": ("polling.step", {"FIRST_SUCCESS": {"status": GONE}}),
    "success too early and then less": ("polling.forward", {"TEXT_SUCCESS": {"status": "SUCCESS"}}),
    "no tracks until the end": ("polling.step.tracks", {"FIRST_SUCCESS": {"response": None}}),
    "other tracks until the end": (
        "polling.step.tracks",
        {"FIRST_SUCCESS": {"response": {"sunoData": [{"id": "another"}]}}},
    ),
}
"""What polling shows of a task that is under way: the rule that it breaks, and by status what is shown otherwise."""
DEAF: Final[Mapping[str, Callable[[Message, Message], bool]]] = {
    "no retries": lambda callback, answer: True,
    "no retry after HTTP 500": lambda callback, answer: answer.status == 500,
    "no retry after HTTP 404": lambda callback, answer: answer.status == 404,
    "no retry after a redirect": lambda callback, answer: answer.status == 302,
    "no retry without an answer": lambda callback, answer: answer.status == 0,
}


def of_courses() -> Iterator[Mutant]:
    yield Mutant(name="the taskId of the request before", group="envelope", answer=task_before(), by=FRESH)
    same = one_task_for(lambda sent: str({**sent.json, "callBackUrl": ""}))
    yield Mutant(name="one taskId for equal requests", group="envelope", answer=same, by=FRESH)
    slow = late(0.8, lambda body: body.get("continueAt") == 1.5)
    yield Mutant(name="an answer long after the callbacks", group="timing", answer=slow, by="callback.early")
    yield Mutant(name="an answer once a callback was answered", group="timing", waits=True, by="answer.waits")
    for name, (rule, statuses) in STEPS.items():
        yield Mutant(name=f"polling shows {name}", group="polling", polled=shown_as(statuses), by=rule)
    for name, deaf in DEAF.items():
        yield Mutant(name=name, group="deliveries", acknowledges=deaf, by="delivery.retry")
    yield Mutant(name="one retry and no more", group="deliveries", acknowledges=deaf_after(1), by="delivery.retry")
    for text in ("msg", "code"):
        again = other_again({text: "another"})
        yield Mutant(name=f"retries with another {text}", group="deliveries", callback=again, by="delivery.retry")
    mixed = Mixed()
    yield Mutant(
        name="the title of another task",
        group="callbacks",
        answer=mixed.answer,
        callback=mixed.callback,
        by="callback.mixed",
    )
    elsewhere = called_as_before()
    name = "callbacks to the URL of the task before"
    yield Mutant(name=name, group="callbacks", callback=elsewhere, by="callback.task_id")
    for stage, by in (("text", "first"), ("text", "complete"), ("first", "complete")):
        order = overtaken(stage, by, 0.2)
        yield Mutant(name=f"{stage} after {by}", group="callbacks", callback=order, by="callback.order")
