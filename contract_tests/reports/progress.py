"""How far a run is: on a terminal a bar, above which rules appear as they are decided, and elsewhere a line every few
seconds."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

import click

from contract_tests.documents.counted import counted
from contract_tests.probes.request import Probe
from contract_tests.reports.on_terminal import say
from contract_tests.reports.rows import Row, rows
from contract_tests.verdicts.results import Result, Verdict

EVERY: Final = 5.0
"""Seconds from one line to the next where no terminal is."""
TICK: Final = 0.2
"""Seconds from one bar to the next."""
WIDTH: Final = 20
"""Characters of the bar."""
AT_ONCE: Final = (Verdict.VIOLATED, Verdict.DEVIATED)
"""Verdicts that nothing which comes later makes better."""


class Progress:
    """Hears every result. `say` prints the row of a rule that is decided: by its first violation or deviation, or once
    all of its probes are answered. `doing` says what the run has started and waits for."""

    def __init__(
        self,
        probes: Iterable[Probe],
        stream: TextIO,
        say: Callable[[Row], object] | None,
        now: Callable[[], float] = time.monotonic,
        doing: Callable[[], str] = str,
    ) -> None:
        self._decided: dict[str, Verdict] = {}
        self._stream = stream
        self._say = say
        self._now = now
        self._doing = doing
        self._begun = now()
        self._open: dict[str, set[str]] = {}
        for probe in probes:
            self._open.setdefault(probe.rule, set()).add(probe.id)
        self._probes = {each for ids in self._open.values() for each in ids}
        self._answered: set[str] = set()
        self._results: dict[str, list[Result]] = {}
        self._shown = ""
        self._one = threading.Lock()

    @property
    def said(self) -> Mapping[str, Verdict]:
        """The rules whose rows were printed, with the verdict that they had last."""
        return self._decided if self._say is not None else {}

    def hear(self, result: Result) -> None:
        """One result, as it becomes known."""
        with self._one:
            if result.probe is not None:
                self._answered.add(result.probe.id)
                self._open.get(result.rule, set()).discard(result.probe.id)
            found = self._results.setdefault(result.rule, [])
            found.append(result)
            (row,) = rows(found)
            decided = row.verdict in AT_ONCE or not self._open.get(result.rule, {"others may come"})
            if decided and self._decided.get(row.rule) is not row.verdict:
                self._decided[row.rule] = row.verdict
                self._above(row)

    def tick(self) -> None:
        """Tell how far the run is."""
        with self._one:
            if self._stream.isatty():
                self._draw()
            else:
                click.echo(self._line(), file=self._stream)

    def erase(self) -> None:
        """Leave no bar behind."""
        with self._one:
            self._erase()

    def _above(self, row: Row) -> None:
        if self._say is not None:
            self._erase()
            self._say(row)

    def _draw(self) -> None:
        done = WIDTH * len(self._answered) // max(len(self._probes), len(self._answered), 1)
        bar = f"[{'#' * done}{'-' * (WIDTH - done)}] {len(self._answered)}/{len(self._probes)} probes"
        line = f"{bar}, {self._rest()}"[: shutil.get_terminal_size().columns - 1]
        self._stream.write(f"\r{line.ljust(len(self._shown))}")
        self._stream.flush()
        self._shown = line

    def _erase(self) -> None:
        if self._shown:
            self._stream.write(f"\r{' ' * len(self._shown)}\r")
            self._stream.flush()
        self._shown = ""

    def _line(self) -> str:
        return f"{len(self._answered)} of {len(self._probes)} probes are answered, {self._rest()}"

    def _rest(self) -> str:
        violated = [*self._decided.values()].count(Verdict.VIOLATED)
        decided = counted(len(self._decided), "rule")
        doing = f"{told}, " if (told := self._doing()) else ""
        return f"{decided} decided, {violated} violated, {doing}{self._now() - self._begun:.0f} s"


@contextmanager
def progress(
    probes: Iterable[Probe], stream: TextIO, every: float = EVERY, doing: Callable[[], str] = str
) -> Iterator[Progress]:
    """One that tells by itself how far the run is, and what it is `doing`. Where no terminal is, nothing is told of a
    short run."""
    live, over = stream.isatty(), threading.Event()
    found = Progress(probes, stream, say if live and sys.stdout.isatty() else None, doing=doing)

    def tick() -> None:
        while not over.wait(TICK if live else every):
            found.tick()

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
        found.erase()
