"""What a test gets to see of tasks and accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.control.views import AccountView, TaskView, TimelinePoint, account_view, task_view, timeline
from mock_server.core.settings import Settings
from mock_server.domain.accounts import AccountRecord
from mock_server.domain.attempt import Outcome
from mock_server.domain.owed import Owed, owed_at, owed_first
from mock_server.domain.tasks import Task
from mock_server.domain.terms import KeySettings, Terms
from mock_server.domain.timeline import plan
from tests.builders import COMPLETE, CREATED, FIRST, SCENARIOS, TEXT, attempted, task


def test_a_task_is_seen_as_polling_sees_it() -> None:
    mine = task(scenario="late", callBackUrl="http://user:secret@127.0.0.1/cb")
    assert task_view(mine, CREATED) == TaskView(
        task_id="5c790000000040008000000000000be8",
        key="key…",
        operation="extend",
        scenario="late",
        status="PENDING",
        created=CREATED,
        callback_url="http://...@127.0.0.1/cb",
    )


@pytest.mark.parametrize(
    ("after", "status"), [(0, "PENDING"), (TEXT, "TEXT_SUCCESS"), (FIRST, "FIRST_SUCCESS"), (COMPLETE, "SUCCESS")]
)
def test_a_tasks_status_follows_the_time(after: float, status: str) -> None:
    assert task_view(task(), CREATED + after).status == status


def test_a_key_that_everyone_knows_is_shown() -> None:
    assert task_view(task(key="test-key"), CREATED).key == "test-key"


def at(after: float, what: str, stage: str | None, detail: str) -> TimelinePoint:
    return TimelinePoint(at=CREATED + after, what=what, stage=stage, detail=detail)


def whole(mine: Task) -> Owed:
    """All callbacks of a task, the first of which is due."""
    owed = owed_first(mine.record, plan(mine))
    assert owed is not None
    return owed


def test_a_timeline_tells_what_happened_and_what_will() -> None:
    mine = task(scenario="only-complete")
    attempts = [attempted(at=CREATED + COMPLETE, stage="complete", outcome=Outcome.REFUSED, detail="HTTP 500")]
    chain = owed_at(mine, 0).changed(retries=1, due=CREATED + COMPLETE + 60)
    assert timeline(mine, attempts, [chain], CREATED + COMPLETE) == [
        at(0, "accepted", None, "extend, only-complete"),
        at(TEXT, "reached", "text", "TEXT_SUCCESS"),
        at(FIRST, "reached", "first", "FIRST_SUCCESS"),
        at(COMPLETE, "reached", "complete", "SUCCESS"),
        at(COMPLETE, "attempted", "complete", "attempt 1: refused, HTTP 500"),
        at(COMPLETE + 60, "owed", "complete", "attempt 2"),
    ]


def test_a_timeline_tells_where_generation_ends() -> None:
    told = [
        at(0, "accepted", None, "extend, callback-501"),
        at(TEXT, "reached", "text", "TEXT_SUCCESS"),
        at(FIRST, "failed", "first", "501 GENERATE_AUDIO_FAILED"),
    ]
    assert timeline(task(scenario="callback-501"), [], [], CREATED + FIRST) == told
    before = [moment.what for moment in timeline(task(scenario="callback-501"), [], [], CREATED + FIRST - 1)]
    assert before == ["accepted", "reached", "expected"]


def test_a_timeline_tells_of_every_callback_to_come() -> None:
    mine = task()
    retried = whole(mine).changed(retries=2, due=CREATED + FIRST + 1)
    told = [moment for moment in timeline(mine, [], [retried], CREATED) if moment.what == "owed"]
    assert told == [
        at(FIRST + 1, "owed", "text", "attempt 3"),
        at(FIRST + 1, "owed", "first", "attempt 1"),
        at(COMPLETE, "owed", "complete", "attempt 1"),
    ]


@given(
    st.sampled_from([each.name for each in SCENARIOS]),
    st.sampled_from(["immediate", "60x", "realtime"]),
    st.lists(st.floats(CREATED, CREATED + 3600)),
)
def test_a_timeline_is_in_order(scenario: str, pace: str, moments: list[float]) -> None:
    mine = task(scenario=scenario, pace=pace)
    attempts = [attempted(at=moment) for moment in moments]
    told = timeline(mine, attempts, [whole(mine)] if plan(mine) else [], CREATED)
    assert [each.at for each in told] == sorted(each.at for each in told)
    assert told[0].what == "accepted"
    assert sum(each.what == "attempted" for each in told) == len(attempts)
    assert sum(each.what == "owed" for each in told) == len(plan(mine))


def terms(own: KeySettings | None, credits: int = 9) -> Terms:
    return Terms(1, Settings(credits=credits), (), own)


def test_an_account_is_seen_with_what_it_has_of_its_own() -> None:
    account = AccountRecord(credits=5, requests=3, tasks=1, queued=("late", "402"), standing="silent")
    own = KeySettings(credits=9, revoked=True, rate_limit="1/10", maintenance=False, retention_days=0.5)
    assert account_view("key", account, terms(own)) == AccountView(
        key="key",
        credits=5,
        requests=3,
        tasks=1,
        queued=("late", "402"),
        standing="silent",
        revoked=True,
        rate_limit="1/10",
        maintenance=False,
        retention_days=0.5,
    )


def test_an_account_that_was_never_used_opens_with_its_credits() -> None:
    assert account_view("key", None, terms(None, credits=7)) == AccountView(
        key="key",
        credits=7,
        requests=0,
        tasks=0,
        queued=(),
        standing=None,
        revoked=False,
        rate_limit=None,
        maintenance=None,
        retention_days=None,
    )
