"""Gives the event loop back between bounded steps of work that grows with what clients sent."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

IN_STEP: Final = 200
"""Entries, tasks or accounts that are looked at before others are served."""

T = TypeVar("T")
Made = TypeVar("Made")


class Steps:
    """Counts what one piece of work has looked at."""

    def __init__(self, most: int = IN_STEP) -> None:
        self._most = most
        self._left = most

    async def one(self, cost: int = 1) -> None:
        """One more is looked at, or something that takes `cost` times as long; after every `most` others are served.
        What is gone through must not change meanwhile."""
        self._left -= cost
        if self._left <= 0:
            self._left = self._most
            await asyncio.sleep(0)


async def in_steps(items: Iterable[T], make: Callable[[T], Awaitable[Made]]) -> list[Made]:
    """What is made of each of these."""
    steps, made = Steps(), []
    for item in items:
        await steps.one()
        made.append(await make(item))
    return made
