"""MockServer in a thread, the socket it listens on, and what happens when it stops."""

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from mock_server import MockServer, Settings, create_app
from mock_server.commands.demo import EXTEND
from mock_server.contract.operations import path
from mock_server.control.control import Control
from mock_server.core.clock import MockClock
from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import BadSetting, Stopped
from mock_server.core.seeded import media_name
from mock_server.http.held import HeldRequests
from mock_server.http.server import listen
from mock_server.state.journal_entries import Attempted
from mock_server.testing.key import KeyView
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received
from tests.builders import CREATED, request

CREDITS = path("chat-credit")


def post(mock: MockServer, client: httpx.Client) -> str:
    response = client.post(f"{mock.url}{EXTEND}", json=request(), headers={"Authorization": f"Bearer {mock.key}"})
    return str(response.json()["data"]["taskId"])


def test_serves_within_the_block_and_not_after() -> None:
    with MockServer(seed=7, pace="manual") as mock, httpx.Client() as client:
        assert post(mock, client)
    with pytest.raises(httpx.ConnectError), httpx.Client() as client:
        post(mock, client)


def test_two_mocks_do_not_meet() -> None:
    with MockServer(seed=7, pace="manual") as one, MockServer(seed=7, pace="manual") as two, httpx.Client() as client:
        assert one.url != two.url
        assert post(one, client) == post(two, client)


def test_settings_are_taken_whole_or_as_keywords() -> None:
    with MockServer(Settings(maintenance=True)) as mock, httpx.Client() as client:
        answer = client.post(f"{mock.url}{EXTEND}", json={}, headers={"Authorization": "Bearer key"}).json()
        assert answer["code"] == 455
    with pytest.raises(BadSetting, match="profile 'apikly' is unknown"):
        MockServer(profile="apikly")


def test_settings_and_keywords_exclude_each_other() -> None:
    with pytest.raises(TypeError, match="give either settings or keywords, not both: seed"):
        MockServer(Settings(), seed=7)


def test_one_allowed_host_allows_no_other() -> None:
    with MockServer(pace="manual", allow_callbacks_to="*.example.com") as mock:
        body = request(callBackUrl="http://192.0.2.1:9/")
        httpx.post(f"{mock.url}{EXTEND}", json=body, headers={"Authorization": f"Bearer {mock.key}"})
        mock.clock.advance(30)
        assert [entry.outcome for entry in mock.account(mock.key).attempts] == ["blocked"]


def test_parallel_requests_get_different_tasks() -> None:
    with MockServer(pace="manual") as mock, httpx.Client() as client, ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: post(mock, client), range(64)))
        assert len(set(ids)) == 64


def test_a_taken_port_is_a_clear_error() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSetting) as caught:
            MockServer(port=port)
    assert str(caught.value).startswith(f"cannot listen on 127.0.0.1 port {port}: ")
    assert str(caught.value).endswith("Choose another port, or --port 0 for a free one.")


def test_a_failing_start_is_raised_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        raise ZeroDivisionError
        yield

    def failing(settings: Settings, **parts: Any) -> Starlette:
        app = create_app(settings, **parts)
        app.router.lifespan_context = lifespan
        return app

    monkeypatch.setattr("mock_server.testing.mock_server.create_app", failing)
    mock = MockServer()
    with pytest.raises(RuntimeError, match="the mock did not start; its standard error has the reason"):
        mock.start()


def test_a_mock_that_was_not_started_can_be_stopped() -> None:
    mock = MockServer()
    mock.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(mock.url)


def test_stopping_leaves_no_thread() -> None:
    with MockServer():
        assert "suno-mock" in {thread.name for thread in threading.enumerate()}
    assert "suno-mock" not in {thread.name for thread in threading.enumerate()}


def test_a_test_sees_and_steers_the_mock() -> None:
    with MockServer(pace="manual", readings={"retry_spacing": "at_once"}) as mock, Receiver() as receiver:
        mock.queue("mock-429", times=2)
        codes = [send(mock, receiver)["code"] for _ in range(3)]
        assert codes == [429, 429, 200]
        assert [entry.code for entry in mock.requests] == codes
        task_id = mock.requests[-1].task_id
        assert task_id
        assert mock.clock.advance(180) == 3
        assert [entry.stage for entry in mock.wait_for_callbacks(task_id, 3)] == ["text", "first", "complete"]
        mock.reset()
        assert mock.requests == []
        assert mock.clock.now() == MANUAL_EPOCH


def test_what_needs_a_key_is_about_the_mocks_own() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        mock.queue("402", times=None)
        mock.clear_queue()
        task_id = mock.trigger("only-complete", receiver.url)
        assert [task.task_id for task in mock.account(mock.key).tasks()] == [task_id]
        mock.clock.advance(180)
        assert mock.redeliver(task_id, "complete").outcome == "accepted"
        assert [moment.what for moment in mock.timeline(task_id)].count("attempted") == 2


