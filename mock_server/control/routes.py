"""The control plane under `/__admin`, as its own document (`openapi/admin.openapi.yaml`) describes it.

The document decides which paths there are, what a request may hold and which HTTP status a success has. `operations`
does what is asked.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match as RouteMatch
from starlette.routing import Route

from mock_server.contract.documents import OPENAPI, packaged
from mock_server.control.access import Guard
from mock_server.control.control import Control
from mock_server.control.json_answer import Json
from mock_server.control.operations import Fields, Operations, Troubled
from mock_server.control.request_schema import Problem, RequestSchema
from mock_server.core.errors import BadSetting, NoSuch, Stopped, nearest
from mock_server.core.text import cut
from mock_server.http.base_urls import PREFIX, BaseUrls, path_of
from mock_server.http.read_request import Incomplete

DOCUMENT: Final = "admin.openapi.yaml"
OPEN: Final = (f"{PREFIX}/health",)
"""What everybody may ask, such as the health check of a container."""
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
TROUBLED: Final = 503
"""The HTTP status of what cannot be done now."""
Handler = Callable[[Operations, Fields], Awaitable[Any]]
Answering = Callable[[Request], Awaitable[Response]]


def refusal(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What could not be done, and the way out."""
    return Json({"error": text}, status, headers)


class Admin:
    """The control plane of one mock over HTTP; `beside` are other routes under its prefix."""

    def __init__(self, control: Control, guard: Guard, base_urls: BaseUrls, beside: Sequence[Route] = ()) -> None:
        self._control = control
        self._guard = guard
        self._base_urls = base_urls
        self._document: dict[str, Any] = packaged(OPENAPI / DOCUMENT)
        self._beside = beside
        self._described = [Route(PREFIX, self._guarded(self._index, self._guard.admit_page), methods=["GET"])]
        self._described += [
            Route(path, self._endpoint(path, operation), methods=[method.upper()])
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
        ]

    def routes(self) -> list[Route]:
        """Those of the document, and what answers for everything else."""
        unrouted = self._guarded(self._unrouted, self._guard.admit)
        rest = [Route(path, unrouted, methods=METHODS) for path in (PREFIX, f"{PREFIX}/{{rest:path}}")]
        return [*self._described, *rest]

    async def _index(self, request: Request) -> Response:
        """What is served, or the page for who reads with a browser."""
        mounted_at = self._base_urls.mounted_at(request.scope)
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"{mounted_at}{PREFIX}/")
        paths: dict[str, dict[str, Any]] = self._document["paths"]
        served = [f"{method.upper()} {mounted_at}{path}" for path, methods in paths.items() for method in methods]
        return Json({"endpoints": served, "document": f"{mounted_at}{PREFIX}/openapi.json"})

    async def _unrouted(self, request: Request) -> Response:
        """What no other route takes: a path with a wrong method, or a path that does not exist."""
        mounted_at = self._base_urls.mounted_at(request.scope)
        path = mounted_at + path_of(request.scope)
        routes = [*self._described, *self._beside]
        at_path = [route for route in routes if route.matches(request.scope)[0] is RouteMatch.PARTIAL]
        if at_path:
            allowed = ", ".join(sorted(method for route in at_path for method in route.methods or ()))
            text = f"{request.method} is not allowed on {cut(path)}; allowed: {allowed}"
            return refusal(text, 405, {"Allow": allowed})
        close = nearest(path, [mounted_at + each for each in self._document["paths"]])
        return refusal(f"nothing is served at {cut(path)}.{close} GET {mounted_at}{PREFIX} lists everything.", 404)

    def _endpoint(self, path: str, operation: dict[str, Any]) -> Answering:
        schema = RequestSchema(self._document, operation)
        handler: Handler = getattr(Operations, operation["operationId"])

        async def answered(request: Request) -> Response:
            try:
                value = await handler(self._operations(request), await schema.fields(request))
            except Incomplete as left:
                return refusal(left.text, TROUBLED)
            except Problem as problem:
                return refusal(problem.text, problem.status, problem.headers)
            except BadSetting as error:
                return refusal(str(error), 400)
            except NoSuch as error:
                return refusal(str(error), 404)
            except Stopped as error:
                return refusal(str(error), TROUBLED)
            if value is None:
                return Response(status_code=schema.status)
            return Json(value, TROUBLED if isinstance(value, Troubled) else schema.status)

        return self._guarded(answered, self._guard.admit_open if path in OPEN else self._guard.admit)

    def _operations(self, request: Request) -> Operations:
        reached = self._base_urls.reached(request.scope)
        return Operations(self._control, self._document, self._base_urls.own, reached)

    def _guarded(self, answering: Answering, admit: Callable[[Request], None]) -> Answering:
        async def guarded(request: Request) -> Response:
            try:
                admit(request)
            except Problem as problem:
                return refusal(problem.text, problem.status, problem.headers)
            return await answering(request)

        return guarded
