"""Wiring: `create_app` builds one independent mock from its settings. The only module that knows all others."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mock_server.api.endpoints import Api
from mock_server.api.not_found import Fallback
from mock_server.callbacks.deferred_delivery import DeferredDelivery
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.scheduler import Scheduler
from mock_server.contract.profile import Editions
from mock_server.contract.scenarios import Scenarios
from mock_server.contract.source_tracks import personas, source_tracks
from mock_server.control.control import Control
from mock_server.core.clock import Clock, MockClock
from mock_server.core.settings import BASE_URL, MANUAL_EPOCH, Pace, Settings, parse_epoch, words
from mock_server.domain.attempt import Delivery
from mock_server.domain.generated_tracks import Studio
from mock_server.http.endpoint import Endpoint
from mock_server.runtime import Parts
from mock_server.state.faults import Faults
from mock_server.state.journal import Journal
from mock_server.state.journal_entries import Entry
from mock_server.state.live_settings import Config
from mock_server.state.store import MemoryStore


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    delivery: Delivery | None = None,
    listener: Callable[[Entry], None] | None = None,
) -> "Mock":
    """One mock as an ASGI application; `app.state.parts` holds what it is made of, `app.state.endpoints` what a server
    may ask without ASGI.

    Tests pass a clock and a delivery in place of patching. `listener` sees every journal entry as it is written.
    Callbacks are sent between startup and shutdown of the lifespan. Raises BadSetting for names that do not exist.
    """
    settings = settings or Settings()
    editions = Editions(settings)
    clock = clock or _clock(settings)
    policy = HostPolicy(words(settings.allow_callbacks_to))
    delivery = delivery or DeferredDelivery(policy, settings.callback_timeout or editions.family.callback_timeout)
    base_url = (settings.base_url or BASE_URL).rstrip("/")
    config = Config(settings)
    journal = Journal(listener)
    store = MemoryStore(config.credits)
    studio = Studio(settings.seed, f"{base_url}/")
    parts = Parts(
        base_url=base_url,
        policy=policy,
        config=config,
        clock=clock,
        editions=editions,
        scenarios=Scenarios.read(),
        tracks=source_tracks(settings.profile, editions.profile.models),
        personas=personas(),
        store=store,
        studio=studio,
        journal=journal,
        faults=Faults(),
        scheduler=Scheduler(clock, delivery, journal, studio, store.note_last),
    )
    control = Control(parts)
    app = Mock(
        parts,
        _endpoints(parts),
        partial(_further_routes, parts, control),
        exception_handlers=Fallback(parts).handlers(),
        lifespan=_lifespan(parts, delivery),
    )
    app.router.redirect_slashes = False
    app.state.parts = parts
    app.state.control = control
    return app


class Mock(Starlette):
    """Starlette, with the provider's endpoints found by their path before its middleware and routing, which would
    take about a third of the time of a request. Its `further` routes are made when a request first needs them."""

    def __init__(
        self, parts: Parts, endpoints: Sequence[Route], further: Callable[[], Sequence[Route]], **options: Any
    ) -> None:
        super().__init__(routes=endpoints, **options)
        self._parts = parts
        self._further: Callable[[], Sequence[Route]] | None = further
        self._direct = {(method, route.path): route.app for route in endpoints for method in route.methods or ()}
        self.state.endpoints = {
            (method.encode(), path.encode()): (method, path, app)
            for (method, path), app in self._direct.items()
            if method != "HEAD"
        }

    async def release(self) -> None:
        """Hold no request up any longer and send no more callbacks, because the mock is about to stop."""
        self._parts.journal.close()
        self._parts.faults.reset(None)
        await self._parts.scheduler.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._direct.get((scope.get("method", ""), scope.get("path", "")))
        if endpoint is not None:
            return await endpoint(scope, receive, send)
        if self._further is not None and scope["type"] == "http":
            self.router.routes += self._further()
            self._further = None
        await super().__call__(scope, receive, send)


def _endpoints(parts: Parts) -> list[Route]:
    api = Api(parts)
    decisions = api.endpoints()
    return [
        Route(
            each.path,
            Endpoint(decisions[each.name], api.follow, api.failed, parts.faults, parts.scheduler.crowded),
            methods=[each.method],
        )
        for each in parts.editions.profile.operations.values()
    ]


def _further_routes(parts: Parts, control: Control) -> list[Route]:
    """Those of the control plane and of media. To import and to read what they take would keep the first answer."""
    from mock_server.control.routes import Admin
    from mock_server.media.files import PATH, Files
    from mock_server.pages.dashboard import Dashboard

    pages = Dashboard(parts, control).routes()
    return [*pages, *Admin(parts, control).routes(pages), Route(PATH, Files(parts).serve)]


def _lifespan(parts: Parts, delivery: Delivery) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await parts.scheduler.stop()
        await delivery.close()

    return lifespan


def _clock(settings: Settings) -> Clock:
    epoch = parse_epoch(settings.epoch)
    if Pace.parse(settings.pace).manual:
        return MockClock(MANUAL_EPOCH if epoch is None else epoch, frozen=True)
    return MockClock(epoch)
