"""Answers for an unknown path (HTTP 404) and a wrong method (HTTP 405)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract.profile import Editions
from mock_server.core.errors import ApiError, NotFound, nearest
from mock_server.core.text import cut
from mock_server.domain.answer import refused
from mock_server.http.base_urls import BaseUrls, mount
from mock_server.http.read_request import Disconnected, read_call
from mock_server.state.journal_entries import Requested
from mock_server.state.store import Store


class NotServed:
    """The documented envelope with code 404, and an entry in the journal."""

    def __init__(self, store: Store, editions: Editions, base_urls: BaseUrls) -> None:
        self._store = store
        self._editions = editions
        self._base_urls = base_urls

    def handlers(self) -> Mapping[Any, Any]:
        return {HTTPException: self.unrouted, ApiError: self.refused}

    async def unrouted(self, request: Request, error: HTTPException) -> Response:
        """HTTP 404 or 405 with envelope code 404, whatever the profile says of refusals: no endpoint was reached."""
        prefix = self._base_urls.mounted_at(request.scope)
        path = prefix + _path(request)
        served = self._editions.profile.operations.values()
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "")
            problem = NotFound(f"{request.method} is not allowed on {path}; allowed: {allowed}")
        else:
            known = ", ".join(f"{each.method} {prefix}{each.path}" for each in served)
            close = nearest(path, [prefix + each.path for each in served])
            problem = NotFound(f"nothing is served at {path}; allowed: {known}.{close}")
        return await self._answer(request, problem, error.status_code, error.headers or {})

    async def refused(self, request: Request, error: ApiError) -> Response:
        """The refusal of what is no endpoint of the API, with its code as the HTTP status."""
        return await self._answer(request, error, error.code, {})

    async def _answer(self, request: Request, error: ApiError, status: int, headers: Mapping[str, str]) -> Response:
        terms = await self._store.terms(None)
        answer = replace(refused(error, self._editions.under(terms.overrides).default), status=status)
        with suppress(Disconnected):
            call = await read_call(request.scope, request.receive, self._base_urls)
            call = replace(call, path=_path(request))
            await self._store.journal.append(Requested.answered((await self._store.moment()).now, call, answer))
        return Response(answer.body, answer.status, {**headers, "content-type": answer.content_type})


def _path(request: Request) -> str:
    """The path as it was sent, without what the mock is mounted at, and not too long."""
    sent = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
    return cut(sent.removeprefix(mount(request.scope)))
