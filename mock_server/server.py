"""A mock behind a real socket: `MockServer` in a thread, and the uvicorn configuration that the command shares."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette

from mock_server.accounts import known_keys
from mock_server.app import create_app
from mock_server.clock import Clock
from mock_server.errors import BadSetting
from mock_server.settings import Settings

BACKLOG = 2048
"""Connections that may wait to be accepted."""


class MockServer:
    """A mock on a port of its own, in a thread; a context manager.

        with MockServer(seed=7) as mock:
            httpx.post(f"{mock.url}/api/v1/generate/extend", headers={"Authorization": f"Bearer {mock.key}"}, ...)

    Keyword arguments are those of `Settings`. Port 0 takes a free port. Raises BadSetting for a setting that cannot
    be used or a port that is taken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        **changes: Any,
    ) -> None:
        self._app = create_app(settings or Settings(**changes), clock=clock)
        self._socket = listen(host, port)
        self._ready = threading.Event()
        self._server = AnnouncingServer(self._app, self._ready.set)
        self._thread = threading.Thread(target=self._run, name="suno-mock", daemon=True)
        self.url = base_url(self._socket)
        self.key = next(iter(known_keys()))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve, and return once requests are answered."""
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            raise RuntimeError("the mock did not start; its standard error has the reason")

    def stop(self) -> None:
        """Stop serving. Callbacks that are still owed are written to the journal as undelivered."""
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        try:
            with suppress(SystemExit):  # how uvicorn reports a failed start
                self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self._ready.set()


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
