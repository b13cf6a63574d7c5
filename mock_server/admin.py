"""The control plane under `/__admin`, as its own document (`openapi/admin.openapi.yaml`) describes it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from jiter import from_json
from jsonschema_rs import Draft4Validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mock_server.clock import ManualClock
from mock_server.control import Control
from mock_server.delivery import Outcome
from mock_server.documents import OPENAPI, load
from mock_server.entries import Entry
from mock_server.errors import BadSetting
from mock_server.parts import Parts
from mock_server.scenarios import cause

PREFIX: Final = "/__admin"
DOCUMENT: Final = "admin.openapi.yaml"
Handler = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """A control request that cannot be done: HTTP status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Body:
    """What the document says of one request's body."""

    def __init__(self, described: dict[str, Any]) -> None:
        self.required: bool = described.get("required", False)
        self.validator = _validator(described["content"]["application/json"]["schema"])


class Admin:
    """The control plane of one mock over HTTP."""

    def __init__(self, parts: Parts, control: Control) -> None:
        self._parts = parts
        self._control = control
        self._document: dict[str, Any] = load(OPENAPI / DOCUMENT)
        self._bodies = {
            path: Body(methods["post"]["requestBody"])
            for path, methods in self._document["paths"].items()
            if "post" in methods
        }

    def routes(self) -> list[Route]:
        handlers: dict[tuple[str, str], Handler] = {
            ("GET", ""): self.index,
            ("GET", "/openapi.json"): self.openapi,
            ("GET", "/health"): self.health,
            ("GET", "/journal"): self.journal,
            ("POST", "/wait"): self.wait,
            ("POST", "/reset"): self.reset,
            ("GET", "/scenarios"): self.scenarios,
            ("POST", "/scenarios/queue"): self.queue,
            ("GET", "/clock"): self.clock,
            ("POST", "/clock/advance"): self.advance,
        }
        return [Route(PREFIX + path, _told(handler), methods=[method]) for (method, path), handler in handlers.items()]

    async def index(self, request: Request) -> Response:
        paths: dict[str, dict[str, Any]] = self._document["paths"]
        served = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
        return JSONResponse({"endpoints": served, "document": f"{PREFIX}/openapi.json"})

    async def openapi(self, request: Request) -> Response:
        return JSONResponse(self._document)

    async def health(self, request: Request) -> Response:
        settings = self._parts.settings
        return JSONResponse(
            {"status": "ready", "profile": settings.profile, "seed": settings.seed, "pace": settings.pace}
        )

    async def journal(self, request: Request) -> Response:
        return self._entries(self._control.entries(task_id=request.query_params.get("task_id")))

    async def wait(self, request: Request) -> Response:
        fields = await self._fields(request)
        outcome = Outcome(fields.get("outcome", "accepted"))
        try:
            found = await self._control.wait_for_callbacks(
                fields["task_id"], fields["count"], fields.get("within", 10), outcome
            )
        except TimeoutError as error:
            raise Problem(408, str(error)) from None
        return self._entries(found)

    async def reset(self, request: Request) -> Response:
        await self._control.reset((await self._fields(request)).get("key"))
        return Response(status_code=204)

    async def scenarios(self, request: Request) -> Response:
        listed = [
            {"name": each.name, "summary": each.summary, "cause": cause(each), "triggers": each.triggers()}
            for each in self._parts.scenarios
        ]
        return JSONResponse({"scenarios": listed})

    async def queue(self, request: Request) -> Response:
        fields = await self._fields(request)
        try:
            await self._control.queue(fields["key"], fields["scenario"], fields.get("times", 1))
        except BadSetting as error:
            raise Problem(400, str(error)) from None
        return Response(status_code=204)

    async def clock(self, request: Request) -> Response:
        return JSONResponse(self._time())

    async def advance(self, request: Request) -> Response:
        seconds = (await self._fields(request))["seconds"]
        try:
            attempts = await self._control.advance(seconds)
        except TypeError as error:
            raise Problem(409, str(error)) from None
        except ValueError as error:
            raise Problem(400, str(error)) from None
        return JSONResponse({"attempts": attempts, **self._time()})

    def _entries(self, entries: Sequence[Entry]) -> Response:
        return JSONResponse({"entries": [entry.shown() for entry in entries], "dropped": self._parts.journal.dropped})

    def _time(self) -> dict[str, Any]:
        now = self._control.now()
        manual = isinstance(self._parts.clock, ManualClock)
        return {"now": now, "iso": datetime.fromtimestamp(now, UTC).isoformat(), "manual": manual}

    async def _fields(self, request: Request) -> dict[str, Any]:
        """The body, once it is what the document says. Raises Problem, with every field that is not."""
        described = self._bodies[request.url.path]
        raw = await request.body()
        if not raw and not described.required:
            return {}
        try:
            fields: dict[str, Any] = from_json(raw, allow_inf_nan=False, catch_duplicate_keys=True)
        except ValueError as error:
            raise Problem(400, f"body is not JSON: {error}") from None
        errors = described.validator.iter_errors(fields)
        texts = [f"{'.'.join(map(str, error.instance_path)) or 'body'}: {error.message}" for error in errors]
        if texts:
            raise Problem(400, "; ".join(texts))
        return fields


def _told(handler: Handler) -> Handler:
    """The handler, with a problem as its answer."""

    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except Problem as problem:
            return JSONResponse({"error": problem.text}, status_code=problem.status)

    return told


def _validator(schema: dict[str, Any]) -> Draft4Validator:
    """OpenAPI 3.0 is JSON Schema draft 4 but for `nullable`."""
    properties = {
        name: {**each, "type": [each["type"], "null"]} if each.get("nullable") else each
        for name, each in schema["properties"].items()
    }
    return Draft4Validator({**schema, "properties": properties})
