"""Recordings that tests write: the messages of a task, or of a request that was answered at once."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from contract_tests.recording.har import write_har
from contract_tests.recording.message import CALLBACK, Message, begun, line
from contract_tests.recording.read import Recording
from tests.builders import request
from tests.contract_tests.recording.messages import message

EXTEND = "/api/v1/generate/extend"
RECORD_INFO = "/api/v1/generate/record-info"
TASK = "0123456789abcdef0123456789abcdef"
TRACK = "11111111-2222-4333-8444-555555555555"
KEYED = (("Authorization", "Bearer ***"), ("Content-Type", "application/json"))
PROXY = "http://127.0.0.1:9/cb/1-***"


def told(code: int = 200, msg: str = "success", data: Any = None) -> bytes:
    """An envelope, as a server writes it that is not the mock."""
    return json.dumps({"code": code, "msg": msg, "data": data}).encode()


def asked(number: int = 1, answer: bytes = told(422, "no"), **changes: Any) -> Message:
    """A request to extend a track, and its answer. `sent` changes the documented request."""
    sent = json.dumps(request(callBackUrl=PROXY, **changes.pop("sent", {}))).encode()
    whole = {"headers": KEYED, "sent": sent, "body": answer, "at": 10.0 * number, "took": 0.5}
    return message(number=number, course=number, **{**whole, **changes})


def called_back(number: int, course: int, after: float, body: bytes, **changes: Any) -> Message:
    """A callback, so many seconds behind the answer to the request of its course."""
    at = 10.0 * course + 0.5 + after
    return message(kind=CALLBACK, number=number, course=course, at=at, sent=body, body=b"", **changes)


def polled(number: int, course: int, after: float, task_id: str, body: bytes, **changes: Any) -> Message:
    """A poll whose answer had ended so many seconds behind the answer to the request of its course."""
    at, path = 10.0 * course + after, f"{RECORD_INFO}?taskId={task_id}"
    return message(
        number=number,
        course=course,
        at=at,
        took=0.5,
        method="GET",
        path=path,
        headers=KEYED,
        sent=b"",
        body=body,
        **changes,
    )


def stage(word: str, task_id: str, tracks: Sequence[str] = (), **members: Any) -> bytes:
    """The body of a callback."""
    data = [{"id": each, "audio_url": f"https://cdn.example.com/{each}.mp3", **members} for each in tracks]
    return told(200, f"{word} generated", {"callbackType": word, "task_id": task_id, "data": data})


def recorded(status: str, task_id: str, tracks: Sequence[str] = ()) -> bytes:
    """What a poll shows."""
    response = {"sunoData": [{"id": each} for each in tracks]} if tracks else None
    param = json.dumps({"callBackUrl": PROXY})
    return told(data={"taskId": task_id, "status": status, "param": param, "response": response})


def course(
    number: int = 1, task_id: str = TASK, tracks: Sequence[str] = (TRACK,), sent: Mapping[str, Any] = {}
) -> list[Message]:
    """A task with two callbacks, 30 and 110 seconds behind the answer, and three polls."""
    return [
        asked(number, told(data={"taskId": task_id}), sent=dict(sent)),
        polled(number + 1, number, 1.0, task_id, recorded("PENDING", task_id)),
        called_back(number + 2, number, 30.0, stage("text", task_id)),
        polled(number + 3, number, 50.0, task_id, recorded("TEXT_SUCCESS", task_id)),
        called_back(number + 4, number, 110.0, stage("complete", task_id, tracks)),
        polled(number + 5, number, 120.0, task_id, recorded("SUCCESS", task_id, tracks)),
    ]


def written(folder: Path, messages: Iterable[Message], *further: str) -> str:
    """A file with a recording, and further lines."""
    file = folder / "live.jsonl"
    file.write_text("".join([begun({"target": "https://api.example.com"}), *map(line, messages), *further]), "utf-8")
    return str(file)


def archived(recording: Recording) -> str:
    """The recording as an HTTP archive."""
    out = io.StringIO()
    write_har(recording.about, recording.messages, out)
    return out.getvalue()
