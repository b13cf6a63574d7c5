"""Every command that runs for long ends at once when it is asked to, also where signals are ignored by default."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from mock_server.commands import listings
from mock_server.commands.demo import EXTEND
from mock_server.commands.signals import Terminated, ended_by_signals
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received
from tests.processes import COMMAND, Run

STATUS = {signal.SIGTERM: 143, signal.SIGINT: 130}
AT_ONCE = 10.0
"""Seconds, on a slow machine; what a command waits for takes longer."""
IGNORED = ["sh", "-c", "trap '' TERM INT; exec \"$@\"", "sh"]
"""Starts a program as a script starts one in the background, and as process 1 of a container is: signals do nothing."""
PROCESS_1 = ["unshare", "--pid", "--fork", "--kill-child"]
"""Starts a program as process 1 of its own, where the system lets one."""


@contextmanager
def hanging() -> Iterator[str]:
    """The URL of a receiver that answers when the test is over."""
    over = threading.Event()

    def hang(received: Received) -> int:
        over.wait(60)
        return 200

    with Receiver(hang) as receiver:
        yield receiver.url
        over.set()


@contextmanager
def asked() -> Iterator[str]:
    """The URL of a mock whose clock stands still, with one request in its journal."""
    with MockServer(pace="manual") as mock:
        httpx.post(mock.url + EXTEND)
        yield mock.url


@contextmanager
def nothing() -> Iterator[str]:
    """No URL."""
    yield ""


COMMANDS: dict[str, tuple[list[str], Callable[[], AbstractContextManager[str]], str]] = {
    "serve": (["serve", "--port", "0"], nothing, "http://"),
    "receive": (["receive", "--port", "0"], nothing, "http://"),
    "tail": (["tail", "--url"], asked, "--> "),
    "extend": (["extend", "--url"], asked, "PENDING"),
    "trigger": (["trigger", "only-complete", "--pace", "immediate", "--to"], hanging, "no mock runs at "),
    "demo": (["demo", "--pace", "10x"], nothing, "The callbacks, at pace 10x:"),
}
"""How each is started, the URL that it is given last, and what it prints once it waits."""


@contextmanager
def started(before: list[str], name: str) -> Iterator[subprocess.Popen[str]]:
    """A command that waits."""
    arguments, given, shown = COMMANDS[name]
    with given() as url:
        command = [*before, *COMMAND, *arguments, *filter(None, [url])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                assert process.stdout
                assert any(shown in line for line in iter(process.stdout.readline, ""))
                yield process
            finally:
                process.kill()


@pytest.mark.parametrize("number", STATUS, ids=lambda number: number.name)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_at_once_with_its_status(name: str, number: signal.Signals) -> None:
    with started(IGNORED, name) as process:
        process.send_signal(number)
        assert process.wait(timeout=AT_ONCE) == STATUS[number]
        assert process.stdout
        assert "Traceback" not in process.stdout.read()


def process_1_is_allowed() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*PROCESS_1, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not process_1_is_allowed(), reason="no process may be process 1 of its own here")
@pytest.mark.parametrize("number", STATUS, ids=lambda number: number.name)
@pytest.mark.parametrize("name", ["serve", "receive", "tail"])
def test_process_1_of_a_container_ends_at_once(name: str, number: signal.Signals) -> None:
    with started(PROCESS_1, name) as process:
        inside = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(inside[0]), number)
        assert process.wait(timeout=20) == STATUS[number]


@pytest.mark.parametrize("number", STATUS, ids=lambda number: number.name)
def test_a_command_ends_though_nobody_reads_what_it_prints(number: signal.Signals) -> None:
    with MockServer(pace="manual") as mock:
        with httpx.Client() as http:
            for _ in range(100):
                http.post(mock.url + EXTEND, json={"prompt": "x" * 5000, "callBackUrl": "x" * 5000})
        command = [*COMMAND, "tail", "--url", mock.url, "--last", "1000", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.read(1)
            process.send_signal(number)
            assert process.wait(timeout=20) == STATUS[number]


def test_what_handled_the_signals_before_does_so_again() -> None:
    before = [signal.getsignal(number) for number in STATUS]
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(Terminated) as ended, ended_by_signals():
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == 143
    assert [signal.getsignal(number) for number in STATUS] == before


def test_a_second_signal_does_not_disturb_the_end() -> None:
    def twice() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)
            ended.set()

    ended = threading.Event()
    with pytest.raises(Terminated), ended_by_signals():
        twice()
    assert ended.is_set()


def test_in_another_thread_signals_are_left_to_the_main_one() -> None:
    before = signal.getsignal(signal.SIGTERM)
    inside: list[object] = []

    def look() -> None:
        with ended_by_signals():
            inside.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert inside == [before]


def test_a_command_that_is_terminated_has_its_status(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def terminated(*anything: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(listings, "profiles", terminated)
    assert run("profiles") == (143, "", "")
