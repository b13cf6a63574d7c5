"""Seconds from starting the process to the first valid answer: the mock, and bare Starlette beside it."""

import argparse
import statistics
import subprocess
import sys
import time
import urllib.request

from benchmarks.servers import BARE, COMPILED, HEADERS, MOCK, REQUEST
from mock_server.commands.demo import EXTEND


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often each side is started (default 5)")
    runs = parser.parse_args().runs
    first_answer(BARE), first_answer(MOCK)
    pairs = [(first_answer(BARE), first_answer(MOCK)) for _ in range(runs)]
    for name, times in zip(("bare", "mock"), zip(*pairs, strict=True), strict=True):
        print(f"{name}: median {statistics.median(times):.3f} s, from {min(times):.3f} to {max(times):.3f} s")
    ratios = [mock / bare for bare, mock in pairs]
    print(f"ratio: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def first_answer(command: list[str]) -> float:
    """Start the command, send one request, end it."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=COMPILED) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        request = urllib.request.Request(url + EXTEND, REQUEST.encode(), HEADERS)
        with urllib.request.urlopen(request) as response:
            answer = response.read()
        took = time.perf_counter() - started
        process.terminate()
        process.stdout.read()
    if b'"code":200' not in answer.replace(b" ", b""):
        sys.exit(f"the first answer was {answer!r}")
    return took


if __name__ == "__main__":
    main()
