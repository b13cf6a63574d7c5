"""The answers where no endpoint answers: unknown path (404), wrong method (405), and refusals of media."""

import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract.editions import Editions
from mock_server.contract.unserved_paths import not_served
from mock_server.core.errors import ApiError, NotFound
from mock_server.core.origins import parse_origins
from mock_server.core.text import cut, printable, shown
from mock_server.domain.answer import Answer, refused
from mock_server.http.base_urls import PREFIX, BaseUrls, mount
from mock_server.http.cross_origin import is_preflight
from mock_server.http.read_request import Incomplete, read_call
from mock_server.state.journal_entries import Requested
from mock_server.state.store import Store

HTML: Final = re.compile(r"text/html(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
"""A header that takes HTML."""
PAGES_TOLD: Final = 1_000
"""Origins of refused pages that are remembered, with the entry that tells of each."""


class NotServed:
    """The documented envelope with code 404, and an entry in the journal."""

    def __init__(self, store: Store, editions: Editions, base_urls: BaseUrls) -> None:
        self._store = store
        self._editions = editions
        self._origins = parse_origins(store.settings.cors_origin)
        self._base_urls = base_urls
        self._told: dict[str, int] = {}

    def handlers(self) -> Mapping[Any, Any]:
        return {HTTPException: self.unrouted, ApiError: self.refused}

    async def unrouted(self, request: Request, error: HTTPException) -> Response:
        """HTTP 404 or 405 with envelope code 404, whatever the profile says of refusals: no endpoint was reached. A
        browser that somebody opens at the mock itself is led to the inbox."""
        headers, prefix, path = error.headers or {}, self._base_urls.mounted_at(request.scope), _path(request)
        if _is_visit(request, path):
            return Response(status_code=307, headers={"Location": f"{prefix}{PREFIX}/", "Vary": "Accept"})
        if is_preflight(request.scope):
            return await self._refuse_page(request, error.status_code, headers)
        if error.status_code == 405:
            problem = NotFound(
                f"{request.method} is not allowed on {prefix}{path}; allowed: {headers.get('Allow', '')}"
            )
        else:
            problem = NotFound(not_served(path, self._editions.profile, prefix))
        return await self._answer(request, problem, error.status_code, headers)

    async def refused(self, request: Request, error: ApiError) -> Response:
        """The refusal of what is no endpoint of the API, with its code as the HTTP status."""
        return await self._answer(request, error, error.code, {})

    async def _answer(self, request: Request, error: ApiError, status: int, headers: Mapping[str, str]) -> Response:
        answer = await self._refusal(error, status)
        await self._write_down(request, answer)
        return _response(answer, headers)

    async def _refuse_page(self, request: Request, status: int, headers: Mapping[str, str]) -> Response:
        """The refusal of a page that asks whether it may use the API. Written down once for each origin: a browser asks
        again with each request, and does not tell its user of the way out."""
        problem = NotFound(refused_page(request.headers["origin"], self._origins))
        answer = await self._refusal(problem, status)
        told = self._told.pop(problem.msg, 0)
        if await self._store.journal.entry(told) is None:
            told = await self._write_down(request, replace(answer, msg=problem.msg))
        self._told[problem.msg] = told
        if len(self._told) > PAGES_TOLD:
            del self._told[next(iter(self._told))]
        return _response(answer, headers)

    async def _refusal(self, error: ApiError, status: int) -> Answer:
        terms = await self._store.terms(None)
        answer = refused(error, self._editions.under(terms.overrides).default)
        return replace(answer, status=status, unread=True)

    async def _write_down(self, request: Request, answer: Answer) -> int:
        """The id of the entry; 0 where the client went away first, and nothing is written down."""
        try:
            call = await read_call(request.scope, request.receive, self._base_urls)
        except Incomplete:
            return 0
        call = replace(call, path=_path(request))
        return await self._store.journal.append(Requested.answered((await self._store.moment()).now, call, answer))


def refused_page(origin: str, origins: Collection[str]) -> str:
    """Why a page may not use the API, and the way out."""
    allowed = f"pages of {', '.join(origins)}" if origins else "no page of another origin"
    option = f"--cors-origin {shlex.quote(printable(cut(origin)))}"
    return (
        f"a page of {shown(origin)} asked to use the API; allowed: {allowed}. To let it, start the mock with {option}"
    )


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    return Response(answer.body, answer.status, {**headers, "content-type": answer.content_type})


def _is_visit(request: Request, path: str) -> bool:
    """Whether a browser asks for a page at `/`: no client of the API takes HTML."""
    takes = request.headers.get("accept", "").lower()
    return request.method in ("GET", "HEAD") and path == "/" and bool(HTML.search(takes))


def _path(request: Request) -> str:
    """The path as it was sent, without what the mock is mounted at, and not too long."""
    sent = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
    return cut(sent.removeprefix(mount(request.scope)))
