"""The socket that a mock listens on, and uvicorn configured for it."""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from logging import getLogger
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.config import LOGGING_CONFIG

from mock_server.core.addresses import is_loopback
from mock_server.core.errors import BadSetting
from mock_server.core.hosts import is_everywhere, is_for_others
from mock_server.core.settings import Settings
from mock_server.http.uvicorn_parts import loss, missing

if TYPE_CHECKING:
    from mock_server.http.connection import Misread

LOGGER: Final = getLogger("uvicorn.error")
LOOPBACK, LOOPBACK6 = "127.0.0.1", "::1"
BACKLOG = 2048
"""Connections that may wait to be accepted."""


class AnnouncingServer(uvicorn.Server):
    """uvicorn, configured for the mock. `announce` is called when it answers requests, `release` when it is about to
    stop and waits for those under way, `leave` when it has stopped; `misread` is told of connections that are not HTTP.
    A request has `request_timeout` seconds to come; 0 is no limit. `prepare` is awaited once it was announced; it tells
    why the mock cannot go on, which `unprepared` then says. Without a `log_config` its user has logging set up."""

    def __init__(
        self,
        app: Starlette,
        announce: Callable[[], object],
        release: Callable[[], Awaitable[None]],
        misread: "Misread",
        leave: Callable[[], object] = lambda: None,
        *,
        request_timeout: float = 0,
        prepare: Callable[[], Awaitable[str]] | None = None,
        log_config: dict[str, Any] | None = LOGGING_CONFIG,
    ) -> None:
        config = uvicorn.Config(
            app,
            log_config=log_config,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            http=_connection(misread, request_timeout),
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self._announce = announce
        self._release = release
        self._leave = leave
        self._prepare = prepare
        self._preparing: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self.unprepared = ""

    def end(self) -> None:
        """Have it stop, from any thread, at once: uvicorn looks at `should_exit` ten times a second."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._ended.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._announce()
        self._preparing = asyncio.create_task(self._prepared())

    async def _prepared(self) -> None:
        """Get ready for what comes later while the first requests are answered; without that the mock ends."""
        self.unprepared = await self._prepare() if self._prepare is not None else ""
        if self.unprepared:
            LOGGER.error(self.unprepared)
            self.end()

    async def main_loop(self) -> None:
        looking = asyncio.create_task(super().main_loop())
        ending = asyncio.create_task(self._ended.wait())
        ended, others = await asyncio.wait({looking, ending}, return_when=asyncio.FIRST_COMPLETED)
        for each in others:
            each.cancel()
        for each in ended:
            each.result()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._release()
        await super().shutdown(sockets)
        self._leave()


def _connection(misread: "Misread", request_timeout: float) -> "type[asyncio.Protocol] | Literal['httptools']":
    """How a connection is read: as the mock does, or where uvicorn is another one than was checked, as uvicorn does."""
    why = missing(uvicorn.__version__)
    if why:
        LOGGER.warning(loss(why))
        return "httptools"
    from mock_server.http.connection import BoundedConnection

    return cast(
        "type[asyncio.Protocol]",
        partial(BoundedConnection, misread=misread, request_timeout=request_timeout),
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; of `::` also for IPv4, where the system can. Raises BadSetting where the address cannot be
    used."""
    name = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        family = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0][0]
        both = is_everywhere(name) and family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        return socket.create_server((name, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (OSError, OverflowError, UnicodeError) as error:
        # The system's errors have positive numbers; those of names, negative ones.
        if isinstance(error, UnicodeError) or (isinstance(error, OSError) and (error.errno or 0) < 0):
            raise BadSetting(
                f"--host {host!r} is no address of this machine. Allowed: 127.0.0.1, ::1, 0.0.0.0 or :: for all "
                "addresses, or another address or name of this machine."
            ) from None
        why = str(error).rstrip(".")
        text = f"cannot listen on {host} port {port}: {why}. Choose another port, or --port 0 for a free one."
        raise BadSetting(text) from None


def base_url(listening: socket.socket) -> str:
    """`http://127.0.0.1:4010`, by the address that the socket has, or at which this machine reaches it."""
    host, port = listening.getsockname()[:2]
    if is_everywhere(host):
        host = LOOPBACK6 if _is_ipv6_alone(listening) else LOOPBACK
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reached_at(listening: socket.socket, settings: Settings) -> Settings:
    """The settings, with the address of the socket as the base URL where they have none and it is one address, and with
    a token for the control plane where they have none and others than this machine can reach it."""
    host = listening.getsockname()[0]
    url = settings.base_url or ("" if is_everywhere(host) else base_url(listening))
    is_here = is_loopback(host) and not is_for_others(url)
    made_up = "" if is_here else secrets.token_urlsafe(16)
    return replace(settings, base_url=url, admin_token=settings.admin_token or made_up)


def _is_ipv6_alone(listening: socket.socket) -> bool:
    return listening.family == socket.AF_INET6 and bool(listening.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
