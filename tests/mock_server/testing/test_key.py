"""One key of a mock in a thread: what it sees, what it steers, and that nobody else is touched."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mock_server import MockServer
from mock_server.contract.operations import path
from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import BadSetting, ClockRuns, NoSuch
from mock_server.state.faults import Fault
from mock_server.testing.key import KeyView
from mock_server.testing.receiver import Receiver
from tests.builders import generation, request


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer(pace="manual", readings={"retry_spacing": "at_once"}) as mock:
        yield mock


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def send(view: KeyView, receiver: Receiver | None = None, operation: str = "extend") -> httpx.Response:
    """POST a valid request of the key, to be called back by the receiver, if there is one."""
    to = {"callBackUrl": receiver.url if receiver else "http://127.0.0.1:9/callback"}
    body = {"extend": request, "generate": generation}[operation](**to)
    return httpx.post(view.url + path(operation), json=body, headers=view.headers)


def code(view: KeyView, operation: str = "extend") -> int:
    return int(send(view, None, operation).json()["code"])


def credits(view: KeyView) -> httpx.Response:
    return httpx.get(view.url + path("chat-credit"), headers=view.headers)


def test_a_key_sees_its_requests_and_attempts(mock: MockServer, receiver: Receiver) -> None:
    view = mock.account("one")
    task_id = send(view, receiver).json()["data"]["taskId"]
    assert view.clock.advance(30) == 1
    assert ([entry.task_id for entry in view.requests], [entry.stage for entry in view.attempts]) == (
        [task_id],
        ["text"],
    )
    assert view.entries == [*view.requests, *view.attempts]


def test_a_key_sees_nothing_of_another(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    send(one)
    assert (two.entries, two.tasks(), two.account.requests) == ([], [], 0)
    with pytest.raises(TimeoutError, match="0 of 1 came within 0 s"):
        two.wait_for(1, within=0, kind="request")


def test_a_key_sees_its_wrong_paths(mock: MockServer) -> None:
    view = mock.account("one")
    httpx.post(f"{view.url}/api/v1/generate/extent", headers=view.headers)
    assert [entry.status for entry in view.requests] == [404]


def test_tasks_are_listed_by_status(mock: MockServer, receiver: Receiver) -> None:
    view = mock.account("one")
    send(view, receiver)
    view.clock.advance(180)
    send(view, receiver, "generate")
    assert [(task.operation, task.status) for task in view.tasks()] == [("generate", "PENDING"), ("extend", "SUCCESS")]
    assert [task.operation for task in view.tasks(status="SUCCESS")] == ["extend"]
    assert [task.operation for task in view.tasks(limit=1)] == ["generate"]


def test_waiting_is_for_what_matches(mock: MockServer, receiver: Receiver) -> None:
    view = mock.account("one")
    task_id = send(view, receiver).json()["data"]["taskId"]
    view.clock.advance(180)
    assert [entry.stage for entry in view.wait_for_callbacks(task_id, 3)] == ["text", "first", "complete"]
    assert len(view.wait_for(1, stage="first")) == 1
    with pytest.raises(TimeoutError, match=r"0 of 1 came within 0 s\. Journal:\n  --> POST /api/v1/generate/extend"):
        view.wait_for(1, within=0, code=429)


def test_entries_are_found_by_what_they_are(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    send(one)
    httpx.post(one.url + path("extend"), json={}, headers=one.headers)
    send(two)
    assert [entry.code for entry in one.find(kind="request")] == [200, 422]
    assert [entry.id for entry in one.find(code=422)] == [2]
    assert two.find(code=422) == []


def test_the_journal_of_one_key_can_be_cleared(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    send(one)
    send(two)
    one.clear_journal()
    assert (one.entries, len(two.entries)) == ([], 1)


def test_a_timeline_tells_what_was_and_will_be(mock: MockServer, receiver: Receiver) -> None:
    view = mock.account("one")
    task_id = send(view, receiver).json()["data"]["taskId"]
    view.clock.advance(30)
    told = [(moment.what, moment.stage) for moment in view.timeline(task_id)]
    assert told[:3] == [("accepted", None), ("reached", "text"), ("attempted", "text")]
    assert ("owed", "first") in told
    with pytest.raises(NoSuch, match="there is no task 'nothing'"):
        view.timeline("nothing")


def test_a_callback_can_be_sent_once_more(mock: MockServer, receiver: Receiver) -> None:
    view = mock.account("one")
    task_id = send(view, receiver).json()["data"]["taskId"]
    view.clock.advance(180)
    assert view.redeliver(task_id, "complete").outcome == "accepted"
    assert [callback.json()["data"]["callbackType"] for callback in receiver.wait_for(4)[2:]] == ["complete"] * 2
    with pytest.raises(BadSetting, match=f"stage of task {task_id} 'last' is unknown"):
        view.redeliver(task_id, "last")


def test_callbacks_come_without_a_request(mock: MockServer, receiver: Receiver) -> None:
    view = mock.account("one")
    task_id = view.trigger("only-complete", receiver.url, title="Harbour")
    view.clock.advance(180)
    body = receiver.wait_for(1)[0].json()
    assert (body["data"]["task_id"], body["data"]["data"][0]["title"]) == (task_id, "Harbour")
    assert [task.task_id for task in view.tasks()] == [task_id]


def test_a_queue_is_of_one_key(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    one.queue("mock-429", times=2)
    one.queue("402", times=None)
    assert [code(one) for _ in range(4)] == [429, 429, 402, 402]
    assert (one.account.standing, code(two)) == ("402", 200)
    one.clear_queue()
    assert code(one) == 200


def test_a_fault_is_of_one_key_and_counted(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    one.fault("status", status=503, times=2)
    assert [credits(view).status_code for view in (one, two, one, one)] == [503, 200, 503, 200]


def test_a_fault_can_be_taken_back(mock: MockServer) -> None:
    view = mock.account("one")
    view.fault("malformed")
    view.fault()
    assert credits(view).json()["code"] == 200
    view.fault(delay=0.001)
    assert mock.faults() == {"one": Fault(delay=0.001)}
    with pytest.raises(BadSetting, match=r"fault 'rest' is unknown\. Nearest: reset\."):
        view.fault("rest")


def test_a_key_can_be_changed(mock: MockServer) -> None:
    view = mock.account("one")
    assert view.change(credits=12, rate_limit="1/10").credits == 12
    assert [code(view), code(view, "generate")] == [200, 429]
    assert (view.account.credits, view.account.tasks) == (0, 1)
    view.change(revoked=True)
    assert code(view) == 401
    with pytest.raises(BadSetting, match=r"credits is -1\. Allowed: 0 to 10000000000000"):
        view.change(credits=-1)


def test_a_key_has_tracks_of_its_own(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    track = one.add_track("mine", "V4", 60.0, title="Harbour")
    assert (track.title, track in one.tracks(), track in two.tracks()) == ("Harbour", True, False)
    with pytest.raises(BadSetting, match="model 'V9' is unknown"):
        one.add_track("other", "V9", 60.0)


def test_a_reset_forgets_one_key_alone(mock: MockServer, receiver: Receiver) -> None:
    one, two = mock.account("one"), mock.account("two")
    first = [send(view, receiver).json()["data"]["taskId"] for view in (one, two)]
    one.reset()
    assert (one.entries, one.tasks(), len(two.tasks())) == ([], [], 1)
    assert one.clock.advance(3600) > 0
    assert one.attempts == []
    again = [send(view, receiver).json()["data"]["taskId"] for view in (one, two)]
    assert [now == before for now, before in zip(again, first, strict=True)] == [True, False]


def test_the_clock_is_everybodys(mock: MockServer) -> None:
    one, two = mock.account("one"), mock.account("two")
    one.clock.advance(60)
    assert two.clock.now() == mock.clock.now() == MANUAL_EPOCH + 60
    one.clock.run()
    with pytest.raises(ClockRuns, match="the clock runs by itself"):
        two.clock.advance(1)
    two.clock.freeze()
    assert one.clock.advance(1) == 0


@pytest.mark.parametrize(
    ("match", "text"),
    [
        ({"cod": 422}, "field of an entry 'cod' is unknown. Nearest: code. Known: code, "),
        ({"kind": "attempts"}, "kind 'attempts' is unknown. Nearest: attempt. Known: attempt, request."),
        ({"stage": "last"}, "stage 'last' is unknown. Nearest: first. Known: complete, first, text."),
        ({"outcome": 5}, "outcome '5' is unknown. Nearest: "),
    ],
)
def test_what_no_entry_has_is_not_sought(mock: MockServer, match: dict[str, Any], text: str) -> None:
    for seek in (mock.find, lambda **match: mock.account("one").wait_for(1, within=0, **match)):
        with pytest.raises(BadSetting) as caught:
            seek(**match)
        assert str(caught.value).startswith(text)


def test_somebody_who_waits_is_told_of_the_key_alone(mock: MockServer) -> None:
    send(mock.account("one"))
    send(mock.account("two"))
    with pytest.raises(TimeoutError) as caught:
        mock.account("one").wait_for(1, within=0, kind="attempt")
    assert str(caught.value).count("-->") == 1


@pytest.mark.parametrize("key", ["", 5, None])
def test_what_cannot_be_a_key_is_none(mock: MockServer, key: Any) -> None:
    with pytest.raises(BadSetting, match=rf"^the key is {key!r}\. Allowed: any text that is not empty\.$"):
        mock.account(key)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda view: view.fault(zzz=1), "field of a fault 'zzz' is unknown. Nearest: "),
        (lambda view: view.fault(5), "fault '5' is unknown. Nearest: "),
        (lambda view: view.queue(5), "scenario '5' is unknown. Nearest: "),
        (lambda view: view.queue("200", times="2"), "times is '2'. Allowed: 1 or more, or None for all requests."),
        (lambda view: view.clock.advance("3"), "seconds is '3'. Allowed: 0 or more; "),
        (lambda view: view.wait_for("3"), "count is '3'. Allowed: 1 or more."),
        (lambda view: view.wait_for(1, within=float("nan")), "within is nan. Allowed: seconds, 0 or more."),
        (lambda view: view.tasks(status=3), "status '3' is unknown. Nearest: "),
        (lambda view: view.find(code="422"), "code is '422'. Allowed: a whole number."),
        (lambda view: view.trigger("x" * 1000, "http://127.0.0.1/"), f"scenario '{'x' * 200}... (1000 characters)' is"),
    ],
)
def test_what_cannot_be_is_told(mock: MockServer, call: Callable[[Any], object], text: str) -> None:
    with pytest.raises(BadSetting) as caught:
        call(mock.account("one"))
    assert str(caught.value).startswith(text)
