"""What blocks is done beside the loop, and once."""

import asyncio
import threading

import pytest

from mock_server.callbacks.in_thread import Once, in_thread
from tests.waiting import begun

pytestmark = pytest.mark.anyio


class Slow:
    """What ends when it is let go; it counts how often it was begun, and fails the first `fails` times."""

    def __init__(self, fails: int = 0) -> None:
        self.times = 0
        self.began = threading.Event()
        self.ended = threading.Event()
        self.gone = threading.Event()
        self._fails = fails

    def __call__(self) -> int:
        self.times += 1
        self.began.set()
        assert self.ended.wait(10)
        self.gone.set()
        if self.times <= self._fails:
            raise MemoryError
        return self.times


async def test_its_result_and_its_error_come_back() -> None:
    assert await in_thread(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_who_asks_at_once_waits_for_one() -> None:
    slow = Slow()
    once = Once(slow)
    asking = [await begun(once()) for _ in range(3)]
    slow.ended.set()
    assert await asyncio.gather(*asking) == [1, 1, 1]
    assert (await once(), slow.times) == (1, 1)


async def test_who_is_cut_off_leaves_it_to_others() -> None:
    slow = Slow()
    once = Once(slow)
    first, second = await begun(once()), await begun(once())
    first.cancel()
    slow.ended.set()
    assert await second == 1


async def test_what_failed_is_done_again() -> None:
    slow = Slow(fails=1)
    slow.ended.set()
    once = Once(slow)
    with pytest.raises(MemoryError):
        await once()
    assert await once() == 2


async def test_who_no_longer_waits_is_told_nothing() -> None:
    slow = Slow()
    waiting = await begun(in_thread(slow))
    waiting.cancel()
    slow.ended.set()
    assert await asyncio.to_thread(slow.gone.wait, 10)
    assert await in_thread(lambda: 5) == 5


def test_a_loop_that_ends_waits_for_no_thread() -> None:
    slow = Slow()

    async def leave() -> None:
        await begun(in_thread(slow))

    asyncio.run(leave())
    assert not slow.gone.is_set()
    slow.ended.set()
    assert slow.gone.wait(10)
