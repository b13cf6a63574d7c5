"""The answers where no endpoint answers: unknown path (404), wrong method (405), and refusals of media."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract.profile import Editions
from mock_server.contract.unserved_paths import not_served
from mock_server.core.errors import ApiError, NotFound
from mock_server.core.text import cut
from mock_server.domain.answer import refused
from mock_server.http.read_request import Disconnected, read_call
from mock_server.state.journal_entries import Requested
from mock_server.state.store import Store

HOME: Final = "__admin/"
"""Where the inbox is, seen from `/`."""


class NotServed:
    """The documented envelope with code 404, and an entry in the journal."""

    def __init__(self, store: Store, editions: Editions) -> None:
        self._store = store
        self._editions = editions

    def handlers(self) -> Mapping[Any, Any]:
        return {HTTPException: self.unrouted, ApiError: self.refused}

    async def unrouted(self, request: Request, error: HTTPException) -> Response:
        """HTTP 404 or 405 with envelope code 404, whatever the profile says of refusals: no endpoint was reached. A
        browser that somebody opens at the mock itself is led to the inbox."""
        if _is_visit(request):
            # Relative, so that it leads to the inbox of a mock that is mounted under a prefix, too.
            return Response(status_code=307, headers={"Location": HOME, "Vary": "Accept"})
        path = _path(request)
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "")
            problem = NotFound(f"{request.method} is not allowed on {path}; allowed: {allowed}")
        else:
            problem = NotFound(not_served(path, self._editions.profile))
        return await self._answer(request, problem, error.status_code, error.headers or {})

    async def refused(self, request: Request, error: ApiError) -> Response:
        """The refusal of what is no endpoint of the API, with its code as the HTTP status."""
        return await self._answer(request, error, error.code, {})

    async def _answer(self, request: Request, error: ApiError, status: int, headers: Mapping[str, str]) -> Response:
        terms = await self._store.terms(None)
        answer = replace(refused(error, self._editions.under(terms.overrides).default), status=status)
        with suppress(Disconnected):
            call = replace(await read_call(request.scope, request.receive), path=_path(request))
            await self._store.journal.append(Requested.answered((await self._store.moment()).now, call, answer))
        return Response(answer.body, answer.status, {**headers, "content-type": answer.content_type})


def _is_visit(request: Request) -> bool:
    """Whether a browser asks for a page at `/`: no client of the API takes HTML."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return request.method == "GET" and path == "/" and "text/html" in request.headers.get("accept", "")


def _path(request: Request) -> str:
    """The path as it was sent, and not too long."""
    return cut(request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0])
