"""What sends callbacks, as the rest of the mock knows it."""

from collections.abc import Callable
from typing import Protocol

from mock_server.outcomes import Attempt


class Delivery(Protocol):
    """Sends one callback; `received` is the range of HTTP statuses that count as received."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt: ...

    async def close(self) -> None: ...


class LateDelivery:
    """A delivery that is made for the first callback, because what it needs takes long to import."""

    def __init__(self, make: Callable[[], Delivery]) -> None:
        self._make = make
        self._made: Delivery | None = None

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        if self._made is None:
            self._made = self._make()
        return await self._made.attempt(url, body, received)

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()
