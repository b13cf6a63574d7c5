"""A message of a recording, of which a test changes one thing."""

from typing import Any

from contract_tests.recording.message import REQUEST, Message


def message(**changes: Any) -> Message:
    whole: dict[str, Any] = {
        "kind": REQUEST,
        "number": 1,
        "course": 0,
        "at": 0.5,
        "took": 0.25,
        "method": "POST",
        "path": "/api/v1/generate/extend",
        "headers": (("Content-Type", "application/json"),),
        "sent": b"{}",
        "status": 200,
        "answer_headers": (("Content-Type", "application/json"),),
        "body": b'{"code": 200}',
    }
    return Message(**{**whole, **changes})
