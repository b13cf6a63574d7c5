"""What each operation of the control plane does, with the fields that came.

The method that an operationId of `openapi/admin.openapi.yaml` names returns the JSON of the answer, or None.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from mock_server.contract.scenarios import cause
from mock_server.contract.source_tracks import added
from mock_server.control.control import Control
from mock_server.control.lists import Entries
from mock_server.control.request_schema import Problem
from mock_server.core.errors import ClockRuns
from mock_server.core.json_pieces import Array
from mock_server.domain.attempt import Outcome
from mock_server.domain.masking import masked, masked_place
from mock_server.domain.terms import CHANGEABLE
from mock_server.http.base_urls import PREFIX
from mock_server.state.entries_as_json import in_short, whole
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Entry
from mock_server.state.journal_match import Match

Fields = dict[str, Any]
PAGING: Final = ("after", "cursor", "last", "limit", "within")
"""The fields that say which page of the journal is meant, and not which entries."""
MOST: Final = 1000
"""Entries of a page."""


class Troubled(dict[str, Any]):
    """What is answered with HTTP 503: the mock is there, and cannot do what it is asked."""


class Operations:
    """The operations of one mock, for one request. `document` is the one that describes them, `base_url` is the mock's
    own, `reached` that by which the request reached it, empty for its own."""

    def __init__(self, control: Control, document: dict[str, Any], base_url: str, reached: str) -> None:
        self._control = control
        self.document = document
        self._base_url = base_url
        self._reached = reached

    async def openapi(self, fields: Fields) -> Any:
        """GET /__admin/openapi.json"""
        base_url = self._reached or self._base_url
        return {**self.document, "servers": [{"url": base_url}]} if urlsplit(base_url).path else self.document

    async def health(self, fields: Fields) -> Any:
        """GET /__admin/health"""
        settings = await self._control.settings()
        served = {"profile": settings.profile, "seed": settings.seed, "pace": settings.pace}
        where = {"base_url": self._reached or self._base_url, "started": self._control.store.journal.started}
        dropped = {"dropped": await self._control.dropped()}
        if trouble := self._control.store.trouble:
            return Troubled(status="trouble", trouble=trouble, **served, **where, **dropped)
        return {"status": "ready", **served, **where, **dropped}

    async def journal(self, fields: Fields) -> Any:
        """GET /__admin/journal"""
        match = Match.of(**_without(fields, *PAGING))
        after = max(fields["after"], int(fields["cursor"]))
        last = None if int(fields["cursor"]) else fields.get("last")
        return self._page(await self._control.entries_after(after, match, fields["within"], fields["limit"], last))

    async def journal_entry(self, fields: Fields) -> Any:
        """GET /__admin/journal/entries/{entry_id}"""
        entry = await self._control.entry(fields["entry_id"])
        return whole(entry, self._base_url) | self._link(entry)

    async def clear_journal(self, fields: Fields) -> None:
        """POST /__admin/journal/clear"""
        await self._control.clear_journal(fields.get("key"))

    async def wait(self, fields: Fields) -> Any:
        """POST /__admin/wait"""
        match = Match.of(**_awaited(_without(fields, "count", "within")))
        try:
            await self._control.wait_until(match, fields["count"], fields["within"])
        except TimeoutError as error:
            raise Problem(408, str(error)) from None
        return self._page(await self._control.entries_after(0, match, 0, MOST))

    async def tasks(self, fields: Fields) -> Any:
        """GET /__admin/tasks"""
        found, more = await self._control.tasks_after(fields.get("cursor"), **_without(fields, "cursor"))
        cursor = found[-1].task_id if more else None
        return {"tasks": Array(map(asdict, found)), "more": more, "cursor": cursor}

    async def task(self, fields: Fields) -> Any:
        """GET /__admin/tasks/{task_id}"""
        view, request, timeline = await self._control.task(**fields)
        return {**asdict(view), "request": request, "timeline": Array(moment.shown() for moment in timeline)}

    async def redeliver(self, fields: Fields) -> Any:
        """POST /__admin/redeliver"""
        return (await self._control.redeliver(**fields)).shown()

    async def trigger(self, fields: Fields) -> Any:
        """POST /__admin/trigger"""
        asked = {"key": None, "request": {}, **fields, "base": self._reached}
        return {"task_id": await self._control.trigger(**asked)}

    async def reset(self, fields: Fields) -> None:
        """POST /__admin/reset"""
        await self._control.reset(fields.get("key"))

    async def scenarios(self, fields: Fields) -> Any:
        """GET /__admin/scenarios"""
        listed = [
            {"name": each.name, "summary": each.summary, "cause": cause(each), "triggers": each.triggers()}
            for each in self._control.scenarios()
        ]
        return {"scenarios": listed}

    async def queue(self, fields: Fields) -> None:
        """POST /__admin/scenarios/queue"""
        await self._control.queue(**fields)

    async def clear_queue(self, fields: Fields) -> None:
        """POST /__admin/scenarios/clear"""
        await self._control.clear_queue(**fields)

    async def faults(self, fields: Fields) -> Any:
        """GET /__admin/faults"""
        faults = await self._control.faults()
        return {"faults": Array({"key": masked(key), **asdict(fault)} for key, fault in faults)}

    async def put_fault(self, fields: Fields) -> Any:
        """PUT /__admin/faults"""
        await self._control.put_fault(fields.get("key"), Fault.of(**_without(fields, "key")))
        return await self.faults({})

    async def accounts(self, fields: Fields) -> Any:
        """GET /__admin/accounts"""
        return {"accounts": Array(map(asdict, await self._control.accounts()))}

    async def change_account(self, fields: Fields) -> Any:
        """POST /__admin/accounts"""
        return asdict(await self._control.change_account(fields.get("key"), _without(fields, "key")))

    async def tracks(self, fields: Fields) -> Any:
        """GET /__admin/tracks"""
        return {"tracks": Array(map(asdict, await self._control.tracks(**fields)))}

    async def add_track(self, fields: Fields) -> Any:
        """POST /__admin/tracks"""
        return asdict(await self._control.add_track(added(**_without(fields, "key")), fields.get("key")))

    async def clock(self, fields: Fields) -> Any:
        """GET /__admin/clock"""
        now, frozen = await self._control.store.moment()
        return {"now": now, "iso": datetime.fromtimestamp(now, UTC).isoformat(), "frozen": frozen}

    async def freeze(self, fields: Fields) -> Any:
        """POST /__admin/clock/freeze"""
        await self._control.freeze()
        return await self.clock(fields)

    async def run(self, fields: Fields) -> Any:
        """POST /__admin/clock/run"""
        await self._control.run()
        return await self.clock(fields)

    async def advance(self, fields: Fields) -> Any:
        """POST /__admin/clock/advance"""
        try:
            attempts = await self._control.advance(**fields)
        except ClockRuns as error:
            raise Problem(409, str(error)) from None
        return {"attempts": attempts, **await self.clock(fields)}

    async def settings(self, fields: Fields) -> Any:
        """GET /__admin/settings"""
        settings = _without(asdict(await self._control.settings()), "admin_token")
        settings["state"] = masked_place(settings["state"])
        return {"settings": settings, "changeable": CHANGEABLE}

    async def change_settings(self, fields: Fields) -> Any:
        """PATCH /__admin/settings"""
        await self._control.change_settings(fields)
        return await self.settings({})

    async def questions(self, fields: Fields) -> Any:
        """GET /__admin/questions"""
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
        """PATCH /__admin/questions"""
        await self._control.change_questions(fields)
        return await self.questions({})

    def _page(self, page: Entries) -> Any:
        journal = self._control.store.journal
        return {
            "entries": Array(in_short(entry) | self._link(entry) for entry in page.found),
            "more": page.more,
            "cursor": str(page.place),
            "newest": journal.newest,
            "started": journal.started,
            "dropped": journal.dropped,
        }

    def _link(self, entry: Entry) -> Fields:
        """Where an entry is whole."""
        return {"entry": f"{self._reached or self._base_url}{PREFIX}/journal/entries/{entry.id}"}


def _without(fields: Fields, *names: str) -> Fields:
    return {name: value for name, value in fields.items() if name not in names}


def _awaited(fields: Fields) -> Fields:
    """What is waited for: attempts that were accepted, unless the request says otherwise."""
    kind = fields.get("kind", "request" if "path" in fields else "attempt")
    return {"outcome": Outcome.ACCEPTED, **fields, "kind": kind} if kind == "attempt" else fields
