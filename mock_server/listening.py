"""The socket that a mock listens on, and uvicorn configured for it."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from mock_server.errors import BadSetting

BACKLOG = 2048
"""Connections that may wait to be accepted."""


class AnnouncingServer(uvicorn.Server):
    """uvicorn, configured for the mock, that says when it answers requests and when it has stopped."""

    def __init__(
        self, app: Starlette, announce: Callable[[], object], leave: Callable[[], object] = lambda: None
    ) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=5,
        )
        super().__init__(config)
        self._announce = announce
        self._leave = leave

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._leave()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises BadSetting where the address cannot be used."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise BadSetting(
            f"cannot listen on {host} port {port}: {error}. Choose another port, or --port 0 for a free one."
        ) from None


def base_url(listening: socket.socket) -> str:
    """`http://127.0.0.1:4010`, by the address that the socket has."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
