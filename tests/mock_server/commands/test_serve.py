"""The console of a mock that is served: a line per entry of the journal."""

import asyncio
import io
import os
import signal
import socket
import subprocess
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from mock_server.commands.on_terminal import OnTerminal
from mock_server.commands.output import Printer
from mock_server.commands.serve import Console
from mock_server.state.journal_entries import Entry
from tests.builders import attempted, requested
from tests.processes import COMMAND, suno_mock


def printed(*entries: Entry, stream: TextIO | None = None, on_terminal: OnTerminal | None = None) -> str:
    """What a console prints of entries."""
    into = stream or io.StringIO()

    async def record() -> None:
        console = Console(Printer(into), on_terminal)
        for entry in entries:
            console(entry)
        assert not into.tell()
        console.close()
        console.close()

    asyncio.run(record())
    into.seek(0)
    return into.read()


def test_entries_are_printed_once_and_in_order() -> None:
    assert [text[:3] for text in printed(requested(), attempted()).splitlines()] == ["-->", "<--"]


def test_a_terminal_is_told_the_time_and_how_often_was_polled() -> None:
    poll = requested(method="GET")
    lines = printed(poll, poll, attempted(), poll, poll, on_terminal=OnTerminal(120, coloured=False)).splitlines()
    assert [line[9:12] for line in lines] == ["-->", "   ", "<--", "-->", "   "]
    assert lines[1].strip() == lines[4].strip() == "... polled once more"


def test_a_terminal_is_told_what_a_flood_was() -> None:
    flood = [requested() for _ in range(40)] + [attempted() for _ in range(30)] + [requested(method="PUT")]
    lines = printed(*flood, on_terminal=OnTerminal(120, coloured=False)).splitlines()
    assert len(lines) == 21
    more = "... 51 more: text accepted (30), POST /api/v1/generate/extend 200 (20), PUT /api/v1/generate/extend 200 (1)"
    assert lines[-1].strip() == more
    assert len(printed(*flood).splitlines()) == 71


def test_what_the_stream_cannot_write_is_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert printed(attempted(detail="é"), stream=stream).endswith("accepted in 0 ms: \\xe9\n")


def test_an_entry_prints_itself() -> None:
    reading, writing = os.pipe()

    async def record() -> str:
        with os.fdopen(writing, "w") as stream:
            Console(Printer(stream))(attempted())
            return (await asyncio.to_thread(os.read, reading, 9)).decode()

    assert asyncio.run(record()) == "<-- text "
    os.close(reading)


def test_a_mock_whose_output_nobody_reads_answers_and_ends() -> None:
    """1,584 lines of nonsense filled the pipe of its standard error, and it answered nobody any more."""
    command = [*COMMAND, "serve", "--port", "0", "--pace", "manual"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = urlsplit(process.stdout.readline().strip())
        host, port = address.hostname or "", address.port or 0
        for _ in range(2000):
            with socket.create_connection((host, port), timeout=20) as connection:
                connection.sendall(b"nonsense\r\n\r\n")
                connection.recv(1)
        with closing(HTTPConnection(host, port, timeout=20)) as http:
            for _ in range(2000):
                http.request("GET", f"/{'x' * 500}")
                assert http.getresponse().read()
        process.terminate()
        process.wait(timeout=20)
        assert process.stderr is not None
        said = process.stderr.read().splitlines()
        assert said[0] == "suno-mock: Invalid HTTP request received."
        assert len(said) < 100


def test_a_mock_ends_with_its_standard_input_where_it_is_asked_to() -> None:
    command = [*COMMAND, "serve", "--port", "0", "--quiet", "--until-stdin-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("what comes is passed over\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("http://")
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(30) == 128 + signal.SIGTERM


def test_workers_are_not_held_by_standard_input(tmp_path: Path) -> None:
    ended = suno_mock("serve", "--port", "0", "--until-stdin-ends", "--workers", "2", "--state", str(tmp_path / "a.db"))
    assert ended.returncode == 2
    assert ended.stderr == "suno-mock: --until-stdin-ends and 2 workers do not go together. Allowed: 1 worker.\n"
