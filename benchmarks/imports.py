"""What importing takes: milliseconds per package, of the pytest plugin as every test run loads it, and of the
command `serve` up to where it would listen."""

import argparse
import re
import statistics
import subprocess
import sys
from collections import Counter

from benchmarks.servers import COMPILED

CASES = {
    "the pytest plugin": "import pytest, suno_mock_pytest",
    "serve": "import mock_server.commands.cli, mock_server.commands.serve",
}
LINE = re.compile(r"import time: +(\d+) \| +\d+ \| +([\w.]+)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often each is imported (default 5)")
    parser.add_argument("--rows", type=int, default=15, help="packages that are listed (default 15)")
    options = parser.parse_args()
    for name, code in CASES.items():
        tables = [packages(code) for _ in range(options.runs)]
        totals = [table.total() for table in tables]
        low, high = min(totals), max(totals)
        print(f"{name}: median {statistics.median(totals):.0f} ms, from {low:.0f} to {high:.0f}")
        middle = {package: statistics.median(table[package] for table in tables) for package in tables[0]}
        for package, took in sorted(middle.items(), key=lambda row: -row[1])[: options.rows]:
            print(f"  {took:6.1f} ms  {package}")


def packages(code: str) -> Counter[str]:
    """Milliseconds per package, what it imports from others left out, and what Python itself imports at its start."""
    known = set(imported("pass"))
    table: Counter[str] = Counter()
    for module, took in imported(code).items():
        if module not in known:
            table[module.partition(".")[0]] += took
    return table


def imported(code: str) -> Counter[str]:
    """Milliseconds per module."""
    command = [sys.executable, "-X", "importtime", "-c", code]
    output = subprocess.run(command, capture_output=True, text=True, check=True, env=COMPILED).stderr
    return Counter({module: int(took) / 1000 for took, module in LINE.findall(output)})


if __name__ == "__main__":
    main()
