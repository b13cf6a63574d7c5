"""When a task reaches each stage, when each callback is due, and what polling sees meanwhile. Pure."""

from functools import lru_cache
from typing import NamedTuple

from mock_server.contract.family import Family
from mock_server.contract.scenarios import Failure, Scenario, Step
from mock_server.core.settings import Pace
from mock_server.domain.tasks import Task


class Planned(NamedTuple):
    """One callback that a task owes, `after` seconds of the mock's clock behind the answer; `code` is that of its
    envelope."""

    after: float
    step: Step
    code: int


class Progress(NamedTuple):
    """How far generation is: the last stage reached, if any, and the failure that ended it, if one did."""

    stage: str | None
    failure: Failure | None


def plan(task: Task) -> tuple[Planned, ...]:
    """Every callback that the task owes, in due order."""
    return planned(task.scenario, task.family, task.pace.speed, task.id)


def planned(scenario: Scenario, family: Family, speed: float, task_id: str) -> tuple[Planned, ...]:
    """Every callback of a task by its scenario and speed, in due order. Most profiles draw nothing for a task alone."""
    return _planned(scenario, family, speed, task_id if family.draws else "")


@lru_cache(maxsize=1024)
def _planned(scenario: Scenario, family: Family, speed: float, task_id: str) -> tuple[Planned, ...]:
    pace = Pace(speed=speed)
    if scenario.course is not None:
        told = zip(scenario.steps(), scenario.course.callbacks, strict=True)
        return tuple(Planned(pace.scale(each.after), step, each.code) for step, each in told)
    steps = [
        Planned(pace.scale(family.at(step.stage, task_id) + step.delay), step, _code(scenario, step.stage))
        for step in scenario.steps()
        if not _is_skipped(scenario, family, step.stage, task_id)
    ]
    return tuple(sorted(steps, key=lambda step: step.after))


def _is_skipped(scenario: Scenario, family: Family, stage: str, task_id: str) -> bool:
    """Whether a stage is not told; a failure always is, and what a scenario says itself."""
    asked_for = scenario.callbacks is not None or scenario.failure_at(stage) is not None
    return family.draws and not asked_for and family.skips(stage, task_id)


def progress(task: Task, now: float) -> Progress:
    """The state at `now`, in epoch seconds of the mock's clock."""
    stage = None
    for name in task.scenario.reached():
        if now < reached_at(task, name):
            return Progress(stage, None)
        stage = name
    failure = task.scenario.fails
    if failure is not None and now < reached_at(task, failure.instead_of):
        failure = None
    return Progress(stage, failure)


def polled(task: Task, now: float) -> Progress:
    """The state that polling shows at `now`, which a scenario may let lag behind."""
    return progress(task, now - _lag(task))


def next_change(task: Task, now: float) -> float | None:
    """When polling shows more after `now`, in epoch seconds of the mock's clock; None once generation has ended."""
    failure = task.scenario.fails
    stages = (*task.scenario.reached(), *([failure.instead_of] if failure else []))
    return next((at for stage in stages if (at := reached_at(task, stage) + _lag(task)) > now), None)


def reached_at(task: Task, stage: str) -> float:
    """When the stage is reached, in epoch seconds of the mock's clock."""
    course = task.scenario.course
    if course is not None:
        return task.created + task.pace.scale(course.at(stage))
    return task.created + after(task.family, task.pace.speed, stage, task.id)


def after(family: Family, speed: float, stage: str, task_id: str) -> float:
    """Seconds of the mock's clock until a task reaches a stage at a speed."""
    return family.at(stage, task_id) / speed


def _lag(task: Task) -> float:
    return task.pace.scale(task.scenario.record_behind)


def _code(scenario: Scenario, stage: str) -> int:
    failure = scenario.failure_at(stage)
    return 200 if failure is None else failure.code
