"""What time it is for the mock. Nothing else in the package asks the operating system for it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since the Unix epoch, as the mock sees them."""

    def now(self) -> float: ...


class RunningClock:
    """Follows real time, from `epoch` (epoch seconds) or from now. Never steps when the machine's clock is set."""

    def __init__(self, epoch: float | None = None) -> None:
        self._origin = (time.time() if epoch is None else epoch) - time.monotonic()

    def now(self) -> float:
        return self._origin + time.monotonic()


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, epoch: float) -> None:
        self._epoch = epoch
        self._now = epoch

    def now(self) -> float:
        return self._now

    def move_to(self, moment: float) -> None:
        """Set the time to `moment`, in epoch seconds. Raises ValueError when that is in the past."""
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now:.3f} and cannot go back to {moment:.3f}")
        self._now = moment

    def reset(self) -> None:
        """Go back to where it started."""
        self._now = self._epoch
