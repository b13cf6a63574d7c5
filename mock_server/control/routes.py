"""The control plane under `/__admin`, as its own document (`openapi/admin.openapi.yaml`) describes it.

The document decides which paths there are, what a request may hold and which HTTP status a success has. The method
that an operationId names does what is asked, with the fields that came, and returns the JSON of the answer, or None.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match as RouteMatch
from starlette.routing import Route

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.scenarios import cause
from mock_server.contract.source_tracks import added
from mock_server.control.access import Guard
from mock_server.control.control import Control
from mock_server.control.replies import Json, refusal
from mock_server.control.request_schema import Described, Problem
from mock_server.core.errors import BadSetting, ClockRuns, NoSuch, nearest
from mock_server.core.text import cut
from mock_server.domain.attempt import Outcome
from mock_server.domain.masking import masked
from mock_server.domain.terms import CHANGEABLE
from mock_server.http.read_request import Disconnected
from mock_server.state.faults import Fault
from mock_server.state.journal import ENTRIES_KEPT
from mock_server.state.journal_entries import Entry, Match

PREFIX: Final = "/__admin"
DOCUMENT: Final = "admin.openapi.yaml"
OPEN: Final = (f"{PREFIX}/health",)
"""What everybody may ask, such as the health check of a container."""
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
Fields = dict[str, Any]
Handler = Callable[[Fields], Awaitable[Any]]
Answering = Callable[[Request], Awaitable[Response]]


class Admin:
    """The control plane of one mock over HTTP; `beside` are other routes under its prefix."""

    def __init__(self, control: Control, guard: Guard, base_url: str, beside: Sequence[Route] = ()) -> None:
        self._control = control
        self._guard = guard
        self._base_url = base_url
        self._document: dict[str, Any] = load(OPENAPI / DOCUMENT)
        self._beside = beside
        self._described = [
            Route(path, self._endpoint(path, operation), methods=[method.upper()])
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
        ]

    def routes(self) -> list[Route]:
        """Those of the document, and what answers for everything else."""
        index = Route(PREFIX, self._guarded(self._index), methods=["GET"])
        unrouted = Route(f"{PREFIX}/{{rest:path}}", self._guarded(self._unrouted), methods=METHODS)
        return [index, *self._described, unrouted]

    async def openapi(self, fields: Fields) -> Any:
        return self._document

    async def health(self, fields: Fields) -> Any:
        settings = await self._control.settings()
        served = {"profile": settings.profile, "seed": settings.seed, "pace": settings.pace}
        where = {"base_url": self._base_url, "started": self._control.store.journal.started}
        return {"status": "ready", **served, **where, "dropped": await self._control.dropped()}

    async def journal(self, fields: Fields) -> Any:
        match = Match.of(**_without(fields, "after", "within", "limit"))
        found = await self._control.entries_after(fields["after"], match, fields["within"])
        return self._entries(found, fields["limit"])

    async def clear_journal(self, fields: Fields) -> None:
        await self._control.clear_journal(fields.get("key"))

    async def wait(self, fields: Fields) -> Any:
        match = Match.of(**_awaited(_without(fields, "count", "within")))
        try:
            return self._entries(await self._control.wait_for(match, fields["count"], fields["within"]))
        except TimeoutError as error:
            raise Problem(408, str(error)) from None

    async def tasks(self, fields: Fields) -> Any:
        return {"tasks": [asdict(view) for view in await self._control.tasks(**fields)]}

    async def task(self, fields: Fields) -> Any:
        view, request, timeline = await self._control.task(**fields)
        return {**asdict(view), "request": request, "timeline": [asdict(moment) for moment in timeline]}

    async def redeliver(self, fields: Fields) -> Any:
        return asdict(await self._control.redeliver(**fields))

    async def trigger(self, fields: Fields) -> Any:
        return {"task_id": await self._control.trigger(**{"key": None, "request": {}, **fields})}

    async def reset(self, fields: Fields) -> None:
        await self._control.reset(fields.get("key"))

    async def scenarios(self, fields: Fields) -> Any:
        listed = [
            {"name": each.name, "summary": each.summary, "cause": cause(each), "triggers": each.triggers()}
            for each in self._control.scenarios()
        ]
        return {"scenarios": listed}

    async def queue(self, fields: Fields) -> None:
        await self._control.queue(**fields)

    async def clear_queue(self, fields: Fields) -> None:
        await self._control.clear_queue(**fields)

    async def faults(self, fields: Fields) -> Any:
        return {"faults": [{"key": masked(key), **asdict(fault)} for key, fault in await self._control.faults()]}

    async def put_fault(self, fields: Fields) -> Any:
        await self._control.put_fault(fields.get("key"), Fault.of(**_without(fields, "key")))
        return await self.faults({})

    async def accounts(self, fields: Fields) -> Any:
        return {"accounts": [asdict(view) for view in await self._control.accounts()]}

    async def change_account(self, fields: Fields) -> Any:
        return asdict(await self._control.change_account(fields.get("key"), _without(fields, "key")))

    async def tracks(self, fields: Fields) -> Any:
        return {"tracks": [asdict(track) for track in await self._control.tracks(**fields)]}

    async def add_track(self, fields: Fields) -> Any:
        return asdict(await self._control.add_track(added(**_without(fields, "key")), fields.get("key")))

    async def clock(self, fields: Fields) -> Any:
        now, frozen = await self._control.store.moment()
        return {"now": now, "iso": datetime.fromtimestamp(now, UTC).isoformat(), "frozen": frozen}

    async def freeze(self, fields: Fields) -> Any:
        await self._control.freeze()
        return await self.clock(fields)

    async def run(self, fields: Fields) -> Any:
        await self._control.run()
        return await self.clock(fields)

    async def advance(self, fields: Fields) -> Any:
        try:
            attempts = await self._control.advance(**fields)
        except ClockRuns as error:
            raise Problem(409, str(error)) from None
        return {"attempts": attempts, **await self.clock(fields)}

    async def settings(self, fields: Fields) -> Any:
        settings = _without(asdict(await self._control.settings()), "admin_token")
        return {"settings": settings, "changeable": CHANGEABLE}

    async def change_settings(self, fields: Fields) -> Any:
        await self._control.change_settings(fields)
        return await self.settings({})

    async def questions(self, fields: Fields) -> Any:
        readings = await self._control.questions()
        listed = [
            {
                "id": each.id,
                "question": each.question,
                "reading": readings[each.id],
                "readings": {name: reading.says for name, reading in each.readings.items()},
                "sources": each.sources,
            }
            for each in self._control.editions.register.questions.values()
        ]
        return {"questions": listed}

    async def change_questions(self, fields: Fields) -> Any:
        await self._control.change_questions(fields)
        return await self.questions({})

    async def _index(self, request: Request) -> Response:
        """What is served, or the page for who reads with a browser."""
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"{PREFIX}/")
        paths: dict[str, dict[str, Any]] = self._document["paths"]
        served = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
        return Json({"endpoints": served, "document": f"{PREFIX}/openapi.json"})

    async def _unrouted(self, request: Request) -> Response:
        """What no other route takes: a path with a wrong method, or a path that does not exist."""
        path = request.url.path
        routes = [*self._described, *self._beside]
        at_path = [route for route in routes if route.matches(request.scope)[0] is RouteMatch.PARTIAL]
        if at_path:
            allowed = ", ".join(sorted(method for route in at_path for method in route.methods or ()))
            text = f"{request.method} is not allowed on {cut(path)}; allowed: {allowed}"
            return refusal(text, 405, {"Allow": allowed})
        close = nearest(path, self._document["paths"])
        return refusal(f"nothing is served at {cut(path)}.{close} GET {PREFIX} lists everything.", 404)

    def _endpoint(self, path: str, operation: dict[str, Any]) -> Answering:
        described = Described(self._document, operation)
        handler: Handler = getattr(self, operation["operationId"])

        async def answered(request: Request) -> Response:
            try:
                value = await handler(await described.fields(request))
            except Disconnected:
                return Response(status_code=503)
            except Problem as problem:
                return refusal(problem.text, problem.status, problem.headers)
            except BadSetting as error:
                return refusal(str(error), 400)
            except NoSuch as error:
                return refusal(str(error), 404)
            return Response(status_code=described.status) if value is None else Json(value, described.status)

        return answered if path in OPEN else self._guarded(answered)

    def _guarded(self, answering: Answering) -> Answering:
        async def guarded(request: Request) -> Response:
            try:
                self._guard.admit(request)
            except Problem as problem:
                return refusal(problem.text, problem.status, problem.headers)
            return await answering(request)

        return guarded

    def _entries(self, entries: list[Entry], limit: int = ENTRIES_KEPT) -> Any:
        shown = [entry.shown(self._base_url) for entry in entries[-limit:]]
        journal = self._control.store.journal
        return {"entries": shown, "newest": journal.newest, "started": journal.started, "dropped": journal.dropped}


def _without(fields: Fields, *names: str) -> Fields:
    return {name: value for name, value in fields.items() if name not in names}


def _awaited(fields: Fields) -> Fields:
    """What is waited for: attempts that were accepted, unless the request says otherwise."""
    kind = fields.get("kind", "request" if "path" in fields else "attempt")
    return {"outcome": Outcome.ACCEPTED, **fields, "kind": kind} if kind == "attempt" else fields
