"""The framework's limit: a Starlette application that answers a constant, served as the mock is."""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mock_server.demo import EXTEND
from mock_server.listening import AnnouncingServer, base_url, listen


async def constant(request: Request) -> JSONResponse:
    return JSONResponse({"code": 200, "msg": "success", "data": {"taskId": "7b82ce98e05c032508d52cd340008bb1"}})


def main() -> None:
    listening = listen("127.0.0.1", 0)
    app = Starlette(routes=[Route(EXTEND, constant, methods=["POST"])])
    server = AnnouncingServer(app, lambda: print(base_url(listening), flush=True), lambda: asyncio.sleep(0))
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
