"""The two sides of a comparison as processes, and one documented request to send them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mock_server.contract.examples import documented_request

BARE = [sys.executable, "-m", "benchmarks.bare"]
MOCK = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--pace", "manual", "--credits", str(10**13)]
"""Everything on: auth, contract, rules, task, three callbacks planned, journal, a console line per request. Under a
manual clock the callbacks are owed and not sent."""
QUIET = [*MOCK, "--quiet"]
"""The same without the console lines."""
REQUEST = json.dumps(documented_request("apikley") | {"callBackUrl": "http://127.0.0.1:9/callback"})
HEADERS = {"Authorization": "Bearer benchmark", "Content-Type": "application/json"}

COMPILED = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""The environment of a process that runs from bytecode, as pip leaves it."""


@contextmanager
def running(command: Sequence[str], core: int | None = None, *, errors: int | None = None) -> Iterator[tuple[str, int]]:
    """A server's base URL and process id. Its further output goes to a pipe's other end and is dropped; its standard
    error goes to `errors`, as `subprocess` names it."""
    started = command if core is None else pinned(command, core)
    process = subprocess.Popen(started, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout
    url = process.stdout.readline().strip()
    drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
    try:
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()
        drain.wait()


def cpu(process: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> float:
    """MiB of a process."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert kilobytes
    return int(kilobytes[1]) / 1024


def pinned(command: Sequence[str], core: int) -> list[str]:
    """The command on one core, where the machine can do that."""
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") else list(command)
