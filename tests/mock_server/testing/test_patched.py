"""Libraries that replace what a mock in a thread stands on: gevent, eventlet, and frozen clocks."""

import re
import subprocess
import sys
from types import SimpleNamespace

import httpx
import pytest
from freezegun import freeze_time

from mock_server.commands.demo import EXTEND
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.builders import request

REFUSED = (
    "RuntimeError: gevent has replaced the threads or sockets of this process, and a mock in one of its threads would "
    "stop all others for ever. Start it as a process of its own: suno-mock serve --port 0"
)


def ended(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("how", ["", "thread=False"])
def test_a_mock_under_gevent_is_refused_with_the_reason(how: str) -> None:
    code = f"from gevent import monkey; monkey.patch_all({how}); from mock_server import MockServer; MockServer()"
    assert ended(code).stderr.splitlines()[-1] == REFUSED


@pytest.mark.usefixtures("untraced")
def test_gevent_that_replaces_nothing_is_fine() -> None:
    code = "import gevent.monkey; from mock_server import MockServer\nwith MockServer() as mock: print(mock.key)"
    assert ended(code).stdout == "test-key\n"


@pytest.mark.usefixtures("untraced")
def test_a_receiver_works_under_gevent() -> None:
    code = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import httpx; from mock_server import Receiver\n"
        "with Receiver() as receiver: httpx.post(receiver.url, content=b'{}'); print(len(receiver.wait_for(1)))"
    )
    assert ended(code).stdout == "1\n"


def test_a_mock_under_eventlet_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    patcher = SimpleNamespace(is_monkey_patched=lambda what: what == "socket")
    monkeypatch.setitem(sys.modules, "eventlet.patcher", patcher)
    with pytest.raises(RuntimeError, match=re.escape("eventlet has replaced the threads or sockets of this process")):
        MockServer()


@pytest.mark.parametrize("pace", ["immediate", "600x"])
@pytest.mark.parametrize("tick", [False, True])
@pytest.mark.parametrize("before", [False, True], ids=["frozen later", "frozen first"])
def test_a_frozen_wall_clock_stops_no_callbacks(before: bool, tick: bool, pace: str) -> None:
    frozen = freeze_time("2020-01-01", tick=tick)
    if before:
        frozen.start()
    with MockServer(pace=pace) as mock, Receiver() as receiver:
        if not before:
            frozen.start()
        try:
            body = {**request(), "callBackUrl": receiver.url}
            assert httpx.post(mock.url + EXTEND, json=body, headers=mock.headers).json()["code"] == 200
            assert len(receiver.wait_for(3)) == 3
        finally:
            frozen.stop()


def test_what_was_owed_while_the_wall_clock_was_frozen_is_sent_afterwards() -> None:
    with MockServer(pace="600x") as mock, Receiver() as receiver:
        with freeze_time("2020-01-01"):
            mock.trigger("200", receiver.url)
        assert len(receiver.wait_for(3)) == 3


def test_a_wait_ends_though_the_wall_clock_is_frozen() -> None:
    with (
        Receiver() as receiver,
        freeze_time("2020-01-01"),
        pytest.raises(TimeoutError, match=r"^0 of 1 callbacks came "),
    ):
        receiver.wait_for(1, within=0.1)
