"""Delivery over HTTP that imports its client after the start, since that takes longer than importing the mock."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.trust import Trust
from mock_server.domain.attempt import Attempt

if TYPE_CHECKING:
    from mock_server.callbacks.http_delivery import HttpDelivery


def over_http(policy: HostPolicy, timeout: float, trust: Trust) -> "HttpDelivery":
    """The delivery, once its client is imported, which blocks."""
    from mock_server.callbacks.http_delivery import HttpDelivery
    from mock_server.callbacks.unreachable import in_container

    return HttpDelivery(policy, timeout, trust, contained=in_container())


class DeferredDelivery:
    """An HttpDelivery, imported in a thread when it is first needed, so that requests are answered meanwhile."""

    def __init__(
        self,
        policy: HostPolicy,
        timeout: float,
        trust: Trust | None = None,
        *,
        load: Callable[[HostPolicy, float, Trust], "HttpDelivery"] = over_http,
    ) -> None:
        self._policy = policy
        self._timeout = timeout
        self._trust = trust or Trust()
        self._load = load
        self._imported: HttpDelivery | None = None
        self._importing = asyncio.Lock()

    async def ready(self) -> None:
        await self._delivery()

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        delivery = self._imported or await self._delivery()
        return await delivery.attempt(url, body, received)

    async def close(self) -> None:
        if self._imported is not None:
            await self._imported.close()

    async def _delivery(self) -> "HttpDelivery":
        async with self._importing:
            if self._imported is None:
                self._imported = await asyncio.to_thread(self._load, self._policy, self._timeout, self._trust)
            return self._imported
