"""A task that ends with a documented failure is tried again with other text, and what became of both is told."""

import io
import json
import threading
from contextlib import closing
from typing import Any

import pytest

from contract_tests.probes.acceptances import Acceptances
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import MULTIBYTE, Probe
from contract_tests.probes.texts import Texts, with_other_text
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.run import Run
from contract_tests.target.target import Limits, Target
from contract_tests.targets.behaviour import KEY, Behaviour, Task, conforming
from contract_tests.targets.changes import Change
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.legal_failures import failing
from contract_tests.targets.plain_server import Plain
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import PUBLISHED, SOURCES, TRACKS

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

FAILED = "failed at the target: a callback with code 501, "
ALLOWED = [*Acceptances(PUBLISHED, TRACKS), *Texts(PUBLISHED, TRACKS)]


def soon(seconds: float) -> None:
    threading.Event().wait(min(seconds, 0.03))


def ran(change: Change, only: str, **changes: object) -> tuple[list[Result], list[Task]]:
    """The results of a run, and the tasks that it started."""
    budget = changes.pop("budget", None)
    whole: Any = {"callback_timeout": 1, **changes}
    plan = Plan(published=PUBLISHED, tracks=TRACKS, only=only, **whole)
    behaviour: Behaviour = change(conforming(APIKLEY))
    limits, keys = Limits(budget=budget), {"own": KEY, "bad": "never-given"}  # type: ignore[arg-type]
    with (
        Plain(SOURCES, pause=0.01, behaviour=behaviour) as plain,
        Receiver() as receiver,
        closing(Target(plain.url, keys, limits, io.StringIO(), sleep=soon)) as target,
    ):
        return Run(plan, target, receiver).results(), [*plain.tasks.values()]


def of(results: list[Result], rule: str) -> list[tuple[Verdict, str]]:
    return [(each.verdict, each.why) for each in results if each.rule == rule]


def test_a_task_that_failed_is_tried_again_with_other_text() -> None:
    results, (first, second) = ran(failing(lambda number, body: number == 0), "extend.example")
    assert of(results, "callbacks") == [(Verdict.PASSED, "")]
    assert second.body["prompt"] == first.body["prompt"][::-1]
    assert not any(each.broken for each in results)


def test_a_request_that_fails_with_every_text_is_not_tried() -> None:
    results, tasks = ran(failing(lambda number, body: len(body["prompt"]) > 4999), "extend.length.limit")
    left = {(verdict, why) for verdict, why in of(results, "callbacks") if verdict is not Verdict.PASSED}
    assert {verdict for verdict, _ in left} == {Verdict.NOT_TRIED}
    assert all(why.startswith(FAILED) for _, why in left)
    assert not any(each.broken for each in results)
    longest = [task.body["prompt"] for task in tasks if len(task.body["prompt"]) > 4999]
    assert {text[0] for text in longest} == {"x", "y"}


def test_a_task_is_not_tried_again_past_the_budget() -> None:
    results, tasks = ran(failing(lambda number, body: True), "extend.example", budget=1)
    ((verdict, why),) = of(results, "callbacks")
    assert (verdict, len(tasks)) == (Verdict.NOT_TRIED, 1)
    assert why.startswith(FAILED)
    assert why.endswith("; not tried again: budget: 1 of 1 task is spent; a larger --budget allows more")


def test_a_server_whose_tasks_mostly_fail_is_asked_once_more() -> None:
    results, tasks = ran(failing(lambda number, body: True), "extend.parallel")
    assert len(tasks) == 4
    assert [why.rpartition("; ")[2] for _, why in of(results, "callbacks")][:2] == [
        "not tried again: 3 of 3 tasks failed",
        "not tried again: 3 of 3 tasks failed",
    ]


def test_what_polling_alone_tells_is_tried_again_too() -> None:
    results, tasks = ran(
        failing(lambda number, body: number == 0), "extend.example", listens=False, callback_timeout=60
    )
    assert (len(tasks), of(results, "polling")) == (2, [(Verdict.PASSED, "")])
    results, _ = ran(failing(lambda number, body: True), "extend.example", listens=False, callback_timeout=60)
    ((verdict, why),) = of(results, "polling")
    assert verdict is Verdict.NOT_TRIED
    assert why.startswith("failed at the target: polling shows errorCode 501, ")


@pytest.mark.parametrize("each", ALLOWED, ids=lambda each: each.says[:60])
def test_other_text_is_of_the_same_length_and_kind(each: Probe) -> None:
    again = with_other_text(each)
    before, after = json.loads(each.body), json.loads(again.body)
    assert len(again.body) == len(each.body)
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"negativeTags"} == {"prompt", "style", "title"} & set(before)
    assert [len(str(after[name])) for name in after] == [len(str(before[name])) for name in before]


def test_a_text_that_is_the_same_backwards_takes_the_next_letter() -> None:
    (long,) = [each for each in ALLOWED if each.rule == "extend.length.multibyte"]
    assert MULTIBYTE.encode() not in with_other_text(long).body
