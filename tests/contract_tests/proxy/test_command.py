"""`suno-contract proxy` as a process of its own."""

import errno
import io
import json
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contract_tests.cli import main
from contract_tests.proxy.recorder import Recorder
from contract_tests.receiver.http_server import Message as Came
from contract_tests.receiver.http_server import ThreadedServer
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.message import Message
from contract_tests.recording.read import read
from contract_tests.recording.report import report
from contract_tests.targets.behaviour import KEY, conforming
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.faults.catalogue import faults
from contract_tests.targets.plain_server import CREDIT, EXTEND, Plain
from tests.contract_tests.proxy.test_proxy import REQUEST_BODY
from tests.contract_tests.recording.messages import message
from tests.courses import PUBLISHED
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
Output = pytest.CaptureFixture[str]


@contextmanager
def proxying(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command on a free port, ended at the end. Its first line of output is the URL."""
    command = [sys.executable, "-m", "contract_tests", "proxy", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_passes_is_recorded_and_told(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "live.jsonl"
    with Plain(pause=0.01) as plain, Receiver() as receiver:
        url = receiver.url("me")
        with proxying("--to", plain.url, "--record", str(file), "--budget", "1") as process:
            base = line(process)
            body = {**REQUEST_BODY, "callBackUrl": url}
            for code in (200, 429):
                answer = httpx.post(base + EXTEND, json=body, headers={"Authorization": f"Bearer {KEY}"})
                assert answer.json()["code"] == code
                receiver.settle({url: 3}, 10)
            assert line(process) == f"--> 1 POST {EXTEND}  HTTP 200 code 200"
            assert line(process).startswith("<-- 2 of 1 POST /cb/1-***  HTTP 200")
            process.send_signal(number)
            assert process.stderr
            told = process.stderr.read()
            assert f"the budget of 1 task is that of {file} as a whole\n" in told
            assert f"{file}: 1 task started at most" in told
            assert process.wait(20) == 0
            assert process.stdout
            out = process.stdout.read()
            refused = "not handed on: suno-contract proxy: the budget of 1 task is spent"
            assert re.search(rf"--> \d POST {EXTEND}  {refused}", out)
    found = read(file)
    assert (found.target, len(found.messages), found.fault) == (plain.url, 5, "")
    (not_handed_on,) = [each for each in found.messages if each.error.startswith(refused)]
    assert (not_handed_on.course, not_handed_on.status) == (0, 0)
    assert [each.exchange.error for each in report(found, PUBLISHED).asked] == [""]
    assert KEY not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(("action", "received"), [("note", 3), ("block", 2)])
def test_a_violation_is_noted_or_held_back(tmp_path: Path, action: str, received: int) -> None:
    file, folder = tmp_path / "live.jsonl", tmp_path / "report"
    (fault,) = [each for each in faults(APIKLEY) if each.name == "complete with another task_id"]
    with Plain(pause=0.01, behaviour=fault.change(conforming(APIKLEY))) as plain, Receiver() as receiver:
        url = receiver.url("me")
        to = ("--to", plain.url, "--record", str(file), "--on-violation", action, "--report-dir", str(folder))
        with proxying(*to) as process:
            body = {**REQUEST_BODY, "callBackUrl": url}
            httpx.post(line(process) + EXTEND, json=body, headers={"Authorization": f"Bearer {KEY}"})
            receiver.settle({url: received}, 10)
            told = [line(process) for _ in range(4 if action == "block" else 5)]
            process.send_signal(signal.SIGTERM)
            assert process.stderr
            assert re.search(r"1 rule violated: callback.task_id; suno-contract judge", process.stderr.read())
            assert process.wait(20) == 1
            assert status("judge", str(file)) == 1
    assert len(receiver.arrived(url)) == received
    if action == "note":
        assert told[-1].startswith("NO  callback.task_id: expected the taskId of the answer")
        assert '"violation": "callback.task_id", "number": 4' in file.read_text("utf-8")
        assert "callback.task_id" in (folder / "report.html").read_text("utf-8")
    else:
        assert "held back: callback.task_id: expected" in told[-1]


def refused(*arguments: str, capsys: Output) -> str:
    with pytest.raises(SystemExit) as ended:
        main(("proxy", *arguments))
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_what_cannot_be_is_told_with_the_way_out(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "live.jsonl"
    to = ("--to", "http://127.0.0.1:9", "--record", str(file))
    assert "no http:// or https:// URL" in refused("--to", "api", "--record", str(file), capsys=capsys)
    assert "holds a user name or a password" in refused("--to", "http://a:b@x", "--record", str(file), capsys=capsys)
    assert "Say by --callback-url how it is reached" in refused(*to, "--receiver-host", "0.0.0.0", capsys=capsys)
    with Plain() as taken:
        told = refused(*to, "--port", str(taken.port), capsys=capsys)
        assert "Give free ports, or 0 for any." in told
        assert not file.exists()
        file.write_text("what was recorded before", "utf-8")
        assert "exists. Give another name, --resume, which goes on in it, or --force, which" in refused(
            *to, capsys=capsys
        )
        told = refused(*to, "--force", "--port", "0", "--receiver-port", str(taken.port), capsys=capsys)
        assert "Give free ports, or 0 for any." in told
        assert file.read_text("utf-8") == "what was recorded before"
    no_folder = str(tmp_path / "no" / "live.jsonl")
    assert "Give a file that can be written." in refused(*to[:3], no_folder, capsys=capsys)


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_the_recording_and_not_the_proxy() -> None:
    told: list[int] = []
    with Recorder(Full(), lambda each: (), lambda each, found: told.append(each.number)) as recorder:
        for number in (1, 2):
            recorder.heard(message(number=number))
    assert told == [1, 2]
    assert recorder.trouble == "nothing more is recorded: No space left on device"


class Gone(io.StringIO):
    """A file on a disk that was taken out after one line."""

    def write(self, text: str) -> int:
        if self.getvalue():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


@pytest.mark.parametrize("fails", ["judge", "told"])
def test_what_fails_for_a_message_does_not_end_the_recording(fails: str) -> None:
    file, warned = io.StringIO(), list[str]()

    def failing(*_: object) -> tuple[()]:
        raise RuntimeError("a secret")

    judge, told = (failing, lambda *_: ()) if fails == "judge" else (lambda *_: (), failing)
    with Recorder(file, judge, told, warned.append) as recorder:
        for number in (1, 2):
            recorder.heard(message(number=number))
    assert [json.loads(each)["number"] for each in file.getvalue().splitlines()] == [1, 2]
    what = {"judge": "message 1 is not judged", "told": "message 1 is recorded, and not told"}[fails]
    assert warned == [recorder.trouble] == [f"{what}: RuntimeError"]


def test_no_message_waits_for_the_verdict_on_another() -> None:
    written, judging = threading.Event(), threading.Event()

    class Watched(io.StringIO):
        def write(self, text: str) -> int:
            if json.loads(text).get("number") == 2:
                written.set()
            return super().write(text)

    def judge(each: Message) -> tuple[()]:
        judging.set()
        assert written.wait(30)
        return ()

    with Recorder(Watched(), judge, lambda each, found: None) as recorder:
        recorder.heard(message(number=1))
        assert judging.wait(30)
        recorder.heard(message(number=2))
    assert recorder.trouble == ""


def test_a_message_whose_secrets_cannot_be_found_is_not_recorded() -> None:
    file = io.StringIO()
    with Recorder(file, lambda each: (), lambda each, found: None) as recorder:
        recorder.heard(message(number=1, error=None))
        recorder.heard(message(number=2))
    assert [json.loads(each)["number"] for each in file.getvalue().splitlines()] == [2]
    assert recorder.trouble.startswith("message 1 is not recorded: ")


def test_a_disk_that_fills_up_is_told_once_and_by_one_who_is_gone() -> None:
    def gone(words: str) -> None:
        raise BrokenPipeError

    file = Gone()
    with Recorder(file, lambda each: (), lambda each, found: None, gone) as recorder:
        for number in (1, 2, 3):
            recorder.heard(message(number=number))
    assert len(file.getvalue().splitlines()) == 1
    assert recorder.trouble == "nothing more is recorded: No space left on device"


def test_a_closed_output_is_told_and_everything_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    with Plain() as plain, proxying("--to", plain.url, "--record", str(file)) as process:
        base = line(process)
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        for _ in range(3):
            httpx.get(base + CREDIT, headers={"Authorization": f"Bearer {KEY}"})
        told = [process.stderr.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 2
    assert told[1] == "suno-contract: message 1 is recorded, and not told: Broken pipe\n"
    assert len(read(file).messages) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_ends_it_twice_ends_it_once(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "live.jsonl"
    with Plain() as plain, proxying("--to", plain.url, "--record", str(file)) as process:
        httpx.get(line(process) + CREDIT, headers={"Authorization": f"Bearer {KEY}"})
        for _ in range(3):
            process.send_signal(number)
        assert process.stderr
        told = process.stderr.read()
        assert (process.wait(20), "Traceback" in told) == (0, False)
    assert told.endswith(f"{file}: 0 tasks started at most\n")
    assert len(read(file).messages) == 1


def down(came: Came) -> Came:
    return Came(status=502, body=b"<html>no upstream</html>", headers={"Content-Type": "text/html"})


def fresh(came: Came) -> Came:
    """The same task for whoever asks."""
    return Came(headers={"Content-Type": "application/json"}).with_json(
        {"code": 200, "msg": "success", "data": {"taskId": "5c79"}}
    )


@pytest.mark.parametrize(
    ("server", "ends", "told"),
    [
        (down, 2, "tells nothing of http://127.0.0.1"),
        (fresh, 1, ", answer.taskId.fresh; suno-contract judge"),
    ],
)
def test_it_ends_as_judge_does(
    tmp_path: Path, capsys: Output, server: Callable[[Came], Came], ends: int, told: str
) -> None:
    file = tmp_path / "live.jsonl"
    with (
        ThreadedServer(server) as target,
        proxying("--to", f"http://127.0.0.1:{target.port}", "--record", str(file)) as process,
    ):
        base = line(process)
        for _ in range(2):
            httpx.post(base + EXTEND, json=REQUEST_BODY, headers={"Authorization": f"Bearer {KEY}"})
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        assert told in process.stderr.read()
        assert process.wait(20) == status("judge", str(file)) == ends
    assert "Traceback" not in capsys.readouterr().err
