"""How many attempts are under way at once: in all, and to one receiver, so that one that hangs delays no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

IN_ALL: Final = 500
PER_RECEIVER: Final = 50
"""Attempts to one host and port; further ones wait, and their time to answer starts when they begin."""


class Places:
    """Places for attempts. One for a receiver is taken before one of all, so that who waits for a receiver that hangs
    holds nothing that others need."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(IN_ALL)
        self._receivers: dict[str, asyncio.Semaphore] = {}
        self._interested: dict[str, int] = {}

    @asynccontextmanager
    async def place(self, url: str) -> AsyncIterator[None]:
        """Wait for a place for an attempt to `url`, and hold it."""
        receiver = receiver_of(url)
        self._interested[receiver] = self._interested.get(receiver, 0) + 1
        places = self._receivers.setdefault(receiver, asyncio.Semaphore(PER_RECEIVER))
        try:
            async with places, self._all:
                yield
        finally:
            self._interested[receiver] -= 1
            if not self._interested[receiver]:
                del self._interested[receiver], self._receivers[receiver]


def receiver_of(url: str) -> str:
    """Host and port of a receiver, as its URL has them."""
    return urlsplit(url).netloc
