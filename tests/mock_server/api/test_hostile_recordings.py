"""Recordings that somebody made up: every request to a mock that plays one is answered."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recording.message import CALLBACK, REQUEST, Message
from mock_server.core.errors import BadSetting
from mock_server.testing.mock_server import MockServer
from tests.builders import request
from tests.clients import KEY, Mock
from tests.contract_tests.recording.messages import message
from tests.recordings import EXTEND, KEYED, RECORD_INFO, asked, written

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.fixed_dictionaries({"id": inner, "taskId": inner}),
    max_leaves=6,
)
ENVELOPE = st.fixed_dictionaries(
    {
        "code": st.sampled_from([200, 422, -1, "200", None, 10**30]),
        "msg": JSON,
        "data": JSON
        | st.fixed_dictionaries({"taskId": JSON | TEXT, "callbackType": JSON, "status": JSON, "data": JSON}),
    }
)
BODY = st.one_of(TEXT.map(str.encode), ENVELOPE.map(lambda value: json.dumps(value).encode()))
SENT = st.one_of(
    BODY, st.just(asked().sent), JSON.map(lambda value: json.dumps({**request(), "audioId": value}).encode())
)
HEADERS = st.lists(st.tuples(TEXT | st.just("Authorization"), TEXT | st.just("Bearer ***")), max_size=3).map(tuple)
NAMED = st.fixed_dictionaries({"code": st.just(200), "msg": JSON, "data": st.fixed_dictionaries({"taskId": TEXT})})
"""What starts a task, most of the time."""
OBJECT = st.just(asked().sent) | st.dictionaries(TEXT, JSON, min_size=1).map(lambda value: json.dumps(value).encode())
STATUS = st.sampled_from([200, 204, 302, 429, 599, 0, 100, -5, 10**9])


def messages_of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Message]:
    """Messages with any values where a mock looks at them."""
    whole: dict[str, st.SearchStrategy[Any]] = {
        "kind": st.sampled_from([REQUEST, CALLBACK]),
        "number": st.integers(0, 9),
        "course": st.integers(0, 2),
        "at": st.floats(0, 1e8),
        "took": st.floats(0, 1e8),
        "method": st.sampled_from(["POST", "GET", "x"]),
        "path": st.sampled_from([EXTEND, f"{RECORD_INFO}?taskId=a", RECORD_INFO, "/api/v1/chat/credit", ""]),
        "headers": HEADERS | st.just(KEYED),
        "sent": SENT,
        "status": STATUS,
        "answer_headers": HEADERS,
        "body": BODY,
    }
    return st.builds(message, **{**whole, **fields})


BEGINS = messages_of(
    kind=st.just(REQUEST),
    number=st.just(1),
    course=st.just(1),
    method=st.just("POST"),
    path=st.just(EXTEND),
    sent=OBJECT,
    status=st.just(200),
    body=NAMED.map(lambda value: json.dumps(value).encode()),
)
TOLD = messages_of(number=st.integers(2, 9), course=st.just(1), status=st.just(200))
MESSAGES = st.builds(
    lambda first, told, others: [first, *told, *others],
    BEGINS,
    st.lists(TOLD, min_size=1, max_size=4),
    st.lists(messages_of(), max_size=3),
)


async def asked_of(mock: Mock, messages: list[Message]) -> None:
    transport = httpx.ASGITransport(app=mock.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=KEY) as http:
        for each in messages:
            if each.method in ("POST", "GET") and each.path:
                await http.request(
                    each.method, each.path, content=each.sent, headers={"Content-Type": "application/json"}
                )
        for record in await mock.store.tasks(None):
            assert (await http.get(RECORD_INFO, params={"taskId": record.id})).status_code < 600
            assert (await http.get("/__admin/", params={"task": record.id})).status_code == 200
        await mock.advance(10**9)
        assert (await http.get("/__admin/")).status_code == 200


@given(MESSAGES)
def test_nothing_that_is_recorded_breaks_the_mock(messages: list[Message]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            mock = Mock(replay=written(Path(folder), messages))
        except BadSetting:
            return
        asyncio.run(asked_of(mock, messages))


@pytest.mark.parametrize("status", [200, 204, 304, 404, 503, 599])
def test_any_status_and_no_forged_header_come_over_a_socket(tmp_path: Path, status: int) -> None:
    forged = (
        ("X-Good", "caf\xe9"),
        ("X-Bad", "a\r\nSet-Cookie: b"),
        ("Bad Name", "x"),
        ("Content-Length", "9999"),
        ("X-Far", "\u4e00"),
    )
    file = written(tmp_path, [asked(answer=b'{"code":200}', status=status, answer_headers=forged)])
    with MockServer(replay=file) as mock, httpx.Client(base_url=mock.url, headers=KEY, trust_env=False) as http:
        for _ in range(2):
            answer = http.post(EXTEND, json=request(callBackUrl="http://127.0.0.1:9/x"))
            assert answer.status_code == status
            assert answer.content == (b"" if status in (204, 304) else b'{"code":200}')
            assert {name for name in answer.headers if name.startswith(("x-", "set-", "bad"))} == {"x-good"}
