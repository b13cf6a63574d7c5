"""Wires everything: `create_app` builds one independent mock from its settings. Only it knows all other modules."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from logging import getLogger
from socket import socket
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.api.admission import Admission
from mock_server.api.endpoints import Judge, Undecided
from mock_server.api.not_found import NotServed
from mock_server.api.served_operations import TASK_REQUESTS, served_operations
from mock_server.callbacks.in_thread import Once
from mock_server.callbacks.shortage import shortage
from mock_server.control.control import Control
from mock_server.control.trigger import Trigger
from mock_server.core.clock import Clock
from mock_server.core.errors import BadSetting
from mock_server.core.origins import parse_origins
from mock_server.core.settings import Settings
from mock_server.domain.attempt import Delivery
from mock_server.http.base_urls import PREFIX, path_of
from mock_server.http.cross_origin import CrossOrigin
from mock_server.http.endpoint import Endpoint
from mock_server.http.held import LetsGo
from mock_server.http.other_protocol import OtherProtocol
from mock_server.http.server import listen
from mock_server.http.unfinished_bodies import UnfinishedBodies
from mock_server.http.workers import divided, several_workers
from mock_server.media.find_track import FindTrack
from mock_server.runtime import Runtime
from mock_server.state.journal_entries import Entry, Requested
from mock_server.state.open_store import open_store
from mock_server.state.store import Store

if TYPE_CHECKING:
    from mock_server.api.replayed import Replayed

LOGGER: Final = getLogger("uvicorn.error")
UNPREPARED: Final = "the mock cannot import what callbacks and the control plane need, and ends: {}"


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    delivery: Delivery | None = None,
    listener: Callable[[Entry], None] | None = None,
    address: str = "",
) -> "Mock":
    """One mock as an ASGI application; `app.state.runtime` holds what it is made of.

    A `store` brings its own settings and clock; without one everything is in memory, or in the settings' state file.
    Tests pass a clock and a delivery in place of patching. `listener` sees every journal entry as it is written.
    `address` is where this machine reaches a mock without a base URL, which listens on every address: its URLs take the
    Host of the request. Callbacks are sent between startup and shutdown of the lifespan. A warning says so where each
    of several workers of a server makes a mock, and the setting `workers` does not say that they share one. Raises
    BadSetting for names that do not exist, for a state file that cannot be used, and for a store beside settings other
    than its own or beside a clock.
    """
    if store is None:
        settings = settings or Settings()
        if not settings.shared and (told := several_workers(sys.argv, os.environ)):
            LOGGER.warning(told)
        with open_store(settings, clock) as opened:
            return create_app(store=opened, delivery=delivery, listener=listener, address=address)
    if clock is not None or settings not in (None, store.settings):
        raise BadSetting("the store has settings and a clock of its own. Allowed: a store, or settings and a clock.")
    runtime = Runtime.of(store, delivery, TASK_REQUESTS, address)
    if listener is not None:
        store.journal.listen(listener)
    tracks = FindTrack(store, runtime.catalogue, runtime.track_maker, runtime.scenarios, runtime.tracks)
    control = _control(runtime, tracks)
    app = Mock(
        runtime,
        _endpoints(runtime, tracks),
        partial(_further_routes, runtime, control, tracks),
        exception_handlers=NotServed(store, runtime.editions, runtime.base_urls).handlers(),
        lifespan=partial(_serving, runtime, os.getpid()),
    )
    app.router.redirect_slashes = False
    app.state.runtime = runtime
    app.state.control = control
    return app


def listening(host: str, port: int, settings: Settings) -> socket:
    """A socket for a mock of these settings. Raises BadSetting: of a name that does not exist before that of an address
    that cannot be used, for it is wrong at any."""
    try:
        return listen(host, port)
    except BadSetting:
        create_app(replace(settings, state=""))
        raise


class Mock(Starlette):
    """A Starlette application that finds the provider's endpoints by their path: Starlette's own middleware and routing
    would take a third of a request's time. Its `further` routes are made when a request first needs them."""

    def __init__(
        self,
        runtime: Runtime,
        endpoints: Sequence[Route],
        further: Callable[[ASGIApp], Sequence[Route]],
        **options: Any,
    ) -> None:
        super().__init__(routes=endpoints, **options)
        self._runtime = runtime
        self._further = Once(partial(further, self))
        self._loaded = False
        self._bodies = UnfinishedBodies(runtime.settings.unfinished_bodies)
        lets = _lets(parse_origins(runtime.settings.cors_origin))
        self._direct = {(method, route.path): lets(route.app) for route in endpoints for method in route.methods or ()}
        self._routed = lets(super().__call__)

    async def prepare(self) -> str:
        """Import in a thread what callbacks and the control plane need, while the first requests are answered, since
        later there may be no descriptor or memory left. Why that cannot be; empty where it can."""
        try:
            await asyncio.gather(self._runtime.delivery.ready(), self._load())
        except Exception as error:
            return UNPREPARED.format(shortage(error) or repr(error))
        return ""

    async def release(self) -> None:
        """Hold no request up any longer and send no more callbacks, because the mock is about to stop."""
        self._runtime.store.journal.close()
        self._runtime.store.changes.close()
        self._runtime.held.let_go(None)
        await self._runtime.scheduler.stop()

    async def misread(self, spoken: OtherProtocol) -> None:
        """Write down that a connection was not HTTP."""
        now = (await self._runtime.store.moment()).now
        await self._runtime.store.journal.append(Requested.misread(now, spoken.name, spoken.why))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self._direct.get((scope.get("method", ""), path_of(scope)), self._other)
        counted = self._bodies.counted(receive)
        try:
            await answering(scope, counted, send)
        finally:
            counted.release()

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is not found at once."""
        if not self._loaded and scope["type"] == "http":
            await self._load()
        if scope["type"] == "http" and self._runtime.base_urls.prefix and not self._serves(scope):
            scope = self._runtime.base_urls.without_prefix(scope)
        # Only now does the path tell whether pages may read the answer.
        await self._routed(scope, receive, send)

    async def _load(self) -> None:
        routes = await self._further()
        if not self._loaded:
            self.router.routes += routes
            self._loaded = True

    def _serves(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self.router.routes)


def _lets(origins: Collection[str]) -> Callable[[ASGIApp], ASGIApp]:
    """What lets pages of these origins use an application."""
    if not origins:
        return lambda app: app
    return partial(CrossOrigin, origins=origins, closed=PREFIX)


def _control(runtime: Runtime, tracks: FindTrack) -> Control:
    store, scheduler, editions, scenarios = runtime.store, runtime.scheduler, runtime.editions, runtime.scenarios
    trigger = Trigger(store, scheduler, editions, scenarios, runtime.policy, tracks)
    held: list[LetsGo] = [runtime.held, runtime.uploads, *([runtime.replay.turns] if runtime.replay else [])]
    return Control(store, scheduler, editions, scenarios, runtime.catalogue, trigger, held, runtime.tracks)


def _endpoints(runtime: Runtime, tracks: FindTrack) -> list[Route]:
    store, editions, scenarios = runtime.store, runtime.editions, runtime.scenarios
    admission = Admission(store, scenarios)
    undecided = Undecided(store, editions)
    told = _told_again(runtime, admission)
    every = served_operations(runtime, tracks)
    form = editions.family.answers
    return [
        Route(
            each.path,
            Endpoint(
                Judge(every[each.name], admission, store, editions, scenarios, runtime.scheduler, told.get(each.name)),
                undecided,
                store.take_fault,
                runtime.held,
                runtime.base_urls,
                latency=partial(form.wait, each.name) if form.latency else None,
            ),
            methods=[each.method],
        )
        for each in editions.profile.operations.values()
    ]


def _told_again(runtime: Runtime, admission: Admission) -> "Mapping[str, Replayed]":
    """What judges by the recording, by operation, where one is played."""
    if runtime.replay is None:
        return {}
    from mock_server.api.replayed import replayed_operations

    if runtime.replay.fault:
        LOGGER.warning(runtime.replay.fault)
    return replayed_operations(runtime.replay, admission, runtime)


def _further_routes(runtime: Runtime, control: Control, tracks: FindTrack, app: ASGIApp) -> list[Route]:
    """The routes that are made when one is first needed, since importing them would delay the first answer."""
    from mock_server.api import document
    from mock_server.api.uploads import upload_routes
    from mock_server.control.access import Guard
    from mock_server.control.routes import Admin
    from mock_server.media.files import PATH, Files
    from mock_server.pages.dashboard import Dashboard

    guard = Guard(runtime.settings.admin_token, runtime.settings.base_url)
    files = Files(runtime.store, tracks, runtime.tracks, runtime.base_urls)
    told = Route(document.PATH, document.ApiDocument(runtime.editions.profile, runtime.base_urls).serve)
    pages = Dashboard(control, guard, files, runtime.track_maker, runtime.base_urls, app).routes()
    further = [*pages, *Admin(control, guard, runtime.base_urls, pages).routes(), *upload_routes(runtime)]
    return [*further, Route(f"{runtime.editions.family.media_path}{PATH}", files.serve), told]


@asynccontextmanager
async def _serving(runtime: Runtime, process: int, app: Starlette) -> AsyncIterator[None]:
    """From startup to shutdown. Raises BadSetting in another process than that in which the state was opened."""
    if runtime.settings.state and os.getpid() != process:
        raise BadSetting(divided(process))
    runtime.scheduler.begin()
    yield
    await runtime.scheduler.stop()
    await runtime.delivery.close()
    await runtime.store.close()
