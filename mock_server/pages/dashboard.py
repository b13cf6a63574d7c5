"""The pages under `/__admin/`: the inbox of tasks and refused requests, the scenarios, and the open questions.

Every page is whole without a script: links, and forms that are answered with a redirect. The script replaces the parts
of a page that changed, and `events` tells it when to look.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from mock_server.contract.operations import EXTEND
from mock_server.control.access import Guard
from mock_server.control.control import Control
from mock_server.control.request_schema import Problem
from mock_server.core.errors import BadSetting, ClockRuns, NoSuch, NotFound, Stopped
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.http.base_urls import BaseUrls, path_of
from mock_server.http.read_request import read_body
from mock_server.media.files import PATH as NAMED
from mock_server.media.files import Files
from mock_server.pages.built_in_receiver import received, receiver_url
from mock_server.pages.buttons import KEEPS, Buttons
from mock_server.pages.charting import Charting
from mock_server.pages.comparing import Comparing
from mock_server.pages.details import Details, TaskDetail
from mock_server.pages.events import changed
from mock_server.pages.exporting import Exporting
from mock_server.pages.first_steps import LOOK, first_steps
from mock_server.pages.guarded import HEADERS, asset, guarded
from mock_server.pages.inbox import Inbox, Row
from mock_server.pages.kept_key import keeping, kept_by
from mock_server.pages.listed import Listed
from mock_server.pages.rendering import (
    BUTTONS,
    CHARTS,
    CODES,
    COMPARE,
    EVENTS,
    FILE,
    FILES,
    HAS,
    HOME,
    MEDIA,
    QUESTIONS,
    RECEIVER,
    STEER,
    TRY,
    Selection,
    rendered,
)
from mock_server.pages.steering import Steering
from mock_server.pages.trial import Trial
from mock_server.pages.visit import Visit

SLOW: Final = 0.5
"""Seconds of real time after which a page says that the mock waits for a receiver."""
AGAIN: Final = 1.0
"""Seconds of real time after which a page looks again while it does."""
Page = Callable[[Visit], Awaitable[Response]]
Values = Callable[[Visit], Awaitable[dict[str, Any]]]
"""What a page shows."""


class Dashboard:
    """The pages of one mock."""

    def __init__(
        self, control: Control, guard: Guard, files: Files, track_maker: TrackMaker, base_urls: BaseUrls, app: ASGIApp
    ) -> None:
        self._control = control
        self._guard = guard
        self._files = files
        self._base_urls = base_urls
        self._inbox = Inbox(control.store, control.catalogue)
        self._details = Details(control, track_maker, base_urls.own)
        steering = Steering(control)
        self._buttons = Buttons(control, self._inbox, steering.actions())
        self._exporting = Exporting(control, self._inbox, base_urls)
        self._trial = Trial(control, self._inbox, self._details, app)
        listed = Listed(control, self._inbox)
        values: Mapping[str, Values] = {
            CODES: listed.codes,
            QUESTIONS: listed.questions,
            TRY: self._tried,
            COMPARE: Comparing(control).page,
            STEER: steering.page,
            CHARTS: Charting(control, self._inbox).page,
        }
        self._pages: Mapping[str, Page] = {
            HOME: self._home,
            **{path: partial(self._plain, path, each) for path, each in values.items()},
        }

    def routes(self) -> list[Route]:
        """All of them behind the guard of the control plane."""
        others = {EVENTS: self._events, FILES: asset, f"{MEDIA}{NAMED}": self._media, FILE: self._exporting.serve}
        shown = guarded(self._shown, self._guard.admit_page)
        looked = dict.fromkeys(self._pages, shown)
        looked |= {path: guarded(look, self._guard.admit) for path, look in others.items()}
        return [
            *(Route(path, look, methods=["GET"]) for path, look in looked.items()),
            Route(RECEIVER, guarded(received, self._guard.admit_open), methods=["POST"]),
            Route(BUTTONS, guarded(self._pressed, self._guard.admit_form), methods=["POST"]),
        ]

    async def _shown(self, request: Request) -> Response:
        visit = await self._visit(request, request.query_params)
        return keeping(visit.kept, request, await self._pages[path_of(request.scope)](visit), visit.prefix)

    async def _visit(self, request: Request, query: Mapping[str, str], problem: str = "", status: int = 200) -> Visit:
        base_urls = self._base_urls
        return Visit(
            query,
            base_urls.of(request.scope),
            base_urls.mounted_at(request.scope),
            receiver_url(request.scope, base_urls.of(request.scope)),
            await self._inbox.default(kept_by(request)),
            frozenset(request.headers.get(HAS, "").split(",")),
            problem,
            status,
        )

    async def _home(self, visit: Visit) -> Response:
        selection = Selection.of(visit.query, visit.prefix)
        rows, more = list[Row](), False
        try:
            rows, more = await self._inbox.rows(selection.filter, selection.rows)
        except BadSetting as error:
            visit = visit._replace(problem=visit.problem or str(error), status=400)
        steps = await first_steps(await self._control.entries())
        task = request = None
        try:
            task = await self._details.task(selection.task) if selection.task else None
            request = await self._details.request(selection.entry) if selection.entry else None
        except NoSuch as error:
            visit = visit._replace(problem=visit.problem or str(error), status=404)
        return await self._page(
            "inbox",
            visit,
            selection.url(),
            selection=selection,
            snippets=self._trial.example(visit.base_url),
            rows=rows,
            more=more,
            task=task,
            request=request,
            statuses=self._control.statuses(),
            keys=await self._inbox.keys(selection.filter.key, visit.kept),
            kept=visit.kept,
            next=await self._next(rows, task) or (LOOK if steps and not rows else None),
            steps=steps,
            receiver=visit.receiver,
            dropped={what: count for what, count in (await self._control.dropped()).items() if count},
        )

    async def _plain(self, path: str, values: Values, visit: Visit) -> Response:
        """The page at a path; as it is without a query, where what that asks for is not there."""
        try:
            shown = await values(visit)
        except (BadSetting, NoSuch) as error:
            visit = visit._replace(query={}, form=None, problem=visit.problem or str(error), status=404)
            shown = await values(visit)
        visit = visit._replace(**{name: shown.pop(name) for name in ("problem", "status") if name in shown})
        query = urlencode(visit.query)
        here = f"{visit.prefix}{path}?{query}" if query else visit.prefix + path
        return await self._page(path.rpartition("/")[2], visit, here, **shown)

    async def _tried(self, visit: Visit) -> dict[str, Any]:
        shown = await self._trial.page(visit)
        return {
            "selection": Selection(prefix=visit.prefix),
            "steps": await first_steps(await self._control.entries()),
            "next": await self._next([], shown["task"]),
            **shown,
        }

    async def _page(self, name: str, visit: Visit, here: str, **values: Any) -> Response:
        now, frozen = await self._control.store.moment()
        settings = await self._control.settings()
        if self._control.under_way():
            values["next"] = min(values.get("next") or AGAIN, AGAIN)
        html = await rendered(
            name,
            visit.prefix,
            here=here,
            has=visit.has,
            problem=visit.problem,
            settings=settings,
            waits=self._control.under_way(longer_than=SLOW),
            gets=settings.callback_timeout or self._control.editions.family.callback_timeout,
            pressed=self._buttons.waiting,
            now=now,
            frozen=frozen,
            names=[each.name for each in self._control.scenarios()],
            **values,
        )
        return Response(html, visit.status, HEADERS, "text/html; charset=utf-8")

    async def _pressed(self, request: Request) -> Response:
        """Do what a form asks for, and go back to its page, which tells what could not be done."""
        body = await read_body(request.receive) or b""
        form = dict(parse_qsl(body.decode(errors="replace")))
        prefix, button = self._base_urls.mounted_at(request.scope), request.path_params["button"]
        back = form.get("back", "").removeprefix(prefix)
        path, _, query = back.partition("?")
        asked = dict(parse_qsl(query))
        if button == "check":
            return await self._pages[TRY]((await self._visit(request, {}))._replace(form=form))
        try:
            if button == "send":
                back = await self._sent(form, path, await self._visit(request, asked))
            else:
                await self._buttons.press(button, form)
        except (BadSetting, NoSuch, ClockRuns, Stopped) as error:
            visit = (await self._visit(request, asked, str(error), 400))._replace(button=button)
            visit = visit._replace(form=form if path == STEER else None)
            return await self._pages.get(path, self._home)(visit)
        answer = RedirectResponse(prefix + (back if back.startswith(HOME) else HOME), 303, HEADERS)
        return keeping(form["key"], request, answer, prefix) if button in KEEPS else answer

    async def _sent(self, form: Mapping[str, str], path: str, visit: Visit) -> str:
        """Send the request of a form; the page that shows what came of it."""
        entry = await self._trial.send(form, visit)
        if path == TRY:
            return f"{TRY}?{urlencode({'operation': form.get('operation', EXTEND), 'entry': entry.id})}"
        return Selection(task=entry.task_id or "", entry="" if entry.task_id else str(entry.id)).url()

    async def _events(self, request: Request) -> Response:
        return StreamingResponse(changed(self._control.store.changes), headers=HEADERS, media_type="text/event-stream")

    async def _next(self, rows: Sequence[Row], task: TaskDetail | None) -> float | None:
        """Seconds until what is shown will have changed, though nobody tells; None while the clock stands still."""
        now, frozen = await self._control.store.moment()
        coming = [row.changes_at for row in rows if row.changes_at is not None]
        coming += [each.at for each in task.happenings if each.at > now] if task else []
        return None if frozen or not coming else min(coming) - now

    async def _media(self, request: Request) -> Response:
        try:
            return await self._files.show(request)
        except (HTTPException, NotFound) as error:
            raise Problem(404, getattr(error, "msg", "there is no such file")) from None
