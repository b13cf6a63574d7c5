"""Seconds from starting the process to the line with its address, and to the first valid answer: the mock, and bare
Starlette beside it."""

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
    started(BARE), started(MOCK)
    pairs = [(started(BARE), started(MOCK)) for _ in range(runs)]
    for to, number in (("the address", 0), ("the first answer", 1)):
        bare, mock = [[each[side][number] for each in pairs] for side in (0, 1)]
        for name, times in (("bare", bare), ("mock", mock)):
            told = f"median {statistics.median(times):.3f} s, from {min(times):.3f} to {max(times):.3f} s"
            print(f"{name} to {to}: {told}")
        ratios = [one / other for one, other in zip(mock, bare, strict=True)]
        print(f"ratio to {to}: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def started(command: list[str]) -> tuple[float, float]:
    """Start the command, send one request, end it. Seconds to its address, and to the answer."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=COMPILED) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        told = time.perf_counter() - began
        request = urllib.request.Request(url + EXTEND, REQUEST.encode(), HEADERS)
        with urllib.request.urlopen(request) as response:
            answer = response.read()
        took = time.perf_counter() - began
        process.terminate()
        process.stdout.read()
    if b'"code":200' not in answer.replace(b" ", b""):
        sys.exit(f"the first answer was {answer!r}")
    return told, took


if __name__ == "__main__":
    main()
