"""A drawn server as a process of its own."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contract_tests.targets.drawn import drawn

pytestmark = [pytest.mark.no_cover]


@contextmanager
def served(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "contract_tests.targets", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_a_drawn_server_is_served_until_it_is_interrupted(tmp_path: Path) -> None:
    with served("--seed", "7", "--show", "--pause", "0.02") as process:
        assert process.stdout is not None
        url, command = (process.stdout.readline().rstrip("\n") for _ in range(2))
        shown = [process.stdout.readline() for _ in drawn(7).readings]
        assert httpx.get(f"{url}/api/v1/chat/credit", trust_env=False).json()["code"] == 401
        assert "picks.unknown_audio: " + drawn(7).readings["unknown_audio"] + "\n" in shown
        key, _, *arguments = shlex.split(command)
        assert key == "SUNO_API_KEY=plain-key"
        arguments[arguments.index("--budget") + 1] = "1"
        learn = [sys.executable, "-m", "contract_tests", *arguments, "--only", "extend.model.enum"]
        name, _, value = key.partition("=")
        learned = subprocess.run(
            learn,
            cwd=tmp_path,
            env={name: value, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=False,
        )
        assert learned.returncode == 0, learned.stderr
        assert "format: 1" in (tmp_path / "live.yaml").read_text("utf-8")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
