"""How far a run is: a bar on a terminal, and elsewhere a line every few seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

import click

from contract_tests.verdicts.results import Result

EVERY: Final = 5.0
"""Seconds from one line to the next, at least."""


@contextmanager
def progress(
    probes: int, stream: TextIO, now: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[Result], None]]:
    """Takes every result of a run, and tells how many probes are answered; `now` is in seconds. Where no terminal is,
    nothing is told of a run that is over before."""
    answered: set[str] = set()
    if stream.isatty():
        with click.progressbar(length=probes, label="probes", file=stream, show_pos=True) as bar:
            yield lambda result: bar.update(1) if _is_new(result, answered) else None
        return
    due = now() + EVERY

    def hear(result: Result) -> None:
        nonlocal due
        if _is_new(result, answered) and now() >= due:
            click.echo(f"{len(answered)} of {probes} probes are answered", file=stream)
            due = now() + EVERY

    yield hear


def _is_new(result: Result, answered: set[str]) -> bool:
    """Whether a probe is answered that was not before."""
    before = len(answered)
    answered |= set() if result.probe is None else {result.probe.id}
    return len(answered) > before
