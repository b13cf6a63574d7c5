"""Tasks and accounts as tests see them: frozen values that become JSON as they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.core.credits import Credits
from mock_server.domain.accounts import AccountRecord
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.domain.masking import masked, masked_url
from mock_server.domain.owed import Owed
from mock_server.domain.polling_body import spelt, status
from mock_server.domain.tasks import Task
from mock_server.domain.terms import KeySettings, Terms
from mock_server.domain.timeline import polled, reached_at
from mock_server.state.journal_entries import Attempted


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task as it stands. `status` as polling says it, `created` in epoch seconds, the key masked."""

    task_id: str
    key: str
    operation: str
    scenario: str
    status: str
    created: float
    callback_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    """One point of a task's timeline, in epoch seconds: `accepted`, `reached` or `failed` (a stage), `expected`
    (a stage to come), `attempted` (a callback, with what its receiver answered, if it did), `owed` (a callback to
    come)."""

    at: float
    what: str
    stage: str | None
    detail: str
    answer: KeptAnswer | None = None

    def shown(self) -> dict[str, Any]:
        """The moment as JSON."""
        shown = {"at": self.at, "what": self.what, "stage": self.stage, "detail": self.detail}
        return {**shown, "answer": None if self.answer is None else self.answer.shown(whole=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One key: its account, and what it has of its own; None where the server's setting holds."""

    key: str
    credits: Credits
    requests: int
    tasks: int
    queued: tuple[str, ...]
    standing: str | None
    revoked: bool
    rate_limit: str | None
    maintenance: bool | None
    retention_days: float | None


def task_view(task: Task, now: float) -> TaskView:
    return TaskView(
        task_id=task.id,
        key=masked(task.key),
        operation=task.operation.name,
        scenario=task.scenario.name,
        status=status(task, polled(task, now)),
        created=task.created,
        callback_url=masked_url(task.callback_url),
    )


def timeline(task: Task, attempts: Sequence[Attempted], owed: Sequence[Owed], now: float) -> list[TimelinePoint]:
    """All that happened to a task and will, in order of the mock's clock."""
    moments = [*_generation(task, now), *map(_attempt, attempts)]
    for each in owed:
        moments += _owed(each)
    return sorted(moments, key=lambda moment: moment.at)


def account_view(key: str, account: AccountRecord | None, terms: Terms) -> AccountView:
    """`key` as it is to be shown; an account that was never used has what its terms open it with."""
    used = account or AccountRecord(credits=terms.credits)
    own = terms.own or KeySettings()
    return AccountView(
        key=key,
        credits=used.credits,
        requests=used.requests,
        tasks=used.tasks,
        queued=used.queued,
        standing=used.standing,
        revoked=own.revoked,
        rate_limit=own.rate_limit,
        maintenance=own.maintenance,
        retention_days=own.retention_days,
    )


def _generation(task: Task, now: float) -> Iterator[TimelinePoint]:
    yield TimelinePoint(
        at=task.created, what="accepted", stage=None, detail=f"{task.operation.name}, {task.scenario.name}"
    )
    for stage in task.scenario.reached():
        at, detail = reached_at(task, stage), spelt(task, task.family.stages[stage].status)
        yield TimelinePoint(at=at, what="reached" if at <= now else "expected", stage=stage, detail=detail)
    failure = task.scenario.fails
    if failure is not None:
        at, detail = reached_at(task, failure.instead_of), f"{failure.code} {spelt(task, failure.status)}"
        yield TimelinePoint(at=at, what="failed" if at <= now else "expected", stage=failure.instead_of, detail=detail)


def _attempt(attempt: Attempted) -> TimelinePoint:
    which = "once more" if attempt.redelivered else f"attempt {attempt.number}"
    detail = f"{which}: {attempt.outcome}, {attempt.detail}"
    return TimelinePoint(at=attempt.at, what="attempted", stage=attempt.stage, detail=detail, answer=attempt.answer)


def _owed(owed: Owed) -> Iterator[TimelinePoint]:
    first = owed.due
    while not owed.ended:
        at = max(first, owed.due)
        yield TimelinePoint(at=at, what="owed", stage=owed.step.stage, detail=f"attempt {owed.retries + 1}")
        owed = owed.turned()
