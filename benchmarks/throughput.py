"""Requests per second of the mock as a fraction of a bare Starlette application, and the CPU time of each.

extend  the documented request, accepted
422     one with five violations
401     one without a key
poll    the record of a finished task
raw     a constant answer without Starlette, in the mock's place
noise   bare Starlette in the mock's place: its ratio should be 1

No two requests are the same, in head or body. The two sides run at once on core 0 and are loaded in turn from core 1
by wrk with 32 kept connections, in short slices, so that a machine that slows down slows both. What counts is the
median of the ratios of neighbouring slices; CPU time depends less on what else the machine does. With --loud the mock
prints a line per request.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.servers import BARE, HEADERS, MOCK, QUIET, REQUEST, cpu, pinned, running
from mock_server.commands.demo import EXTEND, RECORD_INFO

WRONG = {"model": "V9", "callBackUrl": "nope", "continueAt": -1, "styleWeight": 7, "weirdnessConstraint": 0.123}
FINISHED = 180
"""Seconds of the mock's clock after which a task is finished."""


DIFFERING = """
wrk.method = "%s"
local body = %s
local sent = 0
request = function()
  sent = sent + 1
  wrk.headers["X-Request"] = string.rep("r", sent %% 32) .. sent
  local calm = "relaxing" .. string.rep(" calm", sent %% 16)
  local own = body:gsub("callback", "callback/" .. sent, 1):gsub("relaxing", calm, 1)
  return wrk.format("%s", nil, nil, own)
end
"""
"""What wrk runs: a number in a header, in the callback's URL and in the texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is sent over and over."""

    method: str = "POST"
    path: str = EXTEND
    body: str = REQUEST
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)

    def lua(self) -> str:
        """wrk's script: every request has a head and a body that no other has, and most another length."""
        headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in self.headers.items())
        return f"{headers}{DIFFERING % (self.method, json.dumps(self.body), self.method)}"


@dataclass(frozen=True, slots=True)
class Slice:
    """Requests per second, microseconds of CPU time that one took, and milliseconds for 99 of 100 of them."""

    rate: float
    spent: float
    p99: float


LOADS = {
    "extend": Load(),
    "422": Load(body=json.dumps(json.loads(REQUEST) | WRONG)),
    "401": Load(headers={"Content-Type": "application/json"}),
    "poll": Load(method="GET", body=""),
    "raw": Load(),
    "noise": Load(),
}
OTHERS = {"raw": [*BARE, "raw"], "noise": BARE}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loads", choices=LOADS, nargs="+")
    parser.add_argument("--pairs", type=int, default=10, help="how often each side is measured (default 10)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one slice (default 2)")
    parser.add_argument("--loud", action="store_true", help="let the mock print a line per request")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed; on Debian: apt-get install wrk")
    for name in options.loads:
        pairs = compare(OTHERS.get(name, MOCK if options.loud else QUIET), name, options.pairs, options.seconds)
        ratios = [other.rate / bare.rate for bare, other in pairs]
        spent = [statistics.median(side.spent for side in sides) for sides in zip(*pairs, strict=True)]
        print(
            f"{name:6}  ratio: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f} "
            f"over {len(ratios)} pairs; CPU: bare {spent[0]:.0f} µs, {name} {spent[1]:.0f} µs, "
            f"ratio {spent[0] / spent[1]:.2f}",
            flush=True,
        )


def compare(candidate: list[str], name: str, pairs: int, seconds: int) -> list[tuple[Slice, Slice]]:
    """Bare Starlette and the candidate, pair by pair, after one slice each to warm up."""
    with running(BARE, 0) as bare, running(candidate, 0) as other, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "load.lua"
        script.write_text(LOADS[name].lua())
        path = polled(other[0]) if name == "poll" else LOADS[name].path
        measured = []
        for number in range(pairs + 1):
            limit = load(bare, path, seconds, script)
            if name != "poll":
                reset(other[0])
            rate = load(other, path, seconds, script)
            if number:
                measured.append((limit, rate))
    return measured


def polled(url: str) -> str:
    """Where the record of a finished task is."""
    answer = ask(url + EXTEND, REQUEST)
    ask(f"{url}/__admin/clock/advance", json.dumps({"seconds": FINISHED}))
    return f"{RECORD_INFO}?taskId={json.loads(answer)['data']['taskId']}"


def reset(url: str) -> None:
    """Let the mock forget what the slice before left, as a test run does; bare Starlette has nothing to forget."""
    with suppress(urllib.error.HTTPError):
        ask(f"{url}/__admin/reset", "{}")


def ask(url: str, body: str) -> bytes:
    request = urllib.request.Request(url, body.encode(), HEADERS, method="POST")
    with urllib.request.urlopen(request) as response:
        answer: bytes = response.read()
    return answer


def load(server: tuple[str, int], path: str, seconds: int, script: Path, *, patient: bool = False) -> Slice:
    """One slice, where every request has to be answered with HTTP 200; a `patient` one counts those that are."""
    url, process = server
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), "--latency", url + path]
    before = cpu(process)
    output = subprocess.run(pinned(command, 1), capture_output=True, text=True, check=True).stdout
    spent = cpu(process) - before
    if "Non-2xx" in output or ("Socket errors" in output and not patient):
        sys.exit(f"not every request was answered:\n{output}")
    requests = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert requests, output
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", output)
    assert rate, output
    assert slow, output
    return Slice(float(rate[1]), spent / int(requests[1]) * 1e6, float(slow[1]) * UNITS[slow[2]])


UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
"""Milliseconds."""


if __name__ == "__main__":
    main()
