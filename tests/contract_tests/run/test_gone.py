"""A run whose target goes away, and that goes on once it is back."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contract_tests.receiver.http_server import Message, ThreadedServer
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.plain_server import Plain
from tests.courses import SOURCES
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
Output = pytest.CaptureFixture[str]
TRACK = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "198.44")


class Front(ThreadedServer):
    """Hands requests on to a server, and takes no connection any more once so many have come."""

    def __init__(self, url: str, requests: int = 10_000, port: int = 0) -> None:
        super().__init__(self._handed_on, port=port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._to, self._left = url, requests
        self._counting = threading.Lock()

    def _handed_on(self, came: Message) -> Message:
        with self._counting:
            self._left -= 1
            left = self._left
        if left == 0:
            threading.Thread(target=self.__exit__).start()
        if left <= 0:
            return Message(status=0)  # a connection that is open ends
        kept = {
            name: value for name, value in came.headers.items() if name.lower() in ("authorization", "content-type")
        }
        answer = httpx.request(came.method, self._to + came.path, content=came.body, headers=kept)
        return Message(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plain]:
    monkeypatch.setenv("SUNO_API_KEY", KEY)
    with Plain({**SOURCES, "e231": ("V4", 198.44)}, pause=0.01) as server:
        yield server


def test_a_run_whose_target_went_away_goes_on_and_costs_no_more(plain: Plain, tmp_path: Path, capsys: Output) -> None:
    front = Front(plain.url, 60)
    front.__enter__()
    options = ("--base-url", front.url, *TRACK, "--callback-timeout", "2", "--budget", "3")
    run = ("run", *options, "--report-dir", str(tmp_path))
    assert status(*run) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"suno-contract: {front.url} takes no connection any more. "
        "Start it again; the same command with --resume goes on where this one ended."
    )
    with Front(plain.url, port=front.port):
        status(*run, "--resume")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    wrong = {each["rule"] for each in report["rules"] if each["verdict"] == "violated"}
    assert wrong <= {"answer.given"}  # of requests that were under way
    assert "without an answer" not in json.dumps(report["rules"])
    assert 0 < len(plain.tasks) <= 3


def test_without_a_folder_the_way_to_go_on_is_named(plain: Plain, capsys: Output) -> None:
    front = Front(plain.url, 30)
    front.__enter__()
    assert status("run", "--base-url", front.url, *TRACK, "--budget", "0") == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.endswith("Start it again; with --report-dir and --resume a run goes on where it ended.")
