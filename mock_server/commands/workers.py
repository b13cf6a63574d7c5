"""Several processes that serve on one socket: each that ends is replaced, until this one is told to end."""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Final, Protocol

from mock_server.commands.output import warn
from mock_server.core.errors import BadSetting

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
ENDS_WITHIN: Final = 20.0
"""Seconds of real time that workers have to end; one that takes longer is killed."""
FAILURES: Final = 5
"""Workers in a row that end young, after which no further one is tried."""


class Work(Protocol):
    """What a worker does; its exit status. `introduces`: whether it says where the mock is. It ends once nobody holds
    the other end of the pipe `held`."""

    def __call__(self, *, introduces: bool, held: Connection | None) -> int: ...


class Workers:
    """A worker that ends in less than `young` seconds of real time is replaced after `pause` seconds; all have
    `ends_within` seconds to end. Raises BadSetting where the system cannot divide a process."""

    def __init__(
        self, number: int, work: Work, young: float = 1.0, pause: float = 1.0, ends_within: float = ENDS_WITHIN
    ) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            raise BadSetting(f"{number} workers need a system that can fork, as Linux and macOS. Allowed here: 1.")
        self._number = number
        self._work = work
        self._young = young
        self._pause = pause
        self._ends_within = ends_within
        self._context = multiprocessing.get_context("fork")
        self._held, self._holding = self._context.Pipe(duplex=False)
        self._since: dict[ForkProcess, float] = {}
        self._introducing: ForkProcess | None = None
        self._failures = 0

    def run(self) -> int:
        """Have the workers work until a signal comes, which ends them, too; 1 where none can. Raises SystemExit with
        1 where one had to be killed at the end."""
        killed = 0
        try:
            try:
                self._keep_working()
            finally:
                killed = self._end()
        except (SystemExit, KeyboardInterrupt):
            if killed:
                raise SystemExit(1) from None
            raise
        return 1

    def _keep_working(self) -> None:
        for place in range(self._number):
            self._start(introduces=place == 0)
        while self._failures < FAILURES:
            wait([process.sentinel for process in self._since])
            for ended in [process for process in self._since if not process.is_alive()]:
                self._replace(ended)

    def _start(self, *, introduces: bool = False) -> None:
        process = self._context.Process(target=self._be_worker, args=(introduces,))
        with _without_signals():  # one in between would leave a worker behind that nobody knows
            process.start()
            self._since[process] = time.monotonic()
            if introduces:
                self._introducing = process

    def _be_worker(self, introduces: bool) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self._holding.close()
        raise SystemExit(self._work(introduces=introduces, held=self._held))

    def _replace(self, process: ForkProcess) -> None:
        if self._failures == FAILURES:
            return
        lived = time.monotonic() - self._since.pop(process)
        self._failures = self._failures + 1 if lived < self._young else 0
        status = process.exitcode or 0
        how = f"with exit status {status}" if status >= 0 else f"by signal {-status}"
        if self._failures == FAILURES:
            return warn(f"worker {process.pid} ended {how}, as {FAILURES - 1} before it at once: the mock ends.")
        warn(f"worker {process.pid} ended {how}; another one takes its place.")
        if lived < self._young:
            time.sleep(self._pause)
        # Who has ended so soon has hardly said where the mock is.
        self._start(introduces=process is self._introducing and lived < self._young)

    def _end(self) -> int:
        """Tell all to end, and wait for them; kill who does not. How many those are."""
        killed = 0
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for process in self._since:
            process.terminate()
        until = time.monotonic() + self._ends_within
        for process in self._since:
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                late = f"worker {process.pid} did not end within {self._ends_within:g} s"
                warn(f"{late}, and is killed: the mock ends with exit status 1.")
                process.kill()
                process.join()
                killed += 1
        return killed


@contextmanager
def _without_signals() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
