"""`python -m tests.fuzz`: sends broken requests, and every second time a connection of several, at once and in pieces;
stops at the first answer that no document names, and at the first that differs."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.fuzz.inputs import connection, numbered
from tests.fuzz.target import RESET_EVERY, Target, Troubles
from tests.fuzz.twins import Twins

GROWTH_ALLOWED = 16 * 1024 * 1024
"""Bytes of memory that the last four fifths of a run may take beyond the first (the allocator's, measured)."""


def resident() -> int:
    """Bytes that the process holds; 0 where the system does not tell."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * 4096 if pages.exists() else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000, help="how many inputs (1,000,000)")
    parser.add_argument("--seed", type=int, default=0, help="which inputs (0)")
    parser.add_argument("--only", type=int, help="the input of this number alone, as a failure names it")
    options = parser.parse_args()
    numbers = range(options.count) if options.only is None else range(options.only, options.only + 1)
    return asyncio.run(run(numbers, options.seed))


async def run(numbers: range, seed: int, memory: Callable[[], int] = resident) -> int:
    """Print figures; 1 for a failure or for memory that grows, else 0."""
    troubles, began = Troubles(), time.monotonic()
    target, twins = Target(troubles), Twins(troubles)
    early = 0
    for number in numbers:
        asked: Target | Twins = twins if number % 2 else target
        pieces = connection(number, seed) if number % 2 else numbered(number, seed)
        violation = await asked.violation(pieces)
        if violation is not None:
            print(await _report(asked, pieces, number, seed, violation))
            return 1
        if number == max(RESET_EVERY, len(numbers) // 5):
            early = memory()
        if number % 20_000 == 19_999:
            print(f"{number + 1:,} inputs, {time.monotonic() - began:.0f} s, {memory() >> 20} MiB", flush=True)
    grown = memory() - early if early else 0
    answered = Counter(target.answered) + Counter(twins.answered)
    statuses = ", ".join(f"{count:,} of HTTP {status}" for status, count in sorted(answered.items()))
    print(f"{len(numbers):,} inputs in {time.monotonic() - began:.0f} s, seed {seed}: no violation, no traceback")
    print(f"answers: {statuses}")
    print(f"memory: {memory() >> 20} MiB, {grown / 2**20:+.1f} MiB since the first fifth")
    return int(grown > GROWTH_ALLOWED)


async def _report(target: Target | Twins, pieces: Sequence[bytes], number: int, seed: int, violation: str) -> str:
    smallest = await shrunk(target, pieces)
    return (
        f"input {number} of seed {seed}: {violation}\n"
        f"the smallest that fails so, in {len(smallest)} pieces: {smallest!r}\n"
        f"again: python -m tests.fuzz --seed {seed} --only {number}"
    )


async def shrunk(target: Target | Twins, pieces: Sequence[bytes]) -> list[bytes]:
    """An input that fails, too, and in which no byte can be left out; the input itself where it must come in pieces."""
    found = b"".join(pieces)
    if await target.violation([found]) is None:
        return list(pieces)
    size = len(found) // 2
    while size:
        first = 0
        while first < len(found):
            smaller = found[:first] + found[first + size :]
            if await target.violation([smaller]) is None:
                first += size
            else:
                found = smaller
        size //= 2
    return [found]


if __name__ == "__main__":
    sys.exit(main())
