"""What ends a command: SIGTERM with exit status 143, SIGINT, which is Ctrl-C, with 130."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED: Final = 128 + signal.SIGINT


class Terminated(SystemExit):
    """SIGTERM came."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """End what runs in here by an exception, Terminated or KeyboardInterrupt, so that it can let go of what it has.

    Without handlers of its own, process 1 of a container is spared by SIGTERM, and a command that a script has started
    in the background by SIGINT.
    """
    before = {}
    with suppress(ValueError):  # in another thread than the main one nobody can
        before[signal.SIGTERM] = signal.signal(signal.SIGTERM, _terminate)
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second one would disturb the end
    raise Terminated(128 + number)
