"""A mock whose state is in a file: what a restart and a crash leave, and the page about it."""

import json
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from mock_server.app import create_app
from mock_server.contract.operations import path
from mock_server.core.settings import Settings
from mock_server.state.file_store import FileStore
from mock_server.state.state_file import StateFile
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.builders import edition, request
from tests.processes import serving, suno_mock

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/team.md").read_text("utf-8")
CREDITS: Final = 1_000_000
HEADERS: Final = {"Authorization": "Bearer key"}


class Client(threading.Thread):
    """Starts tasks as fast as it can until the mock is gone; `accepted` are the ids that it was told."""

    def __init__(self, url: str, callback_url: str) -> None:
        super().__init__()
        self._url = f"{url}{path('extend')}"
        self._body = json.dumps(request(callBackUrl=callback_url))
        self.accepted: list[str] = []
        self.sent = 0
        self.start()

    def run(self) -> None:
        with httpx.Client(headers={**HEADERS, "Content-Type": "application/json"}) as http, suppress(httpx.HTTPError):
            while True:
                self.sent += 1
                self.accepted.append(http.post(self._url, content=self._body).json()["data"]["taskId"])


class Course:
    """A mock that is killed at some moment of its work, again and again, and what its clients and receivers saw."""

    def __init__(self, state: Path | str, receiver: Receiver) -> None:
        self.receiver = receiver
        url = "http://127.0.0.1:4010"  # the same for every mock, as are the bytes then
        self.options = [
            "--state",
            str(state),
            "--pace",
            "immediate",
            "--quiet",
            "--base-url",
            url,
            "--credits",
            f"{CREDITS}",
        ]
        self.accepted: list[str] = []
        self.sent = 0

    def killed_after(self, callbacks: int) -> None:
        with serving(*self.options) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            clients = [Client(url, self.receiver.url) for _ in range(3)]
            self.receiver.wait_for(len(self.receiver.received) + callbacks, within=30)
            process.kill()
            for client in clients:
                client.join()
                self.accepted += client.accepted
                self.sent += client.sent

    def judge(self) -> None:
        """Nothing that was accepted is lost, no credit is wrong, and every callback came."""
        with serving(*self.options) as process:
            assert process.stdout is not None
            with httpx.Client(base_url=process.stdout.readline().strip(), headers=HEADERS) as http:
                kept = self.kept(http)
                self.receiver.wait_for(3 * len(kept), within=30)
                while missing := self.missing(kept):
                    assert http.get("/__admin/health").is_success, missing
                credits = http.get(path("chat-credit")).json()["data"]
        price = edition().profile.operations["extend"].price
        assert credits == CREDITS - price * len(kept)
        assert set(self.accepted) <= kept
        assert len(self.accepted) == len(set(self.accepted)) <= len(kept) <= self.sent

    def kept(self, http: httpx.Client) -> set[str]:
        found: set[str] = set()
        cursor: dict[str, Any] = {}
        while True:
            page = http.get("/__admin/tasks", params={"limit": 1000, **cursor}).json()
            found |= {each["task_id"] for each in page["tasks"]}
            if not page["more"]:
                return found
            cursor = {"cursor": page["cursor"]}

    def missing(self, kept: set[str]) -> Counter[str]:
        """How many tasks lack a callback, by its stage. One that came twice was the same both times."""
        came: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        for each in self.receiver.received:
            data = each.json()["data"]
            came[data["task_id"], data["callbackType"]].add(each.body)
        assert {len(bodies) for bodies in came.values()} <= {1}
        stages = ("text", "first", "complete")
        return Counter(stage for each in kept for stage in stages if (each, stage) not in came)


def kill_at_random(state: Path, times: int, seed: int) -> None:
    chosen = random.Random(seed)
    with Receiver() as receiver:
        course = Course(state, receiver)
        for _ in range(times):
            course.killed_after(chosen.randint(1, 100))
        course.judge()


@pytest.mark.usefixtures("untraced")
def test_a_kill_loses_no_task_and_no_callback(tmp_path: Path) -> None:
    kill_at_random(tmp_path / "state", times=3, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10))
def test_no_kill_at_any_moment_loses_anything(tmp_path: Path, seed: int) -> None:
    kill_at_random(tmp_path / "state", times=20, seed=seed)


def test_what_fell_due_while_there_was_no_mock_is_sent_by_the_next_in_its_order(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"state": f"{tmp_path}/state"}
    with Receiver() as receiver:
        with MockServer(pace="manual", **settings) as mock:
            tasks = [extended(mock, receiver, prefer) for prefer in ("only-complete", "200")]
            assert receiver.received == []
        with MockServer(pace="manual", **settings) as mock:
            mock.clock.advance(600)
            sent = receiver.received
            assert extended(mock, receiver) not in tasks
            assert len(mock.attempts) == len(sent)
    assert {each.json()["data"]["task_id"] for each in sent} == set(tasks)
    with MockServer(pace="manual", **settings) as mock:
        assert [mock.timeline(task)[-1].what for task in tasks] == ["attempted", "attempted"]


