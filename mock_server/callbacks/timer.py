"""Wakes somebody up at the earliest of the moments that were asked for."""

import asyncio
from collections.abc import Callable


class Timer:
    """`wake` is called once, at the earliest moment."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._handle: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._stopped = False

    def arm(self, within: float) -> None:
        """Wake in so many seconds of real time, unless that is done earlier, or the timer was stopped."""
        loop = asyncio.get_running_loop()
        when = loop.time() + within
        if self._handle is not None:
            if self._armed_for <= when:
                return
            self._handle.cancel()
        if not self._stopped:
            self._armed_for = when
            self._handle = loop.call_at(when, self._fire)

    def stop(self) -> None:
        """Wake nobody any more."""
        self._stopped = True
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._wake()
