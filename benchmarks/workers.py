"""Requests per second of mocks that share a state, as fractions of one in memory.

The mocks run at once, on all cores, and are loaded in turn by wrk with 32 kept connections, each after a reset, in
short slices: in memory, in a file with one process and with two, and, where `redis-server` is installed, in Redis with
one and two. What counts is the median of the ratios of neighbouring slices. Load and engine take the same cores.
"""

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.servers import QUIET
from benchmarks.throughput import LOADS, reset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help="how often each mock is measured (default 6)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one slice (default 2)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        script = Path(folder) / "load.lua"
        script.write_text(LOADS["extend"].lua())
        urls = {kind: ends.enter_context(running([*QUIET, *how])) for kind, how in kinds(folder, ends).items()}
        found: dict[str, list[float]] = {kind: [] for kind in urls}
        for number in range(options.rounds + 1):
            for kind, url in urls.items():
                reset(url)
                rate = loaded(url, options.seconds, script)
                if number:
                    found[kind].append(rate)
    for kind, rates in found.items():
        ratios = [rate / alone for rate, alone in zip(rates, found["memory"], strict=True)]
        rate, median = statistics.median(rates), statistics.median(ratios)
        between = f"from {min(ratios):.2f} to {max(ratios):.2f} over {len(ratios)} rounds"
        print(f"{kind:12}  ratio: median {median:.2f}, {between}; {rate:.0f} a second")


def kinds(folder: str, ends: ExitStack) -> dict[str, Sequence[str]]:
    """The options of each mock."""
    found: dict[str, Sequence[str]] = {
        "memory": (),
        "file": ("--state", f"{folder}/one"),
        "file, two": ("--state", f"{folder}/two", "--workers", "2"),
    }
    if shutil.which("redis-server"):
        url = ends.enter_context(redis(folder))
        found["redis"] = ("--state", url, "--state-prefix", "one")
        found["redis, two"] = ("--state", url, "--state-prefix", "two", "--workers", "2")
    return found


@contextmanager
def redis(folder: str) -> Iterator[str]:
    """An engine on a free port, with nothing on disk."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        while "Ready to accept" not in process.stdout.readline():
            pass
        yield f"redis://127.0.0.1:{port}"
        process.terminate()


@contextmanager
def running(command: Sequence[str]) -> Iterator[str]:
    """A mock on all cores; its base URL."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


def loaded(url: str, seconds: int, script: Path) -> float:
    """Requests per second of one slice, where every request has to be answered with HTTP 200."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), url + LOADS["extend"].path]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if rate is None or "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"not every request was answered:\n{output}")
    return float(rate[1])


if __name__ == "__main__":
    main()
