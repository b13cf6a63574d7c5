"""The tasks of a plain server: their tracks, their records, and the callbacks of their three stages."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.targets.behaviour import Behaviour, Callback, Json, Task
from contract_tests.targets.edition import FAILURES, FLAG, MESSAGES, NAMES, STAGES

COUNTS: Final = {"text": 0, "first": 1, "complete": 2}
"""By stage: how many tracks are finished."""
CAMEL: Final = {
    "id": "id",
    "audio_url": "audioUrl",
    "stream_audio_url": "streamAudioUrl",
    "image_url": "imageUrl",
    "prompt": "prompt",
    "model_name": "modelName",
    "title": "title",
    "tags": "tags",
    "createTime": "createTime",
    "duration": "duration",
}
"""By member of a track in a callback: its name in a record."""
FAILED: Final = "GENERATE_AUDIO_FAILED"
CREATED: Final = "2025-01-01 00:00:00"


def track(name: str, number: int, body: Mapping[str, Any]) -> Json:
    """A finished track of a request."""
    media = f"https://media.invalid/{name}"
    custom = body.get(FLAG) is True
    return {
        "id": name,
        "audio_url": f"{media}.mp3",
        "stream_audio_url": media,
        "image_url": f"{media}.jpeg",
        "prompt": body.get("prompt", "[Verse] Night city lights shining bright"),
        "model_name": NAMES.get(str(body.get("model")), "chirp-crow"),
        "title": body["title"] if custom and "title" in body else "Iron Man",
        "tags": body["style"] if custom and "style" in body else "electrifying, rock",
        "createTime": CREATED,
        "duration": 180.4 + number,
    }


def record(task: Task) -> Json:
    """What Music Details shows of a task."""
    tracks = [{CAMEL[name]: value for name, value in each.items()} for each in task.tracks[: task.listed]]
    failed = task.status == FAILED
    return {
        "taskId": task.id,
        "parentMusicId": task.body.get("audioId"),
        "param": json.dumps(task.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=float),
        "response": {"taskId": task.id, "sunoData": tracks},
        "status": task.status,
        "type": NAMES.get(str(task.body.get("model")), "chirp-crow"),
        "operationType": "extend",
        "errorCode": task.fails if failed else None,
        "errorMessage": FAILURES[task.fails] if failed and task.fails else None,
        "createTime": 1735689600000,
    }


class Course:
    """Takes a task through its stages, in a thread of its own. `gives_back` is for failures that are refunded."""

    def __init__(self, behaviour: Behaviour, task: Task, gives_back: Callable[[], None]) -> None:
        self._behaviour = behaviour
        self._gives_back = gives_back
        self._task = task
        self._pause = threading.Event()

    def run(self) -> None:
        for stage in STAGES:
            self._pause.wait(self._behaviour.pause)
            if self._task.fails is not None:
                self._fail(self._task.fails)
                return
            self._task.listed, self._task.status = COUNTS[stage], STAGES[stage]
            data = {"callbackType": stage, "task_id": self._task.id, "data": self._task.tracks[: COUNTS[stage]]}
            self._call(Callback(stage, self._task.url, {"code": 200, "msg": MESSAGES[stage], "data": data}))

    def _fail(self, code: int) -> None:
        self._task.status = FAILED
        if self._behaviour.refunds(code):
            self._gives_back()
        data = {"callbackType": "complete", "task_id": self._task.id, "data": []}
        self._call(Callback("failed", self._task.url, {"code": code, "msg": FAILURES[code], "data": data}))

    def _call(self, callback: Callback) -> None:
        callbacks: Iterable[Callback] = (callback,)
        for change in self._behaviour.called:
            callbacks = [each for one in callbacks for each in change(self._task, one)]
        for each in callbacks:
            self._deliver(each)

    def _deliver(self, callback: Callback) -> None:
        delivery = self._behaviour.delivery
        self._pause.wait(callback.later)
        for attempt in range(delivery.attempts):
            self._pause.wait(delivery.spacing if attempt else 0)
            if delivery.received(sent(delivery.changed(attempt, callback), delivery.patience)):
                return


def sent(callback: Callback, patience: float) -> int:
    """Sends a callback, and returns the receiver's status, 0 where none came."""
    to = urlsplit(callback.url)
    connect = HTTPSConnection if to.scheme.lower() == "https" else HTTPConnection
    raw = json.dumps(callback.content).encode() if callback.raw is None else callback.raw
    path = f"{to.path or '/'}?{to.query}" if to.query else to.path or "/"
    headers = {"Content-Type": callback.kind, **callback.headers} if callback.kind else dict(callback.headers)
    connection = connect(to.hostname or "", to.port, timeout=patience)
    try:
        connection.request(callback.method, path, raw, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException, ValueError):
        return 0
    else:
        return answer.status
    finally:
        connection.close()
