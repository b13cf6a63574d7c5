"""What `suno-contract proxy` adds to an answer: each request goes to the mock, and one like it through the proxy.

python -m benchmarks.proxy --pairs 500

Both are processes of their own; the client has a kept connection to each, and every request differs from those before.
On Linux also the time of the processor that the proxy takes for a request, by thread, of both its processes: those
that mask, write and judge, and that which hands on.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import urlsplit

from benchmarks.servers import running
from mock_server.contract.examples import documented_request
from mock_server.contract.operations import EXTEND, path

WARM = 20
"""Pairs that are not counted: what is imported or compiled once."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--kind", choices=("extend", "refused"), default="extend")
    parser.add_argument(
        "--option", action="append", default=[], help="of suno-contract proxy, such as --option=--budget=9"
    )
    given = parser.parse_args()
    mock = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--pace", "manual", "--quiet"]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url, _ = stack.enter_context(running(mock, errors=DEVNULL))
        proxy = [sys.executable, "-m", "contract_tests", "proxy", "--to", url, "--record", f"{folder}/live.jsonl"]
        through, process = stack.enter_context(running([*proxy, "--port", "0", *given.option], errors=DEVNULL))
        connections = [HTTPConnection(urlsplit(each).netloc) for each in (url, through)]
        times: list[tuple[float, float]] = []
        before: list[float] = []
        for number in range(given.pairs + WARM):
            before = before if number != WARM else of_threads(process)
            turn = (0, 1) if number % 2 else (1, 0)
            took = {which: seconds(connections[which], 2 * number + which, given.kind) for which in turn}
            times.append((took[0], took[1]))
        stack.enter_context(running([*mock], errors=DEVNULL))  # in the meantime what waits is written and judged
        each = [1000 * (now - then) / given.pairs for now, then in zip(of_threads(process), before, strict=False)]
    tell(times[WARM:])
    print(f"processor, by thread: {', '.join(f'{found:.2f} ms' for found in sorted(each, reverse=True) if found > 0)}")


def seconds(connection: HTTPConnection, number: int, kind: str) -> float:
    """How long one answer takes."""
    wrong = {"styleWeight": 2 + number} if kind == "refused" else {}
    body = {**documented_request("apikley"), "title": f"Song {number}", "prompt": f"Line {number}\n" * 20, **wrong}
    headers = {"Authorization": "Bearer a-key-of-a-client", "Content-Type": "application/json", "X-Number": f"{number}"}
    raw = json.dumps(body).encode()
    began = time.perf_counter()
    connection.request("POST", path(EXTEND), raw, headers)
    answer = connection.getresponse()
    answer.read()
    return time.perf_counter() - began


def of_threads(process: int) -> list[float]:
    """Seconds of the processor that each thread of a process and of those that it started has had, in the order in
    which they began."""
    below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    tasks = [task for each in (process, *below) for task in Path(f"/proc/{each}/task").glob("*")]
    threads = sorted(tasks, key=lambda each: int(each.name))
    found = [(each / "stat").read_text().rpartition(")")[2].split() for each in threads]
    return [(int(each[11]) + int(each[12])) / os.sysconf("SC_CLK_TCK") for each in found]


def tell(times: list[tuple[float, float]]) -> None:
    direct, through = ([each[which] * 1000 for each in times] for which in (0, 1))
    added = [each[1] * 1000 - each[0] * 1000 for each in times]
    for name, found in (("direct", direct), ("through", through), ("added", added)):
        tenths = statistics.quantiles(found, n=100)
        print(f"{name:8} p50 {tenths[49]:.2f} ms, p90 {tenths[89]:.2f} ms, p99 {tenths[98]:.2f} ms")


if __name__ == "__main__":
    main()
