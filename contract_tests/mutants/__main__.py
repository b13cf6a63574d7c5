"""Runs the harness against every mutant and prints which rule found it: `python -m contract_tests.mutants`.

With `--seeds 20` it runs against the mock itself with so many seeds: every broken rule is a false alarm then.
`--server plain legal` runs it against servers apart from the mock that conform, `--server plain faults` against those
with one fault each; `--seeds 20` with each of so many seeds. `--server plain hidden --seeds 20` draws so many servers
that read the open questions and say refusals each in its own way, and learns a profile of each with --budget.
`--server plain drift --seeds 60` learns a profile of one server, and then changes it in 60 ways, one at a time.
`--server plain unchanged --seeds 20` looks again at each of so many drawn servers, with `--again` tasks.
"""

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from contract_tests.documents.published import Published
from contract_tests.mutants import drifts, hidden, plain_runs
from contract_tests.mutants.catalogue import mutants
from contract_tests.mutants.proxy import Mutant, Proxy
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import ATTEMPTS
from contract_tests.probes.triggers import mock_triggers
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.run import Run
from contract_tests.target.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.target.target import Limits, Target
from contract_tests.verdicts.results import Result, Verdict

PATIENCE = 1.0
"""Seconds to wait for a callback that a mutant may keep back; the mock's come at once."""
LONG_PATIENCE = 6.0
"""Seconds to wait where callbacks are sent again, some after the mock's own timeout."""
QUICK = ("acceptance", "refusal", "envelope", "codes", "timing", "callbacks", "polling", "operations")
"""Groups of faults that show without waiting for retries."""
LEARNED = {
    "hidden": "servers without a wrong reading",
    "drift": "changes told rightly",
    "unchanged": "servers without an alarm",
}
"""What is learned of servers, and how what came of it is counted."""
UNHARMED = Mutant(name="no fault", group="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """The result of one mutant: the rules that were found broken, and the seconds that the run took."""

    mutant: Mutant
    rules: tuple[str, ...]
    took: float

    @property
    def by(self) -> tuple[str, ...]:
        """The broken rules that name the fault; none if the mutant lives."""
        return tuple(rule for rule in self.rules if fnmatchcase(rule, self.mutant.by))


def killed(url: str, published: Published, mutant: Mutant) -> Killed:
    """Runs the harness against one mutant in front of the server at `url`."""
    started = time.monotonic()
    with Proxy(url, mutant) as proxy, Receiver() as receiver:
        plan = Plan(
            published=published,
            tracks=mock_tracks(published),
            triggers=() if mutant.operation else tuple(mock_triggers(published)),
            operations=(mutant.operation,) if mutant.operation else (),
            only=f"{mutant.operation}.*" if mutant.operation else "*",
            callback_timeout=PATIENCE if mutant.group in QUICK else LONG_PATIENCE,
            retries=0 if mutant.group in QUICK else ATTEMPTS - 1,
        )
        broken = _broken(_run(proxy.url, plan, receiver))
    return Killed(mutant=mutant, rules=broken, took=time.monotonic() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRun:
    """The result of the default run on the mock with one seed."""

    seed: int
    rules: tuple[str, ...]
    counts: Mapping[Verdict, int]
    took: float


def seed_run(published: Published, seed: int) -> SeedRun:
    """Runs the harness against a mock of its own, both with this seed. Any broken rule is a false alarm."""
    started = time.monotonic()
    with mock(published.profile, "--seed", str(seed)) as url, Receiver() as receiver:
        plan = Plan(
            published=published,
            tracks=mock_tracks(published),
            triggers=tuple(mock_triggers(published)),
            retries=ATTEMPTS - 1,
            seed=seed,
        )
        results = _run(url, plan, receiver)
    return SeedRun(
        seed=seed,
        rules=_broken(results),
        counts=Counter(result.verdict for result in results),
        took=time.monotonic() - started,
    )


def _run(url: str, plan: Plan, receiver: Receiver) -> list[Result]:
    target = Target(url, {"own": KEY, "bad": BAD_KEY}, Limits(), io.StringIO())
    results = Run(plan, target, receiver).results()
    target.close()
    return results


def _broken(results: Iterable[Result]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(result.rule for result in results if result.broken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=0, help="in place of mutants, the mock with so many seeds")
    parser.add_argument("--profile", default="apikley")
    parser.add_argument("--only", default="", help="mutants whose name holds this")
    parser.add_argument("--server", choices=("mock", "plain"), default="mock")
    parser.add_argument(
        "what", nargs="?", choices=("legal", "faults", *LEARNED), default="faults", help="of the plain server"
    )
    parser.add_argument("--jobs", type=int, default=1, help="how many runs at the same time")
    parser.add_argument("--style", choices=("envelope", "mirror", "both"), default="both", help="of refusals")
    parser.add_argument("--every", type=int, default=1, help="one of so many, drawn with --draw")
    parser.add_argument("--missed", type=float, default=0.0, help="the share of faults or changes that may be")
    parser.add_argument("--budget", type=int, default=12, help="tasks that may be started on a hidden server")
    parser.add_argument("--fails", action="store_true", help="have tasks of hidden servers fail, and callbacks too")
    parser.add_argument("--again", type=int, help="tasks of a look that follows, --budget if not given")
    parser.add_argument("--draw", type=int, default=0, help="the seed of what is drawn")
    options = parser.parse_args()
    if options.what in LEARNED:
        sys.exit(_learned(options))
    published = Published.read(options.profile)
    catalogue = [*mutants(published)]
    plain = options.server == "plain"
    names = [each.name for each in (plain_runs.variants(options.what, options.profile) if plain else catalogue)]
    if not any(options.only in name for name in names):
        close = ", ".join(get_close_matches(options.only, names, cutoff=0))
        parser.error(f"--only {options.only!r} is in no name. Nearest: {close}")
    if plain:
        sys.exit(_plain(options))
    if options.seeds:
        alarms = list(_print_seeds(seed_run(published, seed) for seed in range(options.seeds)))
        print(f"{options.seeds - len(alarms)} of {options.seeds} seeds without an alarm")
        sys.exit(1 if alarms else 0)
    chosen = [each for each in catalogue if options.only in each.name]
    with mock(options.profile) as url:
        alive = list(_print_mutants(killed(url, published, mutant) for mutant in (UNHARMED, *chosen)))
    print(f"{len(chosen) - len(alive)} of {len(chosen)} mutants killed")
    sys.exit(1 if alive else 0)


def _learned(options: argparse.Namespace) -> int:
    """Learns of servers, prints what came of each, and returns the exit status: 1 where too much is wrong."""
    number, right = max(options.seeds, 1), []
    with TemporaryDirectory() as name:
        folder = Path(name)
        seeds = range(options.draw, options.draw + number)
        if options.what == "hidden":
            found = hidden.lines(seeds, options.budget, folder, fails=options.fails)
        elif options.what == "unchanged":
            found = drifts.unchanged(seeds, options.budget, folder, options.again)
        else:
            found = drifts.lines(drifts.planted(number, options.draw), options.budget, folder, options.again)
        for line, is_right in found:
            print(line, flush=True)
            right.append(is_right)
    print(f"{sum(right)} of {len(right)} {LEARNED[options.what]}")
    return int(right.count(False) > options.missed * len(right))


def _plain(options: argparse.Namespace) -> int:
    """Runs against the plain server, prints every outcome and what they come to, and returns the exit status."""
    styles = {"envelope": [False], "mirror": [True], "both": [False, True]}[options.style]
    seeds = range(max(options.seeds, 1))
    found = plain_runs.jobs(options.what, options.profile, styles=styles, seeds=seeds, only=options.only)
    every = []
    for outcome in plain_runs.outcomes(plain_runs.drawn(found, options.every, options.draw), options.jobs):
        print(plain_runs.line(outcome), flush=True)
        every.append(outcome)
    print(*plain_runs.summary(every), sep="\n")
    return int(sum(outcome.wrong for outcome in every) > options.missed * len(every))


def _print_seeds(results: Iterable[SeedRun]) -> Iterable[int]:
    """Prints each result, and yields the seeds that raised an alarm."""
    for result in results:
        counts = ", ".join(f"{result.counts[verdict]} {verdict}" for verdict in Verdict)
        print(f"{result.took:5.1f} s  seed {result.seed:<4}  {counts}  {', '.join(result.rules)}", flush=True)
        if result.rules:
            yield result.seed


def _print_mutants(results: Iterable[Killed]) -> Iterable[Mutant]:
    """Prints each result, and yields the mutants that were not found; the unharmed server if any rule was."""
    for result in results:
        unharmed = result.mutant is UNHARMED
        by = ", ".join((result.rules if unharmed else result.by)[:3]) or "nobody"
        print(f"{result.took:5.1f} s  {result.mutant.group:10}  {result.mutant.name:46}  {by}", flush=True)
        if bool(result.rules if unharmed else result.by) is unharmed:
            yield result.mutant


if __name__ == "__main__":
    main()