def test_the_mock_sees_all_keys() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        for key in ("one", "two"):
            send(mock.account(key), receiver)
        assert [entry.key for entry in mock.entries] == ["one", "two"]
        assert [task.key for task in mock.tasks()] == ["two…", "one…"]
        assert [task.key for task in mock.tasks(status="PENDING", limit=1)] == ["two…"]
        assert mock.tasks(status="SUCCESS") == []
        assert [view.key for view in mock.accounts()] == ["test-key", "empty-key", "one…", "two…"]
        assert [entry.key for entry in mock.wait_for(2, kind="request")] == ["one", "two"]
        assert [entry.key for entry in mock.find(code=200)] == ["one", "two"]
        assert mock.find(code=422) == []
        mock.clear_journal()
        assert mock.entries == []


def test_a_general_fault_is_of_all_keys_that_have_none() -> None:
    with MockServer() as mock, Receiver() as receiver:
        mock.fault("status", status=503, times=1)
        spared = mock.account("spared")
        spared.fault("status", status=599)
        assert {key: fault.status for key, fault in mock.faults().items()} == {None: 503, "spared": 599}
        for view, status in ((spared, 599), (mock, 503), (mock, 200)):
            assert httpx.get(mock.url + CREDITS, headers=bearer(view)).status_code == status
        spared.fault()
        assert send(spared, receiver)["code"] == 200


def test_settings_and_questions_change_while_it_runs() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        mock.change_settings(maintenance=True)
        assert send(mock, receiver)["code"] == 455
        mock.change_settings(maintenance=False)
        mock.change_questions(first_items="both")
        send(mock, receiver)
        mock.clock.advance(105)
        assert len(receiver.wait_for(2)[1].json()["data"]["data"]) == 2
        with pytest.raises(BadSetting, match="changeable setting 'profile' is unknown"):
            mock.change_settings(profile="classic")
        with pytest.raises(BadSetting, match=r"question 'first_item' is unknown\. Nearest: first_items\."):
            mock.change_questions(first_item="both")


def test_what_is_in_force_can_be_asked() -> None:
    with MockServer(pace="manual", readings={"text_items": "vary"}) as mock:
        mock.change_settings(credits=5)
        mock.change_questions(first_items="both")
        assert (mock.settings.pace, mock.settings.credits) == ("manual", 5)
        assert (mock.questions["text_items"], mock.questions["first_items"]) == ("vary", "both")
        assert "callback-501" in [scenario.name for scenario in mock.scenarios]


def test_a_track_can_be_added_for_all_keys() -> None:
    with MockServer() as mock:
        track = mock.add_track("ours", "V4", 60.0, title="Harbour")
        assert mock.tracks()[-1] == track
        assert track in mock.account("other").tracks()


def test_a_clock_can_be_given() -> None:
    with MockServer(pace="manual", clock=MockClock(CREATED + 5, frozen=True)) as mock:
        assert mock.clock.now() == CREATED + 5


def test_media_urls_lead_to_the_mock() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        send(mock, receiver)
        mock.clock.advance(180)
        track = receiver.wait_for(3)[-1].json()["data"]["data"][0]
        for name in ("audio_url", "stream_audio_url", "image_url"):
            assert track[name].startswith(mock.url)
            assert httpx.get(track[name]).status_code == 200


def test_waiting_in_vain_tells_what_came() -> None:
    with (
        MockServer(pace="manual") as mock,
        pytest.raises(TimeoutError, match=r"0 of 1 came within 0 s\. Journal: nothing"),
    ):
        mock.wait_for_callbacks("nothing", 1, within=0)


def test_what_was_seen_can_be_asked_after_the_end() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        send(mock, receiver)
    assert len(mock.requests) == 1
    assert [entry.outcome for entry in mock.entries if isinstance(entry, Attempted)] == ["undelivered"] * 3


def bearer(of: MockServer | KeyView) -> dict[str, str]:
    return {"Authorization": f"Bearer {of.key}"}


def send(to: MockServer | KeyView, receiver: Receiver) -> dict[str, Any]:
    """The answer to the documented request."""
    response = httpx.post(f"{to.url}{EXTEND}", json=request(callBackUrl=receiver.url), headers=bearer(to))
    answer: dict[str, Any] = response.json()
    return answer


def test_a_mock_that_does_not_run_says_so() -> None:
    mock = MockServer()
    text = r"^the mock does not run; use it between start\(\) and stop\(\), or inside its with block$"
    with pytest.raises(RuntimeError, match=text):
        mock.tasks()
    with mock:
        assert mock.tasks() == []
        with pytest.raises(RuntimeError, match=r"^the mock was started before; make another MockServer$"):
            mock.start()
    with pytest.raises(RuntimeError, match=text):
        mock.reset()


