"""Lets those see the pages who may, and answers others in plain text; serves what pages load."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from mock_server.control.request_schema import Problem
from mock_server.core.text import cut
from mock_server.http.read_request import Incomplete
from mock_server.pages.rendering import ASSETS

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""What every answer to a browser has."""
ASKS: Final = {"WWW-Authenticate": 'Basic realm="suno-mock: any name, and the admin token as the password"'}
Answering = Callable[[Request], Awaitable[Response]]


def guarded(answering: Answering, admit: Callable[[Request], None]) -> Answering:
    """What answers a request that `admit` lets pass, which raises Problem for others."""

    async def answered(request: Request) -> Response:
        try:
            admit(request)
            return await answering(request)
        except Incomplete as left:
            return Response(left.text, 503, HEADERS, "text/plain; charset=utf-8")
        except Problem as problem:
            headers = {**HEADERS, **(ASKS if problem.status == 401 else {})}
            return Response(f"{problem.text}\n", problem.status, headers, "text/plain; charset=utf-8")

    return answered


async def asset(request: Request) -> Response:
    """A file that pages load. Raises Problem."""
    name = request.path_params["name"]
    if name not in ASSETS:
        raise Problem(404, f"there is no file {cut(name)!r}")
    content, kind = ASSETS[name]
    return Response(content, 200, {**HEADERS, "Cache-Control": "max-age=31536000, immutable"}, kind)
