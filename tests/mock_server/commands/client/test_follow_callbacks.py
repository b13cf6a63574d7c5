"""The callbacks of a task, followed to their end."""

import itertools
from typing import Any

import httpx
import pytest

from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.follow_callbacks import Deliveries, deliver
from mock_server.commands.client.follow_journal import AGAIN
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.admin_answers import CLOCK, HEALTH, WHOLE_TASK, entry, page


def attempt(stage: str, outcome: str, number: int = 1, redelivered: bool = False) -> dict[str, Any]:
    return {"stage": stage, "outcome": outcome, "number": number, "redelivered": redelivered}


COURSES = {
    "none": ([], False),
    "all": ([attempt("text", "accepted"), attempt("first", "accepted")], True),
    "retried": ([attempt("text", "refused"), attempt("text", "accepted", 2)], True),
    "given up": ([attempt("text", "accepted"), attempt("first", "refused"), attempt("first", "refused", 2)], False),
    "twice": ([attempt("text", "refused"), attempt("text", "accepted")], False),
    "by hand": ([attempt("text", "refused"), attempt("text", "accepted", 1, redelivered=True)], False),
    "from the second on": ([attempt("text", "accepted", 2)], True),
    "between": ([attempt("text", "refused"), attempt("first", "accepted"), attempt("text", "accepted", 2)], True),
}


@pytest.mark.parametrize("course", COURSES)
def test_all_are_accepted_when_the_newest_attempt_of_each_is(course: str) -> None:
    attempts, accepted = COURSES[course]
    deliveries = Deliveries()
    for each in attempts:
        deliveries.note(each)
    assert deliveries.accepted is accepted


def followed(mock: MockServer, task_id: str) -> tuple[bool, list[str], list[str]]:
    """Whether all were accepted, the outcomes of the attempts, and the warnings."""
    shown: list[dict[str, Any]] = []
    warned: list[str] = []
    with Remote(mock.url) as remote:
        accepted = deliver(remote, task_id, shown.append, warned.append, "suno-mock clock advance")
    return accepted, [each["outcome"] for each in shown], warned


def test_a_task_is_followed_over_its_retries() -> None:
    statuses = iter([500, 500, 200, 200, 200])
    with MockServer(pace="immediate") as mock, Receiver(lambda received: next(statuses)) as receiver:
        task_id = mock.trigger("200", receiver.url)
        outcomes = ["refused", "refused", "accepted", "accepted", "accepted"]
        assert followed(mock, task_id) == (True, outcomes, [])


def test_what_nobody_takes_is_not_accepted(closed_url: str) -> None:
    with MockServer(pace="immediate") as mock:
        accepted, outcomes, _ = followed(mock, mock.trigger("only-complete", closed_url))
        assert (accepted, outcomes) == (False, ["unreachable"] * 4)


def test_a_clock_that_stands_still_is_told_with_the_way_on(running: MockServer) -> None:
    with Receiver() as receiver:
        task_id = running.trigger("200", receiver.url)
        assert followed(running, task_id)[2] == [
            f"task {task_id}: 3 callbacks to come, and the mock's clock stands still. "
            "Move it: suno-mock clock advance 3m"
        ]
        running.clock.advance(105)
        accepted, outcomes, warned = followed(running, task_id)
        assert (accepted, outcomes) == (False, ["accepted", "accepted"])
        assert warned == [
            f"task {task_id}: 1 callback to come, and the mock's clock stands still. "
            "Move it: suno-mock clock advance 1m15s"
        ]


def test_a_first_callback_that_takes_its_time_is_announced(running: MockServer) -> None:
    said: list[str] = []

    def hurry(text: str) -> None:
        said.append(text)
        running.clock.freeze()
        running.clock.advance(86400)

    with Receiver() as receiver, Remote(running.url) as remote:
        task_id = running.trigger("late", receiver.url)
        running.clock.run()
        assert deliver(remote, task_id, lambda attempt: None, hurry, "suno-mock clock advance")
    assert said == [f"task {task_id}: the first callback comes in 10m30s of the mock's clock"]


def test_who_does_not_wait_is_not_asked_without_end() -> None:
    coming = {
        "tasks/5c79": iter([WHOLE_TASK, WHOLE_TASK, {**WHOLE_TASK, "timeline": []}]),
        "journal": iter([page(), page(), {**page(), "entries": [entry(1)]}]),
        "clock": itertools.repeat({**CLOCK, "frozen": False}),
        "health": itertools.repeat(HEALTH),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=next(coming[request.url.path.removeprefix("/__admin/")]))

    paused: list[float] = []
    shown: list[dict[str, Any]] = []
    with Remote("http://mock", transport=httpx.MockTransport(answer)) as remote:
        assert not deliver(remote, "5c79", shown.append, lambda text: None, "move", paused.append)
    assert (paused, shown) == ([AGAIN, AGAIN], [])
