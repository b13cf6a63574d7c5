"""Seconds of whole runs: the harness against the mock and against a receiver, and what the pytest fixtures add.

Seconds of one run each; they say what to expect, and depend on the machine.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from mock_server.testing.receiver import Receiver

TESTS = 200
PLAIN = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_nothing({fixtures}number):
    pass
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each command is run (default 3)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name, Receiver() as receiver:
        report = ["--report-dir", f"{name}/report"]
        contract = [sys.executable, "-m", "contract_tests"]
        tell("suno-contract run", [seconds([*contract, "run", *report]) for _ in range(runs)])
        tell("suno-contract receiver", [seconds([*contract, "receiver", receiver.url]) for _ in range(runs)])
        tell("pytest contract_tests", [seconds(pytest("contract_tests")) for _ in range(runs)])
        plain, fixtures = Path(name) / "test_plain.py", Path(name) / "test_fixtures.py"
        plain.write_text(PLAIN.format(tests=TESTS, fixtures=""))
        fixtures.write_text(PLAIN.format(tests=TESTS, fixtures="suno_mock, suno_receiver, "))
        pairs = [(seconds(pytest(plain)), seconds(pytest(fixtures))) for _ in range(runs)]
        tell(f"{TESTS} empty tests", [first for first, _ in pairs])
        tell("the same with both fixtures", [second for _, second in pairs])
        each = [(second - first) / TESTS * 1000 for first, second in pairs]
        print(f"a test pays {statistics.median(each):.1f} ms, start included, from {min(each):.1f} to {max(each):.1f}")


def pytest(path: str | Path) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]


def seconds(command: Sequence[str]) -> float:
    """How long a command takes that succeeds."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=300)
    return time.perf_counter() - started


def tell(what: str, times: list[float]) -> None:
    print(f"{what}: median {statistics.median(times):.2f} s, from {min(times):.2f} to {max(times):.2f}", flush=True)


if __name__ == "__main__":
    main()
