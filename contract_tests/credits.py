"""The credits of a key, where a target tells them."""

import asyncio
from typing import Final

from contract_tests.calling import Caller
from contract_tests.published import Published

TIMEOUT: Final = 5.0
"""Seconds that an answer may take."""


class Credits:
    """Asks for what is left, at each of the family's endpoints for it until one tells."""

    def __init__(self, base_url: str, key: str, published: Published) -> None:
        operations = published.family["operations"]
        paths = [operations[name]["path"] for name in operations if name.endswith("-credit")]
        self._urls = [base_url.rstrip("/") + path for path in paths]
        self._headers = {"Authorization": f"Bearer {key}"}

    def __call__(self) -> float | None:
        """The credits; None where the target tells none."""
        return asyncio.run(self._asked())

    async def _asked(self) -> float | None:
        for url in self._urls:
            if (left := await self._told(url)) is not None:
                return left
        return None

    async def _told(self, url: str) -> float | None:
        async with Caller(url, TIMEOUT) as caller:
            exchange = await caller.exchange("GET", self._headers)
        left = exchange.envelope.get("data") if exchange.code == 200 else None
        return left if isinstance(left, int | float) and not isinstance(left, bool) else None
