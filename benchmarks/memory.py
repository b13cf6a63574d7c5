"""Resident memory of `suno-mock serve` over a million requests that are all accepted.

wrk sends the documented request from core 1. The clock stands still, so that the callbacks of the newest 100,000 tasks
are owed at once and those of all others were written off, which is the most that the mock keeps. Flat is what counts:
after the 100,000 tasks that are kept, no growth.
"""

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

from benchmarks.servers import QUIET, pinned, running
from benchmarks.throughput import lua
from mock_server.demo import EXTEND


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000_000, help="how many in all (default 1,000,000)")
    options = parser.parse_args()
    with running(QUIET, 0) as (url, process), tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "extend.lua"
        script.write_text(lua())
        sent = 0
        print(f"{sent:9} requests  {resident(process):6.0f} MiB", flush=True)
        while sent < options.requests:
            sent += load(url, script)
            print(f"{sent:9} requests  {resident(process):6.0f} MiB", flush=True)


def load(url: str, script: Path) -> int:
    """Requests that were answered in fifteen seconds."""
    command = ["wrk", "-t1", "-c32", "-d15s", "-s", str(script), url + EXTEND]
    output = subprocess.run(pinned(command, 1), capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in", output)
    assert found, output
    return int(found[1])


def resident(process: int) -> float:
    """MiB of a process."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert kilobytes
    return int(kilobytes[1]) / 1024


if __name__ == "__main__":
    main()
