"""A progress bar for a run on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from contract_tests.verdicts.results import Result


@contextmanager
def progress(probes: int, stream: TextIO) -> Iterator[Callable[[Result], None]]:
    """Takes every result of a run, and draws how many probes are answered. Draws nothing where no terminal is."""
    if not stream.isatty():
        yield lambda result: None
        return
    told: set[str] = set()
    with click.progressbar(length=probes, label="probes", file=stream, show_pos=True) as bar:

        def hear(result: Result) -> None:
            if result.probe is not None and result.probe.id not in told:
                told.add(result.probe.id)
                bar.update(1)

        yield hear