def test_an_attempt_that_the_end_of_the_mock_cut_off_is_made_again(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"state": f"{tmp_path}/state", "pace": "immediate"}
    reached, hold = threading.Event(), threading.Event()

    def slow(received: Any) -> int:
        reached.set()
        hold.wait(10)
        return 200

    with Receiver(slow) as receiver:
        with MockServer(**settings) as mock:
            task = extended(mock, receiver)
            reached.wait(10)
        hold.set()
        with MockServer(**settings) as mock:
            attempts = mock.wait_for_callbacks(task, 3)
            assert [(each.stage, each.number) for each in attempts] == [("text", 1), ("first", 1), ("complete", 1)]
            assert len(mock.attempts) == 3
        assert receiver.received[0].body == receiver.received[1].body


def extended(mock: MockServer, receiver: Receiver, scenario: str = "200") -> str:
    headers = {**mock.headers, "Prefer": f"scenario={scenario}"}
    answer = httpx.post(f"{mock.url}{path('extend')}", headers=headers, json=request(callBackUrl=receiver.url))
    task_id: str = answer.json()["data"]["taskId"]
    return task_id


@pytest.mark.anyio
async def test_a_full_disk_is_told_over_http_and_gone_once_there_is_room(tmp_path: Path) -> None:
    settings = Settings(state=f"{tmp_path}/state", pace="manual")
    file = FullDisk(settings.state, {})
    app = create_app(store=FileStore(settings, file))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as http:
        file.full = True
        refused = await http.post(path("extend"), headers=HEADERS, json=request())
        changed = await http.patch("/__admin/settings", json={"credits": 1})
        health = (await http.get("/__admin/health")).json()
        file.full = False
        taken = await http.post(path("extend"), headers=HEADERS, json=request())
        after = (await http.get("/__admin/health")).json()
    assert (refused.status_code, refused.headers["content-type"], changed.status_code) == (503, "text/plain", 503)
    assert refused.text == changed.json()["error"] == health["trouble"]
    assert (taken.json()["code"], "trouble" in after) == (200, False)
    await app.state.runtime.store.close()


class FullDisk(StateFile):
    """A file on a disk that can be full."""

    full = False

    def commit(self) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def test_a_mock_that_was_never_started_lets_go_of_its_file(tmp_path: Path) -> None:
    for _ in range(2):
        MockServer(state=f"{tmp_path}/state").stop()


def test_a_second_mock_is_told_in_one_line(tmp_path: Path) -> None:
    with MockServer(state=f"{tmp_path}/state"):
        ended = suno_mock("serve", "--port", "0", SUNO_MOCK_STATE=f"{tmp_path}/state")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "another process uses it. One mock at a time has a file" in ended.stderr


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def followed(name: str, folder: Path, places: dict[str, str]) -> None:
    """Do what a session of the page does, with these words in place of its own, and compare what it shows."""
    session = PAGE.partition(f"<!-- {name} -->\n```console\n")[2].partition("\n```")[0]
    for shown, actual in places.items():
        session = session.replace(shown, actual)
    commands = "\n".join(line.removeprefix("$ ") for line in session.splitlines() if line.startswith("$ "))
    ended = subprocess.run(
        ["bash", "-c", commands], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    answers = [line for line in session.splitlines() if not line.startswith("$ ")]
    assert ended.stdout.replace("\n", "") == "".join(answers), ended.stderr
    assert "not found" not in ended.stderr


@pytest.mark.skipif(not shutil.which("curl"), reason="the session is of curl")
@pytest.mark.usefixtures("untraced")
def test_the_session_of_the_page_is_what_happens(tmp_path: Path) -> None:
    with Receiver() as receiver:
        port = free_port()
        places = {"http://127.0.0.1:4010": f"http://127.0.0.1:{port}", "http://127.0.0.1:3000/callback": receiver.url}
        places["suno-mock serve"] = f"suno-mock serve --port {port}"
        places["suno-mock "] = f"{sys.executable} -m mock_server "
        followed("session", tmp_path, places)
    assert (tmp_path / "mock.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("redis-server"), reason="needs curl and redis-server")
@pytest.mark.usefixtures("untraced")
def test_the_session_with_an_engine_is_what_happens(tmp_path: Path) -> None:
    with Receiver() as receiver:
        places = {shown: free_port() for shown in ("4010", "4011", "6379")}
        places["http://127.0.0.1:3000/callback"] = receiver.url
        places["suno-mock "] = f"{sys.executable} -m mock_server "
        followed("engine", tmp_path, places)
        assert [each.json()["data"]["callbackType"] for each in receiver.received] == ["text", "first", "complete"]
