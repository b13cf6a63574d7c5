"""A mock that has said where it listens needs nothing more of the system to call back, or ends in one line."""

import gc
import os
import resource
import subprocess
import sys

import httpx
import pytest

from mock_server.app import Mock
from mock_server.testing.receiver import Receiver
from tests.processes import COMMAND, Run

LACKING = (
    "import sys; sys.modules['jinja2'] = None; sys.argv = ['suno-mock', 'serve', '--port', '0'];"
    "from mock_server.commands.cli import main; main()"
)
LATER = """
import asyncio, sys
from mock_server.app import create_app
from mock_server.core.settings import Settings

async def main():
    app = create_app(Settings(pace="immediate"))
    assert await app.prepare() == ""
    before = {*sys.modules}
    await app.state.control.trigger("only-complete", sys.argv[1], "key", {})
    while not [each for each in await app.state.control.entries() if each.outcome == "accepted"]:
        await app.state.runtime.store.changes.past(app.state.runtime.store.changes.count)
    await app.state.control.reset(None)
    print(*sorted({*sys.modules} - before))

asyncio.run(main())
"""
ADDRESS_SPACE = 400_000_000
"""Bytes that a small container may leave."""


def test_a_mock_that_cannot_import_what_it_needs_ends_in_one_line() -> None:
    ended = subprocess.run([sys.executable, "-c", LACKING], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.startswith("http://127.0.0.1:")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "the mock cannot import what callbacks and the control plane need, and ends: " in ended.stderr
    assert "jinja2" in ended.stderr


def test_what_is_lacking_ends_the_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def prepare(mock: Mock) -> str:
        return "the mock lacks everything"

    monkeypatch.setattr(Mock, "prepare", prepare)
    monkeypatch.setattr(gc, "freeze", gc.collect)
    collecting = gc.get_threshold()
    status, output, errors = run("serve", "--port", "0")
    gc.set_threshold(*collecting)
    assert (status, output.splitlines()[0][:7], errors) == (1, "http://", "suno-mock: the mock lacks everything\n")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_first_callback_imports_nothing(host: str) -> None:
    with Receiver() as receiver:
        url = receiver.url.replace("127.0.0.1", host)
        command = [sys.executable, "-c", LATER, url]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("\n", "")


def test_a_mock_with_little_address_space_resets_and_calls_back() -> None:
    command = [*COMMAND, "serve", "--port", "0", "--pace", "immediate"]
    limits = (ADDRESS_SPACE, ADDRESS_SPACE)
    with (
        Receiver() as receiver,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={name: each for name, each in os.environ.items() if not name.startswith("COVERAGE_")},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limits),
        ) as process,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with httpx.Client(base_url=f"{url}/__admin", timeout=30) as admin:
            assert admin.post("/reset", json={}).status_code == 204
            asked = {"scenario": "200", "to": receiver.url.replace("127.0.0.1", "localhost")}
            assert admin.post("/trigger", json=asked).status_code == 201
            assert len(receiver.wait_for(3, within=30)) == 3
            assert admin.get("/").status_code == 200
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 143
