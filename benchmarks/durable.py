"""Requests per second of a mock whose state is in a file, as fractions of one in memory.

Three mocks run at once on core 0, in memory, in a file with --durability normal, and with full, and are loaded in turn
from core 1 by wrk with 32 kept connections, each after a reset, in short slices. What counts is the median of the
ratios of neighbouring slices. With --restart a file with so many tasks, each owed its callbacks, is opened by a new
mock: the seconds until it answers, and those of a mock without a file.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from benchmarks.servers import HEADERS, QUIET, running
from benchmarks.throughput import LOADS, Slice, load, polled, reset

KINDS = {"memory": (), "normal": ("--durability", "normal"), "full": ("--durability", "full")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loads", choices=["extend", "poll", "422"], nargs="+")
    parser.add_argument("--rounds", type=int, default=6, help="how often each mock is measured (default 6)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one slice (default 2)")
    parser.add_argument("--restart", type=int, default=0, metavar="TASKS", help="open a file with so many tasks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.loads:
            tell(name, measured(name, options.rounds, options.seconds, Path(folder)))
        if options.restart:
            again(options.restart, f"{folder}/restart")


def measured(name: str, rounds: int, seconds: int, folder: Path) -> list[dict[str, Slice]]:
    """The slices of each round, after one to warm up."""
    script = folder / "load.lua"
    script.write_text(LOADS[name].lua())
    with ExitStack() as ends:
        mocks = {
            kind: ends.enter_context(running([*QUIET, *how, *in_file(kind, folder, name)], 0))
            for kind, how in KINDS.items()
        }
        paths = {kind: polled(url) if name == "poll" else LOADS[name].path for kind, (url, _) in mocks.items()}
        found = []
        for number in range(rounds + 1):
            slices = {}
            for kind, mock in mocks.items():
                if name != "poll":
                    reset(mock[0])
                slices[kind] = load(mock, paths[kind], seconds, script)
            if number:
                found.append(slices)
        return found


def in_file(kind: str, folder: Path, name: str) -> list[str]:
    return [] if kind == "memory" else ["--state", f"{folder}/{name}-{kind}"]


def tell(name: str, found: list[dict[str, Slice]]) -> None:
    for kind in KINDS:
        ratios = [slices[kind].rate / slices["memory"].rate for slices in found]
        rate, spent, p99 = (statistics.median(getattr(slices[kind], what) for slices in found) for what in FIELDS)
        print(
            f"{name:6}  {kind:6}  ratio: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to "
            f"{max(ratios):.2f} over {len(ratios)} rounds; {rate:.0f} a second, CPU {spent:.0f} µs, p99 {p99:.1f} ms",
            flush=True,
        )


FIELDS = ("rate", "spent", "p99")


def again(tasks: int, state: str) -> None:
    """Start so many tasks, kill the mock, and tell how long the next one takes to answer."""
    with running([*QUIET, "--state", state], 0) as (url, process):
        with httpx.Client(headers=HEADERS) as http, tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "load.lua"
            script.write_text(LOADS["extend"].lua())
            while http.get(f"{url}/__admin/tasks", params={"limit": 1}).is_success and count(http, url) < tasks:
                load((url, process), LOADS["extend"].path, 2, script)
            kept = count(http, url)
        subprocess.run(["kill", "-9", str(process)], check=True)
    for kind, how in (("in memory", []), (f"in a file with {kept} tasks", ["--state", state])):
        began = time.perf_counter()
        with running([*QUIET, *how], 0) as (url, _):
            httpx.get(f"{url}/api/v1/chat/credit", headers=HEADERS).raise_for_status()
            print(f"restart {kind}: {time.perf_counter() - began:.2f} s until the first answer", flush=True)


def count(http: httpx.Client, url: str) -> int:
    """How many tasks the key has started."""
    accounts = http.get(f"{url}/__admin/accounts").json()["accounts"]
    return max((each["tasks"] for each in accounts), default=0)


if __name__ == "__main__":
    main()
