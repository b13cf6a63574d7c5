"""Keeps in a cookie which key the buttons of a page are about, by the handle that stands for it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from mock_server.pages.rendering import HOME

KEPT_FOR: Final = 30 * 86400
"""Seconds for which a browser keeps it."""


def kept_by(request: Request) -> str:
    """The handle that a browser has kept; empty where it has none."""
    return request.cookies.get(_cookie(request), "")


def keeping(handle: str, request: Request, answer: Response, prefix: str) -> Response:
    """The answer, which has a handle kept for the pages under a prefix, where there is one and it is not kept yet."""
    if handle and kept_by(request) != handle:
        answer.set_cookie(_cookie(request), handle, KEPT_FOR, path=prefix + HOME, httponly=True, samesite="strict")
    return answer


def _cookie(request: Request) -> str:
    """Its name, by the port: browsers send a cookie to every port of a machine, and on each is another mock."""
    _, port = request.scope.get("server") or ("", None)
    return f"suno-mock-key-{port}"
