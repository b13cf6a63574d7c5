"""An event loop whose time leaps to the next timer once nothing else is left to do, so that no test waits for time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tests.builders import CREATED

T = TypeVar("T")


class Leaps(selectors.DefaultSelector):
    """Is ready at once in place of waiting. `leapt` are the seconds that were not waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.leapt = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.leapt += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its time stands still while anything runs. Real time does not pass in it, so it is for tests without sockets."""

    def __init__(self) -> None:
        self.leaps = Leaps()
        super().__init__(self.leaps)

    def time(self) -> float:
        return self.leaps.leapt


LEAPING = ("asyncio", {"loop_factory": LeapingLoop})
"""What the `anyio_backend` of a module is whose tests run in such a loop."""


def run(course: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run something in such a loop, for tests that are not asynchronous."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(course())


async def passed(seconds: float = 0.1) -> None:
    """Return once so many seconds of the loop's time have passed: by default, once everything waits for the test."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    await over.wait()


class LoopClock:
    """The mock's clock, by the time of the loop: starts at CREATED, frozen or running."""

    def __init__(self, *, frozen: bool = False) -> None:
        self.frozen = frozen
        self._shown = CREATED
        self._since = asyncio.get_running_loop().time()

    def now(self) -> float:
        passed = asyncio.get_running_loop().time() - self._since
        return self._shown + (0.0 if self.frozen else passed)

    def freeze(self) -> None:
        self._shown = self.now()
        self.frozen = True

    def run(self) -> None:
        self._shown = self.now()
        self._since = asyncio.get_running_loop().time()
        self.frozen = False

    def move_to(self, moment: float) -> None:
        self._shown = moment

    def reset(self) -> None:
        self._shown = CREATED
        self._since = asyncio.get_running_loop().time()
