"""Requests that are sent at the same time, each in a thread."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Final, TypeVar

T = TypeVar("T")
GLANCE: Final = 0.5
"""Seconds after which the main thread looks for a signal: one that comes just before it waits does not wake it."""


def side_by_side(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """The results of jobs that run at the same time, in their order. Raises what the first of them that fails does.

    Their threads do not hold up the end of the program, as those of an executor do, when a user interrupts it.
    """
    futures: list[Future[T]] = [Future() for _ in jobs]
    for job, future in zip(jobs, futures, strict=True):
        threading.Thread(target=_done, args=(job, future), daemon=True).start()
    while wait(futures, GLANCE).not_done:
        pass
    return [future.result() for future in futures]


def _done(job: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(job())
    except BaseException as error:
        future.set_exception(error)
