"""Clients of the mock in process, over ASGI, and the mock that they talk to."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from mock_server.app import create_app
from mock_server.commands.demo import RECORD_INFO
from mock_server.contract.operations import PERSONA, path
from mock_server.core.clock import MockClock
from mock_server.core.settings import Settings
from mock_server.state.store import Store
from tests.builders import COMPLETE, CREATED, RecordingDelivery, generation, request

WAV = "wav"
KEY = {"Authorization": "Bearer key"}
OTHER = {"Authorization": "Bearer other"}
Headers = Mapping[str, str]


class Mock:
    """One mock in process: its clock, what it delivered, and its application."""

    def __init__(self, **settings: Any) -> None:
        self.clock = MockClock(CREATED, frozen=True)
        self.delivery = RecordingDelivery()
        self.app = create_app(Settings(**{"pace": "manual"} | settings), clock=self.clock, delivery=self.delivery)
        self.store: Store = self.app.state.runtime.store
        self.control = self.app.state.control

    async def advance(self, seconds: float) -> int:
        """Move the clock; how many callbacks were attempted."""
        attempts: int = await self.control.advance(seconds)
        return attempts


@asynccontextmanager
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the application, with its lifespan entered and a key that works."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=KEY) as opened:
            yield opened


async def extend(http: httpx.AsyncClient, headers: Headers | None = None, **changes: Any) -> httpx.Response:
    """POST the documented request with changes."""
    return await post(http, "extend", headers, **request(**changes))


async def generate(http: httpx.AsyncClient, headers: Headers | None = None, **changes: Any) -> httpx.Response:
    """POST a valid generate request with changes."""
    return await post(http, "generate", headers, **generation(**changes))


async def post(http: httpx.AsyncClient, operation: str, headers: Headers | None = None, **body: Any) -> httpx.Response:
    """POST a body to an endpoint of the API."""
    return await http.post(path(operation), json=body, headers=headers)


async def poll(http: httpx.AsyncClient, task_id: str, headers: Headers | None = None) -> httpx.Response:
    return await http.get(RECORD_INFO, params={"taskId": task_id}, headers=headers)


async def credits(http: httpx.AsyncClient, headers: Headers | None = None) -> httpx.Response:
    return await http.get(path("chat-credit"), headers=headers)


async def finished(mock: Mock, http: httpx.AsyncClient, answer: httpx.Response) -> tuple[str, list[dict[str, Any]]]:
    """The id of the task that an answer started, and its tracks, once its last stage is reached."""
    task_id: str = answer.json()["data"]["taskId"]
    await mock.advance(COMPLETE)
    own = {"Authorization": answer.request.headers["authorization"]}
    return task_id, (await poll(http, task_id, own)).json()["data"]["response"]["sunoData"]


WHOLE: Mapping[str, Mapping[str, Any]] = {
    PERSONA: {"name": "Calm", "description": "A calm voice"},
    WAV: {"callBackUrl": "http://127.0.0.1:9/callback"},
}
"""What a request for something that is made of a track holds beside the task and the track."""


async def make(
    http: httpx.AsyncClient, operation: str, task_id: str, audio_id: str, headers: Headers | None = None, **more: Any
) -> httpx.Response:
    """POST a request for a persona or a WAV record of a track."""
    return await post(http, operation, headers, taskId=task_id, audioId=audio_id, **{**WHOLE[operation], **more})


async def tracks_of(mock: Mock, http: httpx.AsyncClient, **changes: Any) -> tuple[str, list[str]]:
    """A finished generation: the id of its task, and those of its tracks."""
    task_id, tracks = await finished(mock, http, await generate(http, **changes))
    return task_id, [track["id"] for track in tracks]


def refusal(response: httpx.Response, code: int) -> str:
    """The msg of a refusal with this code, in HTTP 200 without data."""
    body = response.json()
    assert (response.status_code, set(body), body["code"]) == (200, {"code", "msg"}, code), response.text
    return str(body["msg"])
