"""Several processes that are one mock: what clients see of it, and what is lost when one of them is killed."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.contract.operations import path
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.builders import request
from tests.mock_server.state.shared.servers import PROGRAMS, Server
from tests.processes import COMMAND, serving, suno_mock
from tests.test_team import HEADERS, Course

pytestmark = [
    pytest.mark.usefixtures("untraced"),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc"),
]
BASE_URL = "http://127.0.0.1:4010"
ENDS_AT_ONCE = """
from mock_server.commands.workers import Workers

def work(*, introduces, held):
    return 3

raise SystemExit(Workers(2, work, young=30, pause=0).run())
"""

SAYS_WHERE = """
from mock_server.commands.workers import Workers

def work(*, introduces, held):
    print("introduces" if introduces else "silent", flush=True)
    return 3

Workers(1, work, young=30, pause=0).run()
"""


HANGS = """
import signal
import sys
from mock_server.commands.workers import Workers

def work(*, introduces, held):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("hangs", flush=True)
    while True:
        signal.pause()

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Workers(1, work, ends_within=0.1).run()
"""


@pytest.fixture(params=["file", *PROGRAMS])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """What workers share, with nothing in it."""
    if request.param == "file":
        yield f"{tmp_path}/state"
        return
    server = Server(request.param)
    yield server.url
    server.end()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The ids of the processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process.pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


class Stubborn(threading.Thread):
    """Starts tasks until it is told to end, whatever becomes of its connection."""

    def __init__(self, url: str, callback_url: str) -> None:
        super().__init__()
        self._url = f"{url}{path('extend')}"
        self._body = request(callBackUrl=callback_url)
        self._told = threading.Event()
        self.accepted: list[str] = []
        self.sent = 0
        self.start()

    def run(self) -> None:
        while not self._told.is_set():
            self.sent += 1
            try:
                answer = httpx.post(self._url, json=self._body, headers=HEADERS, timeout=30)
            except httpx.TransportError:
                continue
            self.accepted.append(answer.json()["data"]["taskId"])

    def end(self) -> None:
        self._told.set()
        self.join()


def kill_workers(course: Course, kills: Sequence[int]) -> None:
    """Kill a worker each time after so many callbacks, under load."""
    with serving(*course.options, "--workers", "2", "--lease", "1") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        clients = [Stubborn(url, course.receiver.url) for _ in range(3)]
        try:
            for serial, callbacks in enumerate(kills):
                course.receiver.wait_for(len(course.receiver.received) + callbacks, within=60)
                if not workers_of(process):  # one that was killed young is replaced a second later
                    httpx.get(f"{url}/__admin/health", timeout=30)
                working = workers_of(process)
                subprocess.run(["kill", "-9", str(working[serial % len(working)])], check=False)
            course.receiver.wait_for(len(course.receiver.received) + 20, within=60)
        finally:
            for client in clients:
                client.end()
        for client in clients:
            course.accepted += client.accepted
            course.sent += client.sent


def test_a_kill_of_a_worker_loses_no_task_and_no_callback(state: str) -> None:
    with Receiver() as receiver:
        course = Course(state, receiver)
        kill_workers(course, [30, 30])
        course.judge()


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(50))  # of 20 moments each
def test_no_kill_of_a_worker_at_any_moment_loses_anything(state: str, seed: int) -> None:
    chosen = random.Random(seed)
    with Receiver() as receiver:
        course = Course(state, receiver)
        kill_workers(course, [chosen.randint(1, 100) for _ in range(20)])
        course.judge()


def test_all_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    with serving("--workers", "3", "--state", f"{tmp_path}/state") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/__admin/health").is_success
        working = workers_of(process)
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert (len(working), process.returncode, err) == (3, 143, "")
    assert not any(Path(f"/proc/{each}").exists() for each in working)


def test_a_worker_that_ends_is_replaced_and_told(tmp_path: Path) -> None:
    with serving("--workers", "2", "--state", f"{tmp_path}/state") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        killed = workers_of(process)[0]
        subprocess.run(["kill", "-9", str(killed)], check=True)
        told = process.stderr.readline()
    assert told == f"suno-mock: worker {killed} ended by signal 9; another one takes its place.\n"


def test_workers_that_cannot_work_are_given_up() -> None:
    command = [sys.executable, "-c", ENDS_AT_ONCE]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    *replaced, last = ended.stderr.splitlines()
    assert (ended.returncode, len(replaced)) == (1, 4)
    assert all("ended with exit status 3; another one takes its place" in each for each in replaced)
    assert last.endswith("ended with exit status 3, as 4 before it at once: the mock ends.")


def test_a_worker_that_does_not_end_is_killed_and_the_mock_ends_with_1() -> None:
    process = subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "hangs\n"
    (hanging,) = workers_of(process)
    process.terminate()
    _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (
        1,
        f"suno-mock: worker {hanging} did not end within 0.1 s, and is killed: the mock ends with exit status 1.\n",
    )
    assert not Path(f"/proc/{hanging}").exists()


def test_what_went_wrong_is_told_though_a_worker_is_killed() -> None:
    command = [sys.executable, "-c", HANGS.replace("sys.exit(0)", "1 / 0")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hangs\n"
        process.terminate()
        _, told = process.communicate(timeout=20)
    assert (process.returncode, "and is killed" in told) == (1, True)
    assert told.endswith("ZeroDivisionError: division by zero\n")
    assert "SystemExit" not in told


def test_who_takes_the_place_of_one_that_said_nothing_says_where_the_mock_is() -> None:
    command = [sys.executable, "-c", SAYS_WHERE]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.splitlines() == ["introduces"] * 5


def test_a_worker_delivers_what_others_have_accepted(state: str) -> None:
    with Receiver() as receiver:
        with MockServer(state=state, workers=2, base_url=BASE_URL) as mock:
            httpx.post(f"{mock.url}{path('extend')}", headers=HEADERS, json=request(callBackUrl=receiver.url))
        command = [*COMMAND, "worker", "--state", state, "--workers", "2", "--base-url", BASE_URL]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == f"delivers for {state}\n"
            receiver.wait_for(3, within=30)
            process.terminate()
            printed, _ = process.communicate(timeout=20)
    assert [each.json()["data"]["callbackType"] for each in receiver.received] == ["text", "first", "complete"]
    assert (process.returncode, printed.count("accepted in")) == (0, 3)


def test_a_worker_without_others_is_told_what_it_needs() -> None:
    ended = suno_mock("worker", "--state", "mock.db")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("suno-mock: a worker delivers what others accept: give the --state of an engine")


def journey(first: MockServer, second: MockServer, receiver: Receiver, keys: Sequence[str]) -> Any:
    """What two clients see that ask two servers in turn, and what their receiver gets."""
    before = len(receiver.received)
    answers = []
    for serial in range(6):
        mock, key = (first, second)[serial % 2], keys[serial % len(keys)]
        headers = {"Authorization": f"Bearer {key}"}
        body = request(callBackUrl=receiver.url)
        answers.append(httpx.post(f"{mock.url}{path('extend')}", headers=headers, json=body))
    second.clock.advance(100)
    first.clock.advance(500)
    task = answers[0].json()["data"]["taskId"]
    asked: dict[str, Any] = {"params": {"taskId": task}, "headers": {"Authorization": f"Bearer {keys[0]}"}}
    polls = [httpx.get(f"{mock.url}{path('record-info')}", **asked) for mock in (first, second)]
    assert [line.at for line in first.attempts] == [line.at for line in second.attempts]
    return [each.content for each in (*answers, *polls)], [each.body for each in receiver.received[before:]]


@pytest.mark.parametrize("keys", [("a", "b"), ("a",)], ids=["one key each", "one key"])
def test_two_workers_send_the_bytes_of_one_mock(state: str, keys: Sequence[str]) -> None:
    choices: dict[str, Any] = {"pace": "manual", "base_url": BASE_URL}
    shared: dict[str, Any] = {**choices, "workers": 2, "state": state}
    with Receiver() as receiver:
        with MockServer(**choices) as mock:
            alone = journey(mock, mock, receiver, keys)
        with MockServer(**shared) as first, MockServer(**shared) as second:
            together = journey(first, second, receiver, keys)
    assert len(alone[1]) == 18
    assert together == alone
