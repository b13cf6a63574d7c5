"""Requests per second of the mock as a fraction of a bare Starlette application.

The two run at once on core 0 and are loaded in turn from core 1 by wrk with 32 kept connections, in short slices, so
that a machine that slows down slows both. What counts is the median of the ratios of neighbouring slices. With
--noise a bare application takes the mock's place: its ratio should be 1. With --quiet the mock prints no lines.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from benchmarks.servers import BARE, HEADERS, MOCK, QUIET, REQUEST, pinned, serving
from mock_server.demo import EXTEND


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10, help="how often each side is measured (default 10)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one slice (default 2)")
    parser.add_argument("--noise", action="store_true", help="compare bare Starlette with itself")
    parser.add_argument("--quiet", action="store_true", help="let the mock print no line per request")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed; on Debian: apt-get install wrk")
    candidate = BARE if options.noise else QUIET if options.quiet else MOCK
    ratios = compare(candidate, options.pairs, options.seconds)
    low, high = min(ratios), max(ratios)
    print(f"ratio: median {statistics.median(ratios):.2f}, from {low:.2f} to {high:.2f} over {len(ratios)} pairs")


def compare(candidate: list[str], pairs: int, seconds: int) -> list[float]:
    """The candidate's rate over bare Starlette's, pair by pair, after one slice each to warm up."""
    with serving(BARE, 0) as bare, serving(candidate, 0) as other, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "extend.lua"
        script.write_text(lua())
        load(bare, seconds, script), load(other, seconds, script)
        ratios = []
        for _ in range(pairs):
            limit = load(bare, seconds, script)
            reset(other)
            rate = load(other, seconds, script)
            ratios.append(rate / limit)
            print(f"bare {limit:8.0f}/s   {rate:8.0f}/s   ratio {rate / limit:.2f}", flush=True)
    return ratios


def reset(url: str) -> None:
    """Let the mock forget what the slice before left, as a test run does; bare Starlette has nothing to forget."""
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(f"{url}/__admin/reset", method="POST")).close()


def load(url: str, seconds: int, script: Path) -> float:
    """Requests per second that were answered with HTTP 200."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), url + EXTEND]
    output = subprocess.run(pinned(command, 1), capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"not every request was answered:\n{output}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert rate, output
    return float(rate[1])


def lua() -> str:
    """wrk's script for one documented request."""
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in HEADERS.items())
    return f'wrk.method = "POST"\nwrk.body = [[{REQUEST}]]\n{headers}'


if __name__ == "__main__":
    main()
