"""The proxy in a process of its own, and what becomes of it when one of the two ends."""

import io
import os
import signal
from pathlib import Path

import httpx
import pytest

from contract_tests.proxy.apart import ENDED, Apart
from contract_tests.proxy.recorder import Recorder
from contract_tests.recording.message import Message
from contract_tests.recording.read import read
from contract_tests.run.inputs import CannotRun
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.plain_server import CREDIT, EXTEND, Plain
from contract_tests.verdicts.course import Finding
from tests.contract_tests.proxy.test_command import line, proxying
from tests.contract_tests.proxy.test_proxy import REQUEST_BODY

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
HEADERS = {"Authorization": f"Bearer {KEY}"}


def handing_on(process: int) -> list[int]:
    """The processes of a proxy that hand on."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    return [int(each) for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def test_without_who_hands_on_it_ends_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    with Plain() as plain, proxying("--to", plain.url, "--record", str(file)) as process:
        body = {**REQUEST_BODY, "callBackUrl": "http://127.0.0.1:1/cb"}
        assert httpx.post(line(process) + EXTEND, json=body, headers=HEADERS).json()["code"] == 200
        line(process)
        (other,) = handing_on(process.pid)
        os.kill(other, signal.SIGKILL)
        assert process.stderr
        told = process.stderr.read().splitlines()
        assert f"{file}: 1 task started at most" in told
        assert told[-1] == f"suno-contract: {ENDED}"
        assert process.wait(20) == 2
    assert read(file).messages[0].number == 1


def test_without_the_file_nobody_knows_what_started(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    with Plain() as plain, proxying("--to", plain.url, "--record", str(file)) as process:
        httpx.get(line(process) + CREDIT, headers=HEADERS)
        file.unlink()
        (other,) = handing_on(process.pid)
        os.kill(other, signal.SIGKILL)
        assert process.stderr
        told = process.stderr.read()
        assert (process.wait(20), "Traceback" in told) == (2, False)
    assert f"{file}: nobody knows how many tasks started: " in told


def test_who_hands_on_ends_with_the_one_that_records(tmp_path: Path) -> None:
    with Plain() as plain, proxying("--to", plain.url, "--record", str(tmp_path / "live.jsonl")) as process:
        base = line(process)
        process.kill()
        assert process.stderr
        process.stderr.read()  # ends once no process is left that could write to it
        with pytest.raises(httpx.ConnectError):
            httpx.get(base + CREDIT, headers=HEADERS)


def test_a_signal_to_all_of_a_group_ends_it_in_order(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    with Plain() as plain, proxying("--to", plain.url, "--record", str(file)) as process:
        httpx.get(line(process) + CREDIT, headers=HEADERS)
        (other,) = handing_on(process.pid)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(other, number)
        process.terminate()
        assert process.stderr
        assert process.stderr.read().endswith(f"{file}: 0 tasks started at most\n")
        assert process.wait(20) == 0
    assert len(read(file).messages) == 1


def test_what_cannot_be_written_down_is_not_spent(tmp_path: Path) -> None:
    with (
        Plain() as plain,
        Recorder(io.StringIO(), lambda each: (), lambda each, found: None) as recorder,
        Apart(plain.url, recorder, tmp_path / "gone.jsonl", budget=1) as proxy,
    ):
        proxy.open()
        answer = httpx.post(proxy.url + EXTEND, json=REQUEST_BODY, headers=HEADERS)
        assert (answer.status_code, "nobody would know what is spent" in answer.text) == (429, True)
        assert httpx.get(proxy.url + CREDIT, headers=HEADERS).status_code == 200
    assert recorder.trouble == f"nothing more is recorded: {os.strerror(2)}"
    assert proxy.spent == 0


def test_a_judge_that_fails_holds_nothing_back(tmp_path: Path) -> None:
    def judge(message: Message) -> list[Finding]:
        raise RuntimeError("a secret")

    file = tmp_path / "live.jsonl"
    file.touch()
    with (
        Plain() as plain,
        Recorder(io.StringIO(), lambda each: (), lambda each, found: None) as recorder,
        Apart(plain.url, recorder, file, judge) as proxy,
    ):
        proxy.open()
        assert httpx.get(proxy.url + CREDIT, headers=HEADERS).status_code == 200
    assert recorder.trouble == "message 1 is not judged: RuntimeError"


def test_where_it_cannot_listen_is_told_and_no_process_stays(tmp_path: Path) -> None:
    with (
        Plain() as taken,
        Recorder(io.StringIO(), lambda each: (), lambda each, found: None) as recorder,
        pytest.raises(CannotRun, match=f"cannot listen on --host 127.0.0.1, --port {taken.port}, .* Give free ports"),
        Apart(taken.url, recorder, tmp_path, host="127.0.0.1", port=taken.port, receiver_host="::1", receiver_port=0),
    ):
        pass
    assert handing_on(os.getpid()) == []
