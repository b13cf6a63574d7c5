"""Tasks of the loop that wait for something which a test brings about, without a moment of real time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
TURNS = 20
"""Turns of the loop, more than anything here takes until it waits."""


async def settled() -> None:
    """Return once every task has run until it waits for what only the test can bring."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def begun(course: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Somebody who waits, and has begun to."""
    task = asyncio.create_task(course)
    await settled()
    assert not task.done()
    return task


@asynccontextmanager
async def turns() -> AsyncIterator[Callable[[], int]]:
    """How many turns somebody else had by now."""
    count = 0

    async def take_turns() -> None:
        nonlocal count
        while True:
            count += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    try:
        yield lambda: count
    finally:
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
