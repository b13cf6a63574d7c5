"""Which tasks a run started between two requests for credits, and which of all failed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.reports.report import Asked, Report
from contract_tests.verdicts.polling import FAILED_WORDS

UNKNOWN: Final = 0
"""In place of the code of a failure that no callback tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What was paid from one request for credits to another: `started` are the requests that started tasks in between,
    `told` says it in words."""

    started: Sequence[Asked]
    tasks: int
    spent: Decimal
    told: str


def span(report: Report, upto: int = -1, since: int = 0) -> Span:
    """From one of the requests for credits to another, by their places. There are two at least."""
    (begun, before), (ended, after) = report.credits[since], report.credits[upto]
    started = [each for each in report.asked if each.exchange.tasks and begun < each.exchange.number < ended]
    tasks = sum(each.exchange.tasks for each in started)
    told = f"{before:g} credits before and {after:g} after {counted(tasks, 'task')}: requests {begun} and {ended}"
    return Span(started=started, tasks=tasks, spent=Decimal(str(before)) - Decimal(str(after)), told=told)


def before_failures(report: Report) -> Span:
    """The longest span in which no task was started that failed; that to the last request for credits where there is
    none."""
    spans = [span(report, place) for place in range(len(report.credits) - 1, 0, -1)]
    return next((each for each in spans if each.tasks and not any(map(failed, each.started))), spans[0])


def of_failures(report: Report) -> Span:
    """The shortest span to the last request for credits that has all tasks of which a callback tells that they failed:
    it may have fewer requests of which nobody knows whether they started one."""
    spans = [span(report, -1, place) for place in range(len(report.credits) - 1)]
    number = len([*filter(failure, spans[0].started)])
    return next(each for each in reversed(spans) if len([*filter(failure, each.started)]) == number)


def failed(asked: Asked) -> bool:
    """Whether a task, if there is one, has not gone well: as its answer, a callback or a poll tells."""
    return (asked.exchange.task_id is None and asked.exchange.code != 200) or bool([*_failures(asked)])


def failure(asked: Asked) -> int:
    """The code of a failure; UNKNOWN where no callback tells it."""
    return next((code for code in _failures(asked) if code), UNKNOWN)


def _failures(asked: Asked) -> Iterator[int]:
    bodies = [parsed(arrival.body) for arrival in asked.callbacks]
    codes = [body.get("code") for body in bodies if isinstance(body, dict)]
    yield from (code if isinstance(code, int) else UNKNOWN for code in codes if code not in (None, 200))
    statuses = [poll.record.get("status") for poll in asked.polls if isinstance(poll.record, dict)]
    yield from (UNKNOWN for status in statuses if status in FAILED_WORDS)
