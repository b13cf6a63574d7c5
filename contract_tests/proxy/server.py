"""The proxy as two servers in a thread: one for clients, one for callbacks."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Self

from aiohttp import web

from contract_tests.proxy.app import App, Heard, Judge, Leaves
from contract_tests.proxy.courses import Courses, Spending
from contract_tests.proxy.forward import HEAD, Forwarder
from contract_tests.proxy.ledger import NOTHING, Before
from contract_tests.proxy.no_http import LOGGER
from contract_tests.proxy.way_back import without_others

GRACE: Final = 5
"""Seconds in which what is under way at the end may pass."""


class Proxy:
    """Hands on what comes at `url`, and callbacks that come at `public`. A context manager.

    `public` is how the target reaches the address of callbacks, where that is another. `budget` is how many tasks may
    start, None for any number, those of what passed `before` included. `patience` are the seconds that a server may be
    silent, and that a request waits for those under way. Raises OSError where it cannot listen.
    """

    def __init__(
        self,
        target: str,
        heard: Heard,
        learned: Callable[[list[str]], object],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        receiver_host: str = "127.0.0.1",
        receiver_port: int = 0,
        public: str = "",
        budget: int | None = None,
        patience: float = 120.0,
        judge: Judge | None = None,
        leaves: Leaves = lambda number: True,
        before: Before = NOTHING,
    ) -> None:
        clients = _listening(host, port)
        try:
            callbacks = _listening(receiver_host, receiver_port)
        except OSError:
            clients.close()
            raise
        self._sockets = (clients, callbacks)
        self.url = _address(host, clients)
        self.public = public or _address(receiver_host, callbacks)
        self.spending = Spending(budget, patience, before.spent)
        self._make = partial(
            App,
            target,
            Courses(self.public, before),
            self.spending,
            heard=heard,
            learned=learned,
            judge=judge,
            leaves=leaves,
            before=before,
        )
        self._patience = patience
        self._ready = threading.Event()
        self._loop = _new_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        forwarder = Forwarder(self._patience)
        app = self._make(forwarder)
        runners = [_runner(handle) for handle in (app.client, app.receiver)]
        for runner, listening in zip(runners, self._sockets, strict=True):
            await runner.setup()
            await web.SockSite(runner, listening).start()
        self._ready.set()
        await self._over.wait()
        for runner in runners:
            await runner.cleanup()
        await forwarder.close()


def _new_loop() -> asyncio.AbstractEventLoop:
    """A loop, by the library that makes the quickest, on systems that it is for."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _runner(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    app.on_response_prepare.append(without_others)
    return web.AppRunner(
        app,
        access_log=None,
        logger=LOGGER,
        auto_decompress=False,
        shutdown_timeout=GRACE,
        max_line_size=HEAD,
        max_field_size=HEAD,
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=128)
    # Connections have it from here: asyncio sets it only for sockets that say of which protocol they are.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _address(host: str, listening: socket.socket) -> str:
    written = f"[{host}]" if ":" in host else host
    return f"http://{written}:{listening.getsockname()[1]}"
