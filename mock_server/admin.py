"""The control plane under `/__admin`: health, journal, clock."""

from datetime import UTC, datetime
from typing import Any

from jiter import from_json
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mock_server.clock import ManualClock
from mock_server.parts import Parts

ADVANCE_LIMIT = 366 * 24 * 3600.0
"""Seconds that one call may move the clock: a year."""


class Admin:
    """The control plane of one mock."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        return [
            Route("/__admin", self.index, methods=["GET"]),
            Route("/__admin/health", self.health, methods=["GET"]),
            Route("/__admin/journal", self.journal, methods=["GET"]),
            Route("/__admin/clock", self.clock, methods=["GET"]),
            Route("/__admin/clock/advance", self.advance, methods=["POST"]),
        ]

    async def index(self, request: Request) -> JSONResponse:
        served = [f"{min((route.methods or set()) - {'HEAD'})} {route.path}" for route in self.routes()]
        return JSONResponse({"endpoints": served})

    async def health(self, request: Request) -> JSONResponse:
        settings = self._parts.settings
        return JSONResponse(
            {"status": "ready", "profile": settings.profile, "seed": settings.seed, "pace": settings.pace}
        )

    async def journal(self, request: Request) -> JSONResponse:
        """Requests and callback attempts, oldest first; `?task_id=` keeps those of one task."""
        wanted = request.query_params.get("task_id")
        entries = [entry.shown() for entry in self._parts.journal if wanted is None or entry.task_id == wanted]
        return JSONResponse({"entries": entries, "dropped": self._parts.journal.dropped})

    async def clock(self, request: Request) -> JSONResponse:
        return JSONResponse(self._time())

    async def advance(self, request: Request) -> JSONResponse:
        """Move a manual clock by `{"seconds": n}`; answers when everything due on the way was attempted."""
        if not isinstance(self._parts.clock, ManualClock):
            return _problem(409, "the clock runs by itself; start the mock with --pace manual to move it")
        seconds = _seconds(await request.body())
        if seconds is None:
            return _problem(400, f'the body must be {{"seconds": n}}; allowed: n from 0 to {ADVANCE_LIMIT:.0f}')
        attempts = await self._parts.scheduler.advance(seconds)
        return JSONResponse({"attempts": attempts, **self._time()})

    def _time(self) -> dict[str, Any]:
        now = self._parts.clock.now()
        return {
            "now": now,
            "iso": datetime.fromtimestamp(now, UTC).isoformat(),
            "manual": isinstance(self._parts.clock, ManualClock),
        }


def _seconds(body: bytes) -> float | None:
    try:
        seconds = from_json(body)["seconds"]
        return float(seconds) if 0 <= seconds <= ADVANCE_LIMIT and not isinstance(seconds, bool) else None
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def _problem(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=status)
