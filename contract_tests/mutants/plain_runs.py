"""All legal variants of the plain server, or all its faults, and what came of a run against each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.mutants.plain import Tried, tried
from contract_tests.targets.behaviour import conforming
from contract_tests.targets.changes import Fault, Legal
from contract_tests.targets.edition import EDITIONS
from contract_tests.targets.faults.catalogue import faults
from contract_tests.targets.legal import legal
from contract_tests.targets.legal_courses import of_courses

COURSES: Final = "[ce]*.[c4-9elop]*"
"""Rules whose probes start tasks of every kind, and of every failure."""
TRIED: Final = "extend."
"""What rules begin with that have probes of their own."""
SLOW: Final = ("deliveries", "styles")
"""Kinds of faults that show only where callbacks are not received, or that need every probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run: which variant of which document, in which answer style, with which seed."""

    what: str
    name: str
    edition: str
    mirrors: bool
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one job. `named` is the verdict that names the fault, `first` whether it is the first one."""

    job: Job
    kind: str
    tried: Tried
    named: str = ""
    first: bool = False

    @property
    def wrong(self) -> bool:
        """Whether a legal server is called a violation, or a fault is not found."""
        return not self.named if self.job.what == "faults" else bool(self.tried.violated)


def jobs(what: str, edition: str, *, styles: Sequence[bool], seeds: Sequence[int] = (0,), only: str = "") -> list[Job]:
    """The jobs of all variants whose name holds a text. A legal variant is tried in every style; a fault in one, and
    faults take turns."""
    found = []
    for number, variant in enumerate(variants(what, edition)):
        if only in variant.name:
            chosen = styles if what == "legal" else [styles[number % len(styles)]]
            found += [
                Job(what=what, name=variant.name, edition=edition, mirrors=mirrors, seed=seed)
                for mirrors in chosen
                for seed in seeds
            ]
    return found


def variants(what: str, edition: str) -> Sequence[Legal | Fault]:
    """The legal variants of a document's server, or its faults."""
    if what == "faults":
        return list(faults(EDITIONS[edition]))
    return [each for each in legal() if edition in each.editions]


def drawn(found: Sequence[Job], every: int, seed: int) -> list[Job]:
    """One of so many jobs, drawn anew with each seed."""
    if every == 1:
        return [*found]
    return Random(seed).sample(found, -(-len(found) // every))  # noqa: S311, no secret hangs on it


def narrowly_done(job: Job) -> Outcome:
    """Runs one job with fewer probes: of a fault that one rule names those of that rule, and of a legal variant of what
    becomes of a task those that start some."""
    return done(job, narrow=True)


def done(job: Job, *, narrow: bool = False) -> Outcome:
    """Runs one job."""
    published, base = Published.read(job.edition), conforming(EDITIONS[job.edition], mirrors=job.mirrors)
    if job.what == "legal":
        (variant,) = [each for each in legal() if each.name == job.name]
        only = COURSES if narrow and job.name in {each.name for each in of_courses()} else "*"
        return Outcome(job=job, kind="legal", tried=tried(published, variant.change(base), seed=job.seed, only=only))
    (fault,) = [each for each in faults(EDITIONS[job.edition]) if each.name == job.name]
    only = fault.breaks[0] if narrow and fault.breaks[0] in published.registry.ids else "*"
    only = only if only.startswith(TRIED) else "*"
    came = tried(published, fault.change(base), seed=job.seed, retries=fault.kind in SLOW, only=only)
    return Outcome(
        job=job, kind=fault.kind, tried=came, named=came.named(fault.breaks), first=came.first_names(fault.breaks)
    )


def outcomes(found: Sequence[Job], workers: int, do: Callable[[Job], Outcome] = done) -> Iterator[Outcome]:
    """The outcome of every job, in order; side by side in processes where there are several workers."""
    if workers == 1:
        yield from map(do, found)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(do, found)


def line(outcome: Outcome) -> str:
    """One outcome in words."""
    job, came = outcome.job, outcome.tried
    style = "mirror" if job.mirrors else "envelope"
    told = ", ".join((*came.violated[:3], *(f"({rule})" for rule in came.deviated[:2]))) or "nothing"
    mark = {True: "1st", False: "   "}[outcome.first]
    if outcome.wrong:
        mark = "!!!"
    head = f"{mark} {came.took:5.1f} s {came.requests:4} {came.tasks:3}  {style:8}  {outcome.kind:22}  {job.name:62}"
    return f"{head}  {outcome.named or told}" + (f"  <- {told}" if outcome.named and not outcome.first else "")


def summary(found: Iterable[Outcome]) -> list[str]:
    """Lines that count all outcomes, and those of each kind."""
    every = list(found)
    kinds = dict.fromkeys(outcome.kind for outcome in every)
    lines = [_counted(kind, [outcome for outcome in every if outcome.kind == kind]) for kind in kinds]
    return [*lines, _counted("all", every)]


def _counted(kind: str, every: Sequence[Outcome]) -> str:
    number = len(every)
    requests = sum(outcome.tried.requests for outcome in every) / number
    tasks = sum(outcome.tried.tasks for outcome in every) / number
    took = sum(outcome.tried.took for outcome in every) / number
    cost = f"{requests:.0f} requests, {tasks:.0f} tasks, {took:.1f} s each"
    if every[0].job.what == "legal":
        return f"| {kind} | {number} | {sum(outcome.wrong for outcome in every)} false alarms | {cost} |"
    found = sum(bool(outcome.named) for outcome in every)
    binding = sum(bool(outcome.named) and outcome.named in outcome.tried.violated for outcome in every)
    first = sum(outcome.first for outcome in every)
    return f"| {kind} | {number} | {found} found | {binding} as violations | {first} named first | {cost} |"