def called(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> threading.Event:
    """What is set once somebody is within a method that waits."""
    waits, within = getattr(owner, name), threading.Event()

    async def announced(*arguments: Any, **named: Any) -> Any:
        within.set()
        return await waits(*arguments, **named)

    monkeypatch.setattr(owner, name, announced)
    return within


def test_a_mock_stops_though_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    both = called(monkeypatch, Control, "wait_until"), called(monkeypatch, HeldRequests, "hold")
    with MockServer() as mock, ThreadPoolExecutor() as pool, httpx.Client(base_url=mock.url, timeout=300) as http:
        slow = mock.account("slow")
        slow.fault(delay=60)
        waiting = pool.submit(http.post, "/__admin/wait", json={"count": 1, "within": 300})
        held = pool.submit(http.get, CREDITS, headers=slow.headers)
        assert all(within.wait(10) for within in both)
        mock.stop()
        assert (waiting.result().status_code, "until the mock was stopped" in waiting.result().text) == (503, True)
        with pytest.raises(httpx.TransportError):
            held.result()


@pytest.mark.parametrize("step", ["advance", "redeliver"])
def test_a_mock_stops_though_a_receiver_hangs(step: str, capfd: pytest.CaptureFixture[str]) -> None:
    clock = MockClock(CREATED, frozen=True)
    with ExitStack() as opened:
        nobody = opened.enter_context(listen("127.0.0.1", 0))
        nobody.settimeout(10)
        mock = opened.enter_context(MockServer(pace="manual", clock=clock))
        pool = opened.enter_context(ThreadPoolExecutor())
        task_id = mock.trigger("only-complete", f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        requests: dict[str, tuple[str, dict[str, Any]]] = {
            "advance": ("clock/advance", {"seconds": 180}),
            "redeliver": ("redeliver", {"task_id": task_id, "stage": "complete"}),
        }
        path, body = requests[step]
        if step == "redeliver":
            clock.move_to(CREATED + 180)
        asked = pool.submit(httpx.post, f"{mock.url}/__admin/{path}", json=body, timeout=60)
        opened.enter_context(nobody.accept()[0])
        mock.stop()
        assert (asked.result().status_code, asked.result().json()["error"][:26]) == (503, "the mock was stopped while")
        assert [entry.outcome for entry in mock.attempts][:1] == ["undelivered"]
    assert capfd.readouterr().err == ""


def cut_off(mock: MockServer, course: Callable[[], object], within: threading.Event) -> str:
    """What is raised where the mock stops while a thread asks it for something."""
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(course)
        assert within.wait(10)
        mock.stop()
        with pytest.raises(Stopped) as stopped:
            asked.result(10)
    return str(stopped.value)


def test_who_moves_the_clock_of_a_mock_that_stops_learns_what_was_attempted() -> None:
    hangs, answered = threading.Event(), threading.Event()

    def answer(received: Received) -> int:
        hangs.set()
        return 200 if answered.wait(30) else 500

    with Receiver(answer) as receiver, MockServer(pace="manual") as mock:
        task_id = mock.trigger("only-complete", receiver.url)
        told = cut_off(mock, lambda: mock.clock.advance(180), hangs)
        answered.set()
    assert told.splitlines() == [
        "the mock was stopped while its clock was moved by 180 s; attempts that were made: 0. Since then:",
        f"  <-- complete of {task_id} to {receiver.url}  undelivered: "
        "the mock was stopped before the receiver had answered",
    ]


def test_what_a_mock_that_stops_leaves_undone_is_told() -> None:
    within = threading.Event()

    async def never() -> None:
        within.set()
        await asyncio.Event().wait()

    with MockServer() as mock:
        assert (
            cut_off(mock, lambda: mock.run(never()), within)
            == "the mock was stopped before it had done what it was asked"
        )


@pytest.mark.parametrize("request_line", ["GET /{media}.jpeg", "POST /__admin/reset"])
def test_a_client_that_leaves_is_no_error(request_line: str, capfd: pytest.CaptureFixture[str]) -> None:
    with MockServer() as mock:
        track = next(track.id for track in mock.tracks() if len(track.id) == 36)
        head = request_line.format(media=media_name(track)) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
        address = urlsplit(mock.url)
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(head.encode())
        httpx.get(f"{mock.url}/__admin/health")
    assert capfd.readouterr().err == ""


def test_whoever_has_an_answer_finds_its_entry() -> None:
    """Threads change as often as they can, so that an entry that is written late would be missed."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with MockServer() as mock, httpx.Client() as http:
            found = [(post(mock, http), mock.requests[-1].task_id) for _ in range(200)]
    finally:
        sys.setswitchinterval(interval)
    assert [entry for _, entry in found] == [answered for answered, _ in found]


def test_a_mock_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """uvicorn looks ten times a second whether it is to end; this one never looks."""

    async def never(server: uvicorn.Server) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(uvicorn.Server, "main_loop", never)
    with MockServer() as mock:
        assert httpx.get(f"{mock.url}/__admin/health").status_code == 200
