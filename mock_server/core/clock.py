"""The mock's clock: the one place that asks the operating system what time it is for tasks and callbacks."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

LAST_MOMENT: Final = 253402300799.0
"""Epoch seconds of the end of the year 9999, past which no createTime can be written."""


elapsed: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else partial(time.monotonic)
)
"""Seconds that have passed since some moment, whatever the machine's clock is set to. Not `time.monotonic` by name,
which tests freeze, as with freezegun: a mock whose time stands still would call nobody back."""


def real_time() -> float:
    """Epoch seconds by the machine's clock, which tells how long a mock was not there."""
    return time.time()


class Clock(Protocol):
    """Seconds since the Unix epoch, as the mock sees them. While `frozen` it stands still until it is moved."""

    frozen: bool

    def now(self) -> float: ...

    def freeze(self) -> None:
        """Stand still from now on."""

    def run(self) -> None:
        """Follow real time from the moment that it shows."""

    def move_to(self, moment: float) -> None:
        """Show `moment`, in epoch seconds, while frozen. Raises ValueError when that is in the past."""

    def reset(self) -> None:
        """Go back to how it started; one that started running keeps its time."""


class MockClock:
    """Starts at `epoch` (epoch seconds) or now, frozen or running. Running, it never steps when the machine's clock is
    set."""

    def __init__(self, epoch: float | None = None, *, frozen: bool = False) -> None:
        self._epoch = time.time() if epoch is None else epoch
        self._starts_frozen = frozen
        self._shown = self._epoch
        self._since = elapsed()
        self.frozen = frozen

    def now(self) -> float:
        if self.frozen:
            return self._shown
        return min(self._shown + elapsed() - self._since, LAST_MOMENT)

    def freeze(self) -> None:
        self._shown = self.now()
        self.frozen = True

    def run(self) -> None:
        self._shown = self.now()
        self._since = elapsed()
        self.frozen = False

    def move_to(self, moment: float) -> None:
        if moment < self._shown:
            raise ValueError(f"the clock stands at {self._shown:.3f} and cannot go back to {moment:.3f}")
        self._shown = moment

    def go_on(self, moment: float, *, frozen: bool) -> None:
        """Show what was noted when it was last seen, in epoch seconds, and stand still or run from there."""
        self.frozen, self._shown = True, moment
        if not frozen:
            self.run()

    def reset(self) -> None:
        if self._starts_frozen:
            self._shown = self._epoch
            self.frozen = True
        else:
            self.run()
