"""What is said where a server starts several workers, each of which would be a mock of its own."""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mock_server import MockServer, create_app
from mock_server.core.settings import Settings
from mock_server.http.workers import several_workers
from mock_server.state.memory_store import MemoryStore

MODULE = "/venv/lib/python3.11/site-packages/uvicorn/__main__.py"
SEVERAL: list[tuple[Sequence[str], Mapping[str, str], str]] = [
    (["/venv/bin/uvicorn", "app:app", "--workers", "2"], {}, "2 workers (--workers 2) are 2 mocks"),
    (["/venv/bin/uvicorn", "--workers=2", "app:app"], {}, "2 workers (--workers=2) are 2 mocks"),
    ([MODULE, "app:app", "--workers", "3"], {}, "3 workers (--workers 3) are 3 mocks"),
    (["uvicorn.exe", "app:app"], {"WEB_CONCURRENCY": "4"}, "4 workers (WEB_CONCURRENCY=4) are 4 mocks"),
    (["fastapi", "run", "--workers", "2"], {}, "2 workers (--workers 2)"),
    (["gunicorn", "-w", "2", "-k", "uvicorn.workers.UvicornWorker", "app:app"], {}, "2 workers (-w 2)"),
    (["gunicorn", "-w2", "app:app"], {"WEB_CONCURRENCY": "1"}, "2 workers (-w 2)"),
    (["gunicorn", "app:app"], {"GUNICORN_CMD_ARGS": "--workers=5 --preload"}, "5 workers (--workers=5)"),
    (["gunicorn", "app:app", "-w", "2"], {"GUNICORN_CMD_ARGS": "--workers=1"}, "2 workers (-w 2)"),
    (["hypercorn", "--workers", "2", "app:app"], {}, "2 workers (--workers 2)"),
    (["granian", "app:app"], {"GRANIAN_WORKERS": "2"}, "2 workers (GRANIAN_WORKERS=2)"),
]
ONE: list[tuple[Sequence[str], Mapping[str, str]]] = [
    ([], {"WEB_CONCURRENCY": "2"}),
    (["suno-mock", "serve"], {"WEB_CONCURRENCY": "2"}),
    (["pytest", "-w", "2", "--workers", "2"], {"WEB_CONCURRENCY": "2"}),
    (["uvicorn", "app:app"], {}),
    (["uvicorn", "app:app", "--workers", "1"], {"WEB_CONCURRENCY": "2"}),
    (["uvicorn", "app:app"], {"WEB_CONCURRENCY": "1"}),
    (["uvicorn", "app:app"], {"WEB_CONCURRENCY": "many"}),
    (["uvicorn", "app:app", "--workers-class", "2"], {}),
    (["hypercorn", "app:app"], {"WEB_CONCURRENCY": "2"}),
    (["gunicorn", "app:app", "-w", "1"], {"GUNICORN_CMD_ARGS": "--workers=2"}),
]


@pytest.mark.parametrize(("command", "environment", "told"), SEVERAL, ids=lambda each: " ".join(each))
def test_several_workers_are_told_with_what_says_so(
    command: Sequence[str], environment: Mapping[str, str], told: str
) -> None:
    text = several_workers(command, environment)
    assert text.startswith(told)
    assert text.endswith(
        " mocks, each with a memory of its own: two tasks get one id, and what one has accepted, the others do not "
        "know, in polling, in the journal and on the control plane. Way out: "
        "one worker, or Settings(workers=N, state=...) with a file or an engine for all."
    )


@pytest.mark.parametrize(("command", "environment"), ONE, ids=lambda each: " ".join(each))
def test_one_worker_is_nothing_to_tell(command: Sequence[str], environment: Mapping[str, str]) -> None:
    assert several_workers(command, environment) == ""


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged in a process that a server started as one of two."""
    monkeypatch.setattr(sys, "argv", ["uvicorn", "app:app", "--workers", "2"])
    logger = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    monkeypatch.setattr(logger, "propagate", False)
    caplog.set_level("WARNING", logger.name)
    return caplog


def test_an_application_tells_it_as_it_is_made(warned: pytest.LogCaptureFixture) -> None:
    create_app()
    (told,) = warned.messages
    assert told.startswith("2 workers (--workers 2) are 2 mocks, ")


def test_a_store_of_its_own_may_be_shared(warned: pytest.LogCaptureFixture) -> None:
    create_app(store=MemoryStore(Settings()))
    assert warned.messages == []


def test_one_process_tells_nothing_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    with MockServer():
        pass
    assert capfd.readouterr().err == ""


def test_two_workers_of_uvicorn_tell_it_at_their_start(tmp_path: Path) -> None:
    (tmp_path / "several.py").write_text("from mock_server import create_app\n\napp = create_app()\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "several:app",
        "--port",
        "0",
        "--app-dir",
        str(tmp_path),
        "--workers",
        "2",
    ]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as started:
        assert started.stderr is not None
        lines = iter(started.stderr.readline, "")
        assert next((line for line in lines if "2 workers (--workers 2) are 2 mocks" in line), "")
        started.terminate()
        started.communicate(timeout=30)


DIVIDED = """
import asyncio
import os
import sys

from mock_server import Settings, create_app

app = create_app(Settings(state=sys.argv[1], workers=2))

async def started():
    async with app.router.lifespan_context(app):
        return "started"

child = os.fork()
if child == 0:
    try:
        asyncio.run(started())
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(asyncio.run(started()))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot divide a process")
def test_a_state_that_was_opened_before_a_process_was_divided_is_not_used(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DIVIDED, str(tmp_path / "state")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    told, ended = process.communicate(timeout=60)[0].splitlines()
    assert told == (
        f"BadSetting: the state was opened by process {process.pid}, before this one was divided from it: both would "
        "write it as one, and two tasks would get one id. Way out: have each process make the application, as gunicorn "
        "does without --preload."
    )
    assert (process.returncode, ended) == (0, "started")
