"""Which tasks go on at the server when a run is interrupted."""

import json
from collections.abc import Iterator
from typing import Any

from contract_tests.documents.terms import DOCUMENTED
from contract_tests.run.under_way import told, under_way


def exchange(method: str, url: str, answer: object) -> str:
    entry = {"probe": "", "cost": 1, "method": method, "url": url, "headers": {}, "sent": "", "status": 200}
    more = {"content_type": "", "retry_after": "", "body": json.dumps(answer), "error": "", "key_env": "", "took": 1}
    return json.dumps(entry | more)


def started(task: str) -> str:
    return exchange("POST", "http://a.test/extend", {"code": 200, "msg": "", "data": {"taskId": task}})


def polled(task: str, status: str) -> str:
    return exchange("GET", f"http://a.test/record?taskId={task}", {"code": 200, "data": {"status": status}})


def called(task: str, stage: str, code: int = 200) -> str:
    body: dict[str, Any] = {"code": code, "data": {"task_id": task, "callbackType": stage}}
    return json.dumps(
        {"callback": "/cb", "method": "POST", "headers": {}, "body": json.dumps(body), "answered": 200, "at": 1}
    )


def lines() -> Iterator[str]:
    yield started("of an earlier run")
    yield json.dumps({"run": {"profile": "apikley"}})
    yield from map(started, ("a", "b", "c", "d", "e", "f"))
    yield called("a", "first")
    yield polled("b", "TEXT_SUCCESS")
    yield called("c", "complete")
    yield called("d", "error", 501)
    yield polled("e", "SUCCESS")
    yield polled("f", "GENERATE_AUDIO_FAILED")
    yield '{"callback": "/cb", "method": "POST"'


def test_tasks_are_under_way_until_a_callback_or_a_poll_tells_their_end() -> None:
    assert under_way(lines(), DOCUMENTED) == ["a", "b"]


def test_how_many_go_on_is_told() -> None:
    assert told(["a"], 1) == "; of 1 task started at most, 1 goes on at the server, and is paid for: a"
    assert told(["a", "b"], 3) == "; of 3 tasks started at most, 2 go on at the server, and are paid for: a, b"
    assert told([], 3) == ""
