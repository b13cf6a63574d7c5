"""`suno-contract` ends at once when it is asked to, whatever it waits for."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from contract_tests.receiver.http_server import Message, ThreadedServer

pytestmark = pytest.mark.no_cover
STATUS = {signal.SIGTERM: 143, signal.SIGINT: 130}
AT_ONCE = 30.0
"""Seconds, on a slow machine; an answer is waited for longer."""
IGNORED = ["sh", "-c", "trap '' TERM INT; exec \"$@\"", "sh"]
"""Starts a program as a script starts one in the background: signals do nothing unless it says so."""
TRACK = ["--audio-id", "a", "--audio-model", "V4", "--audio-duration", "100"]


@pytest.fixture
def hanging() -> Iterator[tuple[str, threading.Event]]:
    """The URL of a server that answers when the test is over, and an event for its first request."""
    came, over = threading.Event(), threading.Event()

    def hang(message: Message) -> Message:
        came.set()
        over.wait(90)
        return Message()

    with ThreadedServer(hang) as server:
        yield f"http://127.0.0.1:{server.port}", came
        over.set()


@pytest.mark.parametrize("number", STATUS, ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["receiver", "burst", "run"])
def test_a_server_that_hangs_holds_nobody_up(
    command: str, number: signal.Signals, hanging: tuple[str, threading.Event]
) -> None:
    url, came = hanging
    arguments = {
        "receiver": ["receiver", url, "--timeout", "90"],
        "burst": ["receiver", url, "--timeout", "90", "--only", "burst"],
        "run": ["run", "--base-url", url, *TRACK],
    }[command]
    with subprocess.Popen(
        [*IGNORED, sys.executable, "-m", "contract_tests", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "SUNO_API_KEY": "a-key-of-somebody"},
    ) as process:
        assert came.wait(60)
        process.send_signal(number)
        assert process.wait(timeout=AT_ONCE) == STATUS[number]
        assert process.stdout
        assert "Traceback" not in process.stdout.read()
