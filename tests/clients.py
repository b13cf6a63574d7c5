"""Clients of the mock: in process over ASGI, and over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from mock_server.api import RECORD_INFO
from mock_server.rulebook import EXTEND
from tests.builders import request

KEY = {"Authorization": "Bearer key"}


@asynccontextmanager
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the application, with its lifespan entered and a key that works."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=KEY) as opened:
            yield opened


async def extend(http: httpx.AsyncClient, headers: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
    """POST the documented request with changes."""
    return await http.post(EXTEND, json=request(**changes), headers=headers)


async def poll(http: httpx.AsyncClient, task_id: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await http.get(RECORD_INFO, params={"taskId": task_id}, headers=headers)
