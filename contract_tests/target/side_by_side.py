"""Requests that are sent at the same time, each in a thread."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Final, TypeVar

T = TypeVar("T")
GLANCE: Final = 0.5
"""Seconds after which the main thread looks for a signal: one that comes just before it waits does not wake it."""


def side_by_side(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """The results of jobs that run at the same time, in their order. Raises what the first of them that fails does.

    Their threads do not hold up the end of the program, as those of an executor do, when a user interrupts it.
    """
    futures = [_begun(job) for job in jobs]
    while wait(futures, GLANCE).not_done:
        pass
    return [future.result() for future in futures]


def in_turn(jobs: Iterable[Callable[[], T]], most: int) -> Iterator[T]:
    """The same, `most` jobs at a time: the next begins when the first of those that run has ended. One at a time runs
    in the thread of the caller."""
    if most == 1:
        yield from (job() for job in jobs)
        return
    running: deque[Future[T]] = deque()
    for job in jobs:
        if len(running) == most:
            yield _ended(running.popleft())
        running.append(_begun(job))
    while running:
        yield _ended(running.popleft())


def _begun(job: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()
    threading.Thread(target=_done, args=(job, future), daemon=True).start()
    return future


def _ended(future: Future[T]) -> T:
    while wait([future], GLANCE).not_done:
        pass
    return future.result()


def _done(job: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(job())
    except BaseException as error:
        future.set_exception(error)
