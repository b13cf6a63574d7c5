"""Answers of the control plane as its document says, for what asks it without a mock."""

from typing import Any

from mock_server.core.settings import BASE_URL

Said = dict[str, Any]

HEALTH: Said = {
    "status": "ready",
    "profile": "apikley",
    "seed": 0,
    "pace": "1x",
    "base_url": BASE_URL,
    "started": "a",
    "dropped": {},
}
CLOCK: Said = {"now": 1735689600, "iso": "2025-01-01T00:00:00+00:00", "frozen": True}
TASK: Said = {
    "task_id": "5c79",
    "key": "test-key",
    "operation": "extend",
    "scenario": "200",
    "status": "PENDING",
    "created": 1735689600,
    "callback_url": "http://127.0.0.1:3000/callback",
}
ANSWER: Said = {
    "status": 200,
    "headers": [["content-type", "text/plain"]],
    "body": "thanks",
    "body_base64": None,
    "size": 6,
}
MOMENT: Said = {"at": 1735689630, "what": "attempted", "stage": "text", "detail": "attempt 1", "answer": ANSWER}
OWED: Said = {"at": 1735689700, "what": "owed", "stage": "first", "detail": "attempt 1", "answer": None}
WHOLE_TASK: Said = {**TASK, "request": {}, "timeline": [MOMENT, OWED]}


def entry(id: int, **changes: Any) -> Said:
    """An entry of a request, whole."""
    said = {
        "id": id,
        "kind": "request",
        "at": 1735689600,
        "key": "test-key",
        "code": 200,
        "task_id": "5c79",
        "entry": f"http://127.0.0.1:4010/__admin/journal/entries/{id}",
        "body": "{}",
        "body_size": 2,
        "body_left_out": 0,
        "body_base64": None,
        "headers": [["content-type", "application/json"]],
        "curl": "curl -sS http://127.0.0.1:4010",
        "line": "--> POST /api/v1/generate/extend  200 task 5c79",
        "answer": ANSWER,
        "method": "POST",
        "path": "/api/v1/generate/extend",
        "status": 200,
        "msg": "success",
        "rules": [],
        "scenario": "200",
        "readings": "",
        "callback": "",
    }
    return {**said, **changes}


def attempt(id: int, **changes: Any) -> Said:
    """An entry of an attempt, whole."""
    said = entry(id, kind="attempt", line="<-- text of 5c79, attempt 1: accepted")
    for name in ("method", "path", "status", "msg", "rules", "scenario", "readings", "callback"):
        del said[name]
    said |= {"stage": "text", "number": 1, "redelivered": False, "url": "http://127.0.0.1:3000/callback"}
    return {**said, "outcome": "accepted", "detail": "", "took": 0.1, **changes}


def page(*ids: int, newest: int = 0, started: str = "a", more: bool = False) -> Said:
    """Entries of a journal."""
    newest = newest or max(ids, default=0)
    told = {"newest": newest, "started": started, "dropped": 0, "more": more}
    return {**told, "entries": [entry(id) for id in ids], "cursor": str(max(ids) if more else newest)}


def task_page(*tasks: Said, cursor: str | None = None) -> Said:
    """A page of tasks."""
    return {"tasks": [*tasks], "more": cursor is not None, "cursor": cursor}
