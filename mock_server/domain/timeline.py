"""When a task reaches each stage, when each callback is due, and what polling sees meanwhile. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from mock_server.contract.profile import Family
from mock_server.contract.scenarios import Failure, Scenario, Step
from mock_server.core.settings import Pace
from mock_server.domain.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One callback that a task owes, `after` seconds of the mock's clock behind the answer."""

    after: float
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far generation is: the last stage reached, if any, and the failure that ended it, if one did."""

    stage: str | None
    failure: Failure | None


def plan(task: Task) -> tuple[Planned, ...]:
    """Every callback that the task owes, in due order."""
    return _plan(task.scenario, task.edition.family, task.pace.speed)


@lru_cache(maxsize=1024)
def _plan(scenario: Scenario, family: Family, speed: float) -> tuple[Planned, ...]:
    pace = Pace(speed=speed)
    planned = [
        Planned(after=pace.scale(family.stages[step.stage].at + step.delay), step=step) for step in scenario.steps()
    ]
    return tuple(sorted(planned, key=lambda planned: planned.after))


def progress(task: Task, now: float) -> Progress:
    """The state at `now`, in epoch seconds of the mock's clock."""
    stage = None
    for name in task.scenario.reached():
        if now < reached_at(task, name):
            return Progress(stage=stage, failure=None)
        stage = name
    failure = task.scenario.fails
    if failure is not None and now < reached_at(task, failure.instead_of):
        failure = None
    return Progress(stage=stage, failure=failure)


def next_change(task: Task, now: float) -> float | None:
    """When generation goes on after `now`, in epoch seconds of the mock's clock; None once it has ended."""
    failure = task.scenario.fails
    stages = (*task.scenario.reached(), *([failure.instead_of] if failure else []))
    return next((at for stage in stages if (at := reached_at(task, stage)) > now), None)


def reached_at(task: Task, stage: str) -> float:
    """When the stage is reached, in epoch seconds of the mock's clock."""
    return task.created + task.pace.scale(task.edition.family.stages[stage].at)
