"""The receiver that is built in: it takes the callbacks of this mock, which its journal has anyway."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from mock_server.http.base_urls import mount
from mock_server.http.read_request import read_body
from mock_server.pages.guarded import HEADERS
from mock_server.pages.rendering import RECEIVER

RECEIVED: Final = b'{"received": true}\n'


async def received(request: Request) -> Response:
    """Take a callback of anybody, and keep nothing."""
    await read_body(request.receive)
    return Response(RECEIVED, 200, HEADERS, "application/json")


def receiver_url(scope: Scope, base_url: str) -> str:
    """Where the mock reaches its own receiver: the address that the request came to, past proxies and tunnels; by the
    base URL, where a server tells none."""
    host, port = scope.get("server") or ("", None)
    name = f"[{host}]" if ":" in host else host
    reached = f"http://{name}:{port}{mount(scope)}" if port else base_url
    return reached + RECEIVER
