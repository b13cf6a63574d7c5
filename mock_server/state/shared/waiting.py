"""A change that waits for a turn, and who waits for the change."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple


class Made(NamedTuple):
    """What a change has come to."""

    value: Any


class Waiting(NamedTuple):
    """A change, and who waits for it."""

    change: Coroutine[Any, Any, Any]
    ended: asyncio.Future[Any]

    async def outcome(self) -> Any:
        """Make the change: what it comes to, Made, or what it raises."""
        try:
            return Made(await self.change)
        except Exception as error:
            return error

    def end(self, outcome: Any) -> None:
        """Tell who waits, unless he has left."""
        self.change.close()
        if self.ended.done():
            return
        if isinstance(outcome, Made):
            self.ended.set_result(outcome.value)
        else:
            self.ended.set_exception(outcome)
