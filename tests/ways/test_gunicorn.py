"""Workers of gunicorn on one state are one mock, as docs/team.md starts them. `.ci/nightly gunicorn` installs it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from mock_server.contract.operations import path
from tests.builders import request
from tests.packaging.environment import ROOT
from tests.test_workers import workers_of

pytestmark = [
    pytest.mark.skipif(
        not (find_spec("gunicorn") and find_spec("uvicorn_worker")), reason="pip install gunicorn uvicorn-worker"
    ),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc"),
]
PAGE = (ROOT / "docs" / "team.md").read_text("utf-8")
HEADERS = {"Authorization": "Bearer key"}


@contextmanager
def started(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """What the page says, with the module of the page, on a free port."""
    (module,) = re.findall(r"```python\n(from mock_server import Settings.*?)```", PAGE, re.S)
    (folder / "mine.py").write_text(module, "utf-8")
    (command,) = re.findall(r"^    gunicorn (.+)$", PAGE, re.M)
    arguments = [*command.split(), "--bind", "127.0.0.1:0", *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments], cwd=folder, env=os.environ, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def listening(process: subprocess.Popen[str]) -> str:
    """Where it listens, as its log says."""
    assert process.stderr is not None
    return next(found[1] for line in process.stderr if (found := re.search(r"Listening at: (http://\S+)", line)))


def test_what_the_page_starts_is_one_mock_which_a_killed_worker_does_not_end(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        url = listening(process)
        ids = [asked(url) for _ in range(20)]
        first, *_ = workers_of(process)
        os.kill(first, signal.SIGKILL)
        ids += [asked(url) for _ in range(20)]
        found = {each["task_id"] for each in httpx.get(f"{url}/__admin/tasks?limit=100").json()["tasks"]}
        assert (len({*ids}), {*ids} - found) == (40, set())
        assert first not in workers_of(process)
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0
    with started(tmp_path) as again:
        assert asked(listening(again)) not in found


def asked(url: str) -> str:
    """The task that was accepted; a worker that is killed closes the connection on which it is asked."""
    transport = httpx.HTTPTransport(retries=3)
    with httpx.Client(transport=transport, headers=HEADERS, timeout=30) as http:
        while True:
            try:
                answer = http.post(f"{url}{path('extend')}", json=request(callBackUrl="http://127.0.0.1:9/"))
            except httpx.RemoteProtocolError:
                continue
            task_id: str = answer.json()["data"]["taskId"]
            return task_id


def test_processes_that_would_write_one_state_as_one_end_and_say_so(tmp_path: Path) -> None:
    with started(tmp_path, "--preload") as process:
        assert process.stderr is not None
        assert any("have each process make the application" in line for line in process.stderr)
