"""Serves what a page shows as a file for other tools."""

import asyncio
from collections.abc import Collection, Sequence

from starlette.requests import Request
from starlette.responses import Response

from mock_server.control.control import Control
from mock_server.control.request_schema import Problem
from mock_server.core.errors import BadSetting, NoSuch, unknown
from mock_server.http.base_urls import BaseUrls
from mock_server.pages.export import FORMATS
from mock_server.pages.guarded import HEADERS
from mock_server.pages.inbox import Inbox, Row
from mock_server.pages.rendering import MOST, Selection
from mock_server.state.journal_entries import Entry, Requested
from mock_server.state.journal_match import Match
from mock_server.state.steps import Steps


class Exporting:
    """The entries of the journal that a page's URL asks for: of one task or request, or of all rows that are found."""

    def __init__(self, control: Control, inbox: Inbox, base_urls: BaseUrls) -> None:
        self._control = control
        self._inbox = inbox
        self._base_urls = base_urls

    async def serve(self, request: Request) -> Response:
        """GET /__admin/pages/export/FORMAT, with the query of the inbox. Raises Problem."""
        name = request.path_params["format"]
        try:
            if name not in FORMATS:
                raise unknown("format", name, FORMATS)
            entries = await self._entries(Selection.of(request.query_params))
        except (BadSetting, NoSuch) as error:
            raise Problem(404 if isinstance(error, NoSuch) else 400, str(error)) from None
        form = FORMATS[name]
        body = await asyncio.to_thread(form.write, entries, self._base_urls.of(request.scope))
        named = {"Content-Disposition": f'attachment; filename="suno-mock.{form.ending}"'}
        return Response(body, 200, {**HEADERS, **named}, form.content_type)

    async def _entries(self, selection: Selection) -> Sequence[Entry]:
        if selection.task:
            return await self._control.entries(Match(task_id=(await self._control.find_task(selection.task)).id))
        if selection.entry:
            return [await self._control.entry(selection.entry)]
        rows, _ = await self._inbox.rows(selection.filter, MOST)
        return await self._of_rows(rows)

    async def _of_rows(self, rows: Sequence[Row]) -> Sequence[Entry]:
        tasks, requests = _ids(rows, "task"), _ids(rows, "entry")
        found, steps = list[Entry](), Steps()
        for entry in await self._control.entries():
            await steps.one()
            by_itself = isinstance(entry, Requested) and str(entry.id) in requests
            found += [entry] if by_itself or entry.task_id in tasks else []
        return found


def _ids(rows: Sequence[Row], kind: str) -> Collection[str | None]:
    return {row.id for row in rows if row.kind == kind}
