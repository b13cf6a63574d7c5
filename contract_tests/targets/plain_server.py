"""A server of one of the documents, written from its text alone: nothing of the mock, nothing of the harness."""

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

from contract_tests.targets.behaviour import (
    BUSY_KEY,
    EMPTY_KEY,
    KEY,
    OTHER_KEY,
    Answer,
    Asked,
    Behaviour,
    Callback,
    Json,
    Task,
    conforming,
)
from contract_tests.targets.edition import ANSWERS, APIKLEY, FAILURES, Source
from contract_tests.targets.tasks import Course, record, track

__all__ = ["BUSY_KEY", "EMPTY_KEY", "KEY", "OTHER_KEY", "Callback", "Plain", "Task"]
EXTEND: Final = "/api/v1/generate/extend"
RECORD_INFO: Final = "/api/v1/generate/record-info"
CREDIT: Final = "/api/v1/chat/credit"
BROKEN: Final = {f"plain-answers-{code}": code for code in (409, 451, 455, 500)}
"""By audioId: the code that an answer about it carries."""
FAILING: Final = {f"plain-fails-{code}": code for code in FAILURES}
"""By audioId: the code that a task about it fails with."""


class Plain(ThreadingHTTPServer):
    """Serves a behaviour. `sources` are the tracks that can be extended: audioId → model and seconds. A context
    manager."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        sources: Mapping[str, Source] | None = None,
        pause: float | None = None,
        behaviour: Behaviour = conforming(APIKLEY),  # noqa: B008, it is frozen
    ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour if pause is None else replace(behaviour, pause=pause)
        self.sources = behaviour.edition.sources if sources is None else sources
        self.tasks: dict[str, Task] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.credits = 1000.0

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that breaks off is no error of the server."""

    def work(self, task: Task) -> None:
        """Takes a task through its stages. In a thread of its own."""
        Course(self.behaviour, task).run()

    def track(self, name: str, number: int, body: Mapping[str, Any]) -> Json:
        """One of a task's tracks."""
        return track(name, number, body)

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request, as the behaviour changes it."""
        answer = self._extend(asked) if asked.extends else self._look(asked)
        for change in self.behaviour.answered:
            answer = change(asked, answer)
        return answer

    def _look(self, asked: Asked) -> Answer:
        key = self.behaviour.polls(asked)
        if key is None:
            return self._refusal(401)
        if asked.path == CREDIT:
            return self._success(self.credits)
        if asked.path != RECORD_INFO:
            return self._refusal(404)
        task = self.tasks.get(asked.query.get("taskId", ""))
        if task is None or not self.behaviour.seen(task, key):
            return self._refusal(404)
        shown: Any = record(task)
        for change in self.behaviour.recorded:
            shown = change(task, shown)
        return self._success(shown)

    def _extend(self, asked: Asked) -> Answer:
        behaviour = self.behaviour
        key = behaviour.account(asked)
        if key is None:
            return self._refusal(401)
        if not behaviour.media_type(asked.headers.get("content-type", "")) or not isinstance(asked.body, dict):
            return self._refusal(422, "The body must be a JSON object.")
        body = behaviour.read(asked.body)
        audio = str(body.get("audioId"))
        if code := BROKEN.get(audio) or {EMPTY_KEY: 402, BUSY_KEY: 429}.get(key):
            return self._refusal(code)
        fails = FAILING.get(audio)
        source = next(iter(self.sources.values())) if fails else self.sources.get(audio)
        problems = (check(body, source) for check in behaviour.checks.values())
        if problem := behaviour.refusals(each for each in problems if each):
            return self._refusal(422, problem)
        return self._success({"taskId": self._start(key, asked, fails)})

    def _start(self, key: str, asked: Asked, fails: int | None) -> str:
        body = self.behaviour.kept(self.behaviour.read(json.loads(self.behaviour.decoded(asked.raw))))
        tracks = [self.track(str(uuid.uuid4()), number, body) for number in range(2)]
        task = Task(
            id=uuid.uuid4().hex,
            key=key,
            body=body,
            url=str(body.get("callBackUrl", "")),
            tracks=tracks,
            fails=fails,
        )
        self.behaviour.starts(task)
        self.tasks[task.id] = task
        self.credits -= 12
        worker = threading.Thread(target=self.work, args=(task,), daemon=True)
        worker.start()
        if self.behaviour.waits:
            worker.join(3)
        return task.id

    def _success(self, data: Any) -> Answer:
        return Answer(status=200, content={"code": 200, "msg": "success", "data": data})

    def _refusal(self, code: int, msg: str = "") -> Answer:
        status = code if self.behaviour.mirrors else 200
        return Answer(status=status, content={"code": code, "msg": msg or ANSWERS[code], "data": None})


class Handler(BaseHTTPRequestHandler):
    """Bytes to a request, and an answer to bytes."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Plain

    def do_POST(self) -> None:
        self._respond(self._asked())

    do_GET = do_POST  # noqa: N815

    def do_PUT(self) -> None:
        """The document has no other method."""
        self._asked()
        self._send(Answer(status=405, content={"code": 404, "msg": "There is no such endpoint.", "data": None}), 0)

    do_PATCH = do_DELETE = do_PUT  # noqa: N815

    def _asked(self) -> Asked:
        to = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return Asked(
            method=self.command,
            path=to.path,
            query=dict(parse_qsl(to.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            raw=raw,
            body=_parsed(raw, self.server.behaviour),
        )

    def _respond(self, asked: Asked) -> None:
        if asked.extends and asked.path != EXTEND:
            answer = Answer(status=404, content={"code": 404, "msg": ANSWERS[404], "data": None})
        else:
            answer = self.server.answer(asked)
        if answer.dropped:
            self.close_connection = True
            return
        self._send(answer, answer.later)

    def _send(self, answer: Answer, later: float) -> None:
        threading.Event().wait(later)
        raw = json.dumps(answer.content).encode() if answer.raw is None else answer.raw
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _parsed(raw: bytes, behaviour: Behaviour) -> Any:
    """The body as JSON, numbers as they are written; None where it is none."""
    try:
        return json.loads(behaviour.decoded(raw), parse_float=Decimal, parse_constant=_no_number)
    except ValueError:
        return None


def _no_number(text: str) -> None:
    raise ValueError(text)
