"""MockServer in a thread, the socket it listens on, and what happens when it stops."""

import socket
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from mock_server import MockServer, Settings
from mock_server.errors import BadSetting
from mock_server.listening import AnnouncingServer, base_url, listen
from mock_server.receiver import Receiver
from mock_server.rulebook import EXTEND
from mock_server.server import Account
from mock_server.settings import MANUAL_EPOCH
from tests.builders import request


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


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7"])
def test_an_impossible_host_is_a_clear_error(host: str) -> None:
    with pytest.raises(BadSetting, match=f"cannot listen on {host} port 0: "):
        listen(host, 0)


def test_the_base_url_of_each_family() -> None:
    with listen("127.0.0.1", 0) as four:
        assert base_url(four) == f"http://127.0.0.1:{four.getsockname()[1]}"
    if socket.has_ipv6:
        with listen("::1", 0) as six:
            assert base_url(six) == f"http://[::1]:{six.getsockname()[1]}"


def test_a_failing_start_is_raised_and_not_waited_for() -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        raise ZeroDivisionError
        yield

    mock = MockServer()
    mock._server = AnnouncingServer(Starlette(lifespan=lifespan), lambda: None)
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
        assert [entry.answer.code for entry in mock.requests] == codes
        task_id = mock.requests[-1].task_id
        assert task_id
        assert mock.clock.advance(180) == 3
        assert [entry.stage for entry in mock.wait_for_callbacks(task_id, 3)] == ["text", "first", "complete"]
        mock.reset()
        assert mock.requests == []
        assert mock.clock.now() == MANUAL_EPOCH


def test_an_account_sees_nothing_of_another() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        one, two = mock.account("one"), mock.account("two")
        two.queue("402", times=None)
        assert send(one, receiver)["code"] == 200
        assert [send(two, receiver)["code"] for _ in range(2)] == [402, 402]
        one.clock.advance(30)
        assert ([entry.answer.code for entry in one.requests], len(one.attempts)) == ([200], 1)
        one.reset()
        assert (one.entries, len(two.requests)) == ([], 2)


def test_an_account_sees_its_wrong_paths() -> None:
    with MockServer(pace="manual") as mock:
        account = mock.account("one")
        httpx.post(f"{mock.url}/api/v1/generate/extent", headers=account.headers)
        assert [entry.answer.status for entry in account.requests] == [404]


def test_waiting_in_vain_tells_what_came() -> None:
    with (
        MockServer(pace="manual") as mock,
        pytest.raises(TimeoutError, match=r"0 of 1 came within 0 s\. Journal: nothing"),
    ):
        mock.wait_for_callbacks("nothing", 1, within=0)


def send(to: MockServer | Account, receiver: Receiver) -> dict[str, Any]:
    """The answer to the documented request."""
    body = request(callBackUrl=receiver.url)
    response = httpx.post(f"{to.url}{EXTEND}", json=body, headers={"Authorization": f"Bearer {to.key}"})
    answer: dict[str, Any] = response.json()
    return answer
