"""Long answers of the control plane: how much of one is written before others are served. Counted, not timed."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from mock_server.contract.source_tracks import added
from mock_server.control.json_answer import Json
from mock_server.core.errors import Unauthorized
from mock_server.core.json_pieces import PIECE, SLICE
from mock_server.domain.answer import refused
from mock_server.state.faults import Fault
from mock_server.state.journal import ENTRIES_KEPT
from tests.builders import COMPLETE, attempted, edition, requested
from tests.clients import Mock, client, extend
from tests.waiting import turns

pytestmark = pytest.mark.anyio

LONGEST = 4 * (PIECE + 6 * SLICE)
"""Bytes of a piece: a character takes four at most."""
MANY = 600
"""Accounts, faults and tracks, each more than a few steps write."""
ENTRIES = 100
"""Entries of which one piece tells, at most."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer, and how much of it was sent in each turn."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    steps: list[bytes]


async def written(mock: Mock, method: str, target: str, body: bytes = b"") -> Written:
    path, _, query = target.partition("?")
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []}
    start: dict[str, Any] = {}
    sent: dict[int, bytes] = {}
    async with turns() as turn:

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                sent[turn()] = sent.get(turn(), b"") + message["body"]

        await mock.app(scope, receive, send)
    return Written(start["status"], dict(start["headers"]), b"".join(sent.values()), [*sent.values()])


async def full() -> Mock:
    """A mock whose journal, accounts, tracks and faults are many, and whose second entry is long."""
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http, title="x" * 60)).json()["data"]["taskId"]
        await mock.advance(COMPLETE)
    await mock.store.journal.clear(None)
    for number in range(ENTRIES_KEPT - 3):
        entry = attempted(task_id=task_id, number=number) if number % 3 else requested(key=f"key-{number}")
        await mock.store.journal.append(entry)
    await mock.store.journal.append(requested(body="\0é".encode() * 300_000))
    await mock.store.journal.append(requested(body=b"\xff" * 900_000))
    call = requested(refused(Unauthorized("no"), edition()), headers=[(b"a", b"b")] * 16_000)
    await mock.store.journal.append(call)
    for number in range(MANY):
        await mock.control.change_account(f"key-{number}", {"credits": 5})
        await mock.control.put_fault(f"key-{number}", Fault(delay=1.0))
        await mock.control.add_track(added(f"track-{number}", "V4", 60))
    return mock


LISTS = ("journal", "journal?last=10000", "journal?kind=attempt&limit=1000", "accounts", "faults", "tracks")


async def test_no_step_of_an_answer_is_long() -> None:
    mock = await full()
    newest, (task, *_) = mock.store.journal.newest, await mock.control.tasks()
    entries = [f"journal/entries/{newest - back}" for back in range(3)]
    for target in (*LISTS, *entries, f"tasks/{task.task_id}"):
        answer = await written(mock, "GET", f"/__admin/{target}")
        assert answer.status == 200, answer.body
        assert json.loads(answer.body)
        assert len(answer.steps) > 2, target
        assert max(map(len, answer.steps)) <= LONGEST, target
        assert max(step.count(b'"kind":') for step in answer.steps) <= ENTRIES, target
        assert b"content-length" not in answer.headers
    waited = await written(mock, "POST", "/__admin/wait", b'{"count": 6000, "within": 0}')
    assert (len(json.loads(waited.body)["entries"]), json.loads(waited.body)["more"]) == (1000, True)
    assert max(step.count(b'"kind":') for step in waited.steps) <= ENTRIES


async def test_of_a_short_answer_the_length_is_told() -> None:
    answer = await written(Mock(), "GET", "/__admin/clock")
    assert answer.headers[b"content-length"] == str(len(answer.body)).encode()
    assert answer.headers[b"content-type"] == b"application/json"
    assert len(answer.steps) == 1


@pytest.mark.parametrize("text", ["\ud800", "\udfff" * 200_000])
async def test_half_a_pair_is_written_as_json_writes_it(text: str) -> None:
    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    await Json({"text": text})({"type": "http"}, None, send)  # type: ignore[arg-type]
    assert json.loads(b"".join(sent)) == {"text": text}
