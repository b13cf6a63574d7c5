"""The page on which a visitor sends a request: its form, what is wrong with it, its answer and its callbacks."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from secrets import token_hex
from typing import Any, Final

from httpx import ASGITransport, AsyncClient
from starlette.types import ASGIApp

from mock_server.contract.api_document import api_document
from mock_server.contract.decode import BODY_LIMIT
from mock_server.contract.editions import Edition
from mock_server.contract.examples import CALLBACKS, documented_request
from mock_server.contract.operations import EXTEND, Operation
from mock_server.control.control import Control
from mock_server.core.errors import BadSetting, NoSuch, Violation, unknown
from mock_server.domain.accounts import first_key
from mock_server.domain.masking import is_public
from mock_server.pages.details import Details, RequestDetail, TaskDetail
from mock_server.pages.inbox import Inbox
from mock_server.pages.request_form import body_of, example, fields
from mock_server.pages.shown_keys import handle_of
from mock_server.pages.snippets import snippets
from mock_server.pages.visit import Visit
from mock_server.state.journal_entries import Requested

SENT_BY: Final = "desk-request"
"""The header of a request of the desk, by whose value its entry is found."""
PATIENCE: Final = 10.0
"""Seconds of real time that an answer is waited for, which a fault may hold back."""
NO_KEY: Final = "YOUR_KEY"
"""What stands in a snippet for a key that not everyone knows."""


class Trial:
    """The requests that the desk sends for its visitors, to `app`, as any other client's."""

    def __init__(self, control: Control, inbox: Inbox, details: Details, app: ASGIApp) -> None:
        self._control = control
        self._inbox = inbox
        self._details = details
        self._app = app
        profile = control.editions.profile
        self._offered = [each for each in profile.operations.values() if each.method == "POST"]

    async def page(self, visit: Visit) -> dict[str, Any]:
        """What the page shows: a form as it was filled in, a request that was sent, or an example. Raises BadSetting
        and NoSuch."""
        form = visit.form
        operation = self._operation((form or visit.query).get("operation", EXTEND))
        entry = await self._entry(visit.query.get("entry", "")) if form is None else None
        schema = (await self._described())[operation.name]
        edition = (await self._control.in_force()).default
        body = self._body(operation, schema, visit.receiver, form, entry)
        wrong = self._wrong(operation, edition, body, entry) if form or entry else []
        key = (entry and entry.key) or await self._inbox.key((form or {}).get("key", visit.kept)) or first_key()
        return {
            "operations": self._offered,
            "operation": operation,
            "fields": fields(
                schema["properties"],
                edition.profile.holding(operation.name, edition.names),
                body,
                edition.readings.string_length,
                wrong,
            ),
            "wrong": [each for each in wrong if each.field not in schema["properties"]],
            "keys": await self._inbox.keys(handle_of(key)),
            "key": handle_of(key),
            "receiver": visit.receiver,
            "snippets": snippets(visit.base_url + operation.path, key if is_public(key) else NO_KEY, body),
            **await self._came(entry),
        }

    def example(self, base_url: str) -> dict[str, str]:
        """The documented request from a program, which calls back to `suno-mock receive`, by language."""
        served = self._operation(EXTEND)
        body = documented_request(self._control.store.settings.profile) | {"callBackUrl": CALLBACKS}
        return snippets(base_url + served.path, first_key(), body)

    async def send(self, form: Mapping[str, str], visit: Visit) -> Requested:
        """Send what a form asks for, or the documented example where it has no fields; the entry of the journal.
        Raises BadSetting."""
        if not form:
            raise BadSetting(f"the form has no fields. Allowed: at most {BODY_LIMIT} bytes of them.")
        operation = self._operation(form.get("operation", EXTEND))
        key = await self._inbox.key(form.get("key", "")) or first_key()
        schema = (await self._described())[operation.name]
        filled = "operation" in form
        body = self._body(operation, schema, visit.receiver, form if filled else None, None)
        mark = token_hex(8)
        headers = {
            b"Authorization": f"Bearer {key}".encode("latin-1", "backslashreplace"),  # as the mock reads it
            b"Content-Type": b"application/json",
            SENT_BY.encode(): mark.encode(),
        }
        transport = ASGITransport(self._app, root_path=visit.prefix)
        try:
            async with asyncio.timeout(PATIENCE), AsyncClient(transport=transport, headers=headers) as http:
                await http.request(operation.method, visit.base_url + operation.path, content=json.dumps(body))
        except (TimeoutError, ConnectionError) as error:
            why = f"within {PATIENCE:g} s" if isinstance(error, TimeoutError) else "for a fault cut the connection"
            raise BadSetting(f"the request got no answer {why}; GET /__admin/faults lists the faults.") from None
        for entry in reversed(await self._control.entries()):
            if isinstance(entry, Requested) and (SENT_BY.encode(), mark.encode()) in entry.call.headers:
                return entry
        raise BadSetting("the journal has dropped the request already; it keeps the newest alone.")

    def _operation(self, name: str) -> Operation:
        offered = {each.name: each for each in self._offered}
        if name not in offered:
            raise unknown("operation", name, offered)
        return offered[name]

    async def _described(self) -> Mapping[str, Mapping[str, Any]]:
        """What the documents say of each body, by operation; to read them first takes a tenth of a second."""
        return await asyncio.to_thread(lambda: self._schemas)

    @cached_property
    def _schemas(self) -> Mapping[str, Mapping[str, Any]]:
        """What the documents say of each body, by operation."""
        profile = self._control.editions.profile
        paths = api_document(profile.source, profile.operations, "")["paths"]
        said = {each.name: paths[each.path][each.method.lower()]["requestBody"] for each in self._offered}
        return {name: body["content"]["application/json"]["schema"] for name, body in said.items()}

    async def _entry(self, id: str) -> Requested | None:
        """A request that was sent, where one is asked for and is there."""
        if not id:
            return None
        entry = await self._control.entry(id)
        if not isinstance(entry, Requested):
            raise NoSuch(f"entry {id} of the journal is no request")
        return entry

    def _body(
        self,
        operation: Operation,
        schema: Mapping[str, Any],
        receiver: str,
        form: Mapping[str, str] | None,
        entry: Requested | None,
    ) -> dict[str, Any]:
        if form is not None:
            return body_of(form, schema["properties"])
        if entry is not None:
            return _members(entry.call.body)
        made = example(schema["properties"], schema.get("required", ()))
        if operation.name == EXTEND:
            made = documented_request(self._control.store.settings.profile)
        return made | ({"callBackUrl": receiver} if "callBackUrl" in schema["properties"] else {})

    def _wrong(
        self, operation: Operation, edition: Edition, body: Mapping[str, Any], entry: Requested | None
    ) -> Sequence[Violation]:
        """The broken rules that a body tells, and those of a request that was refused for what the mock remembers."""
        found = edition.contract(operation.name).violations(body)
        told = {each.rule for each in found}
        stateful = edition.profile.state_rules(operation.name)
        for rule in entry.rules if entry else ():
            if rule in stateful and rule not in told:
                known = stateful[rule]
                found.append(Violation(rule, known.field, f"allowed: {known.allowed}", known.place))
        return found

    async def _came(self, entry: Requested | None) -> dict[str, Any]:
        """What came of a request: its task, where it started one, and else its answer."""
        task: TaskDetail | None = None
        request: RequestDetail | None = None
        if entry is not None and entry.task_id:
            task = await self._details.task(entry.task_id)
        elif entry is not None:
            request = await self._details.request(str(entry.id))
        return {"task": task, "request": request}


def _members(body: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(body or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
