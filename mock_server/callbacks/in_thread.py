"""What blocks, in a thread for which nobody waits when the mock ends."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


async def in_thread(blocking: Callable[[], T]) -> T:
    """What it returns or raises. Raises RuntimeError where no thread can be started.

    Neither `asyncio.to_thread`, which has the end of the loop wait, nor the threads of uvloop, which ends the process
    where it can start none.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if ended.done():
            return
        if error is not None:
            ended.set_exception(error)
        else:
            ended.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failed = None, None
        try:
            result = blocking()
        except BaseException as error:
            failed = error
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, daemon=True).start()
    return await ended


class Once(Generic[T]):
    """What blocks, done in a thread once for all who ask; where it fails, it is done again for who asks next."""

    def __init__(self, blocking: Callable[[], T]) -> None:
        self._blocking = blocking
        self._doing: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        if self._doing is None or (self._doing.done() and (self._doing.cancelled() or self._doing.exception())):
            self._doing = asyncio.create_task(in_thread(self._blocking))
        return await asyncio.shield(self._doing)
