"""The framework's limit: a Starlette application that answers a constant, served by uvicorn as it is. With `raw` as the
argument, an ASGI application that does nothing else."""

import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

# Nothing of the mock is imported, so that a cold start is Starlette's alone.
EXTEND, RECORD_INFO = "/api/v1/generate/extend", "/api/v1/generate/record-info"
BODY = b'{"code":200,"msg":"success","data":{"taskId":"7b82ce98e05c032508d52cd340008bb1"}}'


async def constant(request: Request) -> JSONResponse:
    return JSONResponse({"code": 200, "msg": "success", "data": {"taskId": "7b82ce98e05c032508d52cd340008bb1"}})


async def raw(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


class Announced(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets
        print("http://127.0.0.1:{1}".format(*sockets[0].getsockname()), flush=True)


def main() -> None:
    routes = [Route(EXTEND, constant, methods=["POST"]), Route(RECORD_INFO, constant)]
    app = raw if "raw" in sys.argv else Starlette(routes=routes)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        Announced(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
