"""A server of one of the documents, written from its text alone: nothing of the mock, nothing that judges."""

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from math import ceil
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from contract_tests.receiver.http_server import Message, ThreadedServer
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
NOWHERE: Final[Json] = {"code": 404, "msg": "There is no such endpoint.", "data": None}
"""What is answered where the document has no such endpoint, or no such method of it."""
FAILING: Final = {f"plain-fails-{code}": code for code in FAILURES}
"""By audioId: the code that a task about it fails with."""


class Plain(ThreadedServer):
    """Serves a behaviour. `sources` are the tracks that can be extended: audioId → model and seconds. A context
    manager."""

    def __init__(
        self,
        sources: Mapping[str, Source] | None = None,
        pause: float | None = None,
        behaviour: Behaviour = conforming(APIKLEY),  # noqa: B008, it is frozen
        port: int = 0,
    ) -> None:
        super().__init__(self._take, port=port)
        self.behaviour = behaviour if pause is None else replace(behaviour, pause=pause)
        self.sources = behaviour.edition.sources if sources is None else sources
        self.tasks: dict[str, Task] = {}
        self.url = f"http://127.0.0.1:{self.port}"
        self.credits = 1000.0
        self._paying = threading.Lock()
        self._sent: dict[str, list[float]] = {}

    def work(self, task: Task) -> None:
        """Takes a task through its stages. In a thread of its own."""
        Course(self.behaviour, task, self._give_back).run()

    def track(self, name: str, number: int, body: Mapping[str, Any]) -> Json:
        """One of a task's tracks."""
        return track(name, number, body)

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request, as the behaviour changes it."""
        answer = self._extend(asked) if asked.extends else self._look(asked)
        for change in self.behaviour.answered:
            answer = change(asked, answer)
        return answer

    def _take(self, came: Message) -> Message:
        if came.method not in ("GET", "POST"):
            return _message(Answer(status=405, content=NOWHERE))
        asked = self._asked(came)
        if asked.extends and asked.path != EXTEND:
            return _message(Answer(status=404, content={**NOWHERE, "msg": ANSWERS[404]}))
        answer = self.answer(asked)
        threading.Event().wait(answer.later)
        return _message(answer)

    def _asked(self, came: Message) -> Asked:
        to = urlsplit(came.path)
        return Asked(
            method=came.method,
            path=to.path,
            query=dict(parse_qsl(to.query)),
            headers={name.lower(): value for name, value in came.headers.items()},
            raw=came.body,
            body=_parsed(came.body, self.behaviour),
        )

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
        if wait := self._wait(key):
            return replace(self._refusal(429), headers={"Retry-After": f"{wait}"})
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

    def _wait(self, key: str) -> int:
        """Seconds until a key may send again; 0 where it may now, which counts."""
        if self.behaviour.rate is None:
            return 0
        number, seconds = self.behaviour.rate
        now, sent = time.monotonic(), self._sent.setdefault(key, [])
        sent[:] = [each for each in sent if each > now - seconds]
        if len(sent) >= number:
            return ceil(sent[0] + seconds - now)
        sent.append(now)
        return 0

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
        self._pay(self.behaviour.price)
        worker = threading.Thread(target=self.work, args=(task,), daemon=True)
        worker.start()
        if self.behaviour.waits:
            worker.join(3)
        return task.id

    def _pay(self, price: float) -> None:
        with self._paying:
            self.credits = round(self.credits - price, 2)

    def _give_back(self) -> None:
        self._pay(-self.behaviour.price)

    def _success(self, data: Any) -> Answer:
        return Answer(status=200, content={"code": 200, "msg": "success", "data": data})

    def _refusal(self, code: int, msg: str = "") -> Answer:
        status = code if self.behaviour.mirrors else 200
        return Answer(status=status, content={"code": code, "msg": msg or ANSWERS[code], "data": None})


def _message(answer: Answer) -> Message:
    """An answer as it is sent; status 0 where there is none."""
    raw = json.dumps(answer.content).encode() if answer.raw is None else answer.raw
    headers = {"Content-Type": answer.kind, **answer.headers}
    sent = {name: value for name, value in headers.items() if value}
    return Message(status=0 if answer.dropped else answer.status, headers=sent, body=raw)


def _parsed(raw: bytes, behaviour: Behaviour) -> Any:
    """The body as JSON, numbers as they are written; None where it is none."""
    try:
        return json.loads(behaviour.decoded(raw), parse_float=Decimal, parse_constant=_no_number)
    except ValueError:
        return None


def _no_number(text: str) -> None:
    raise ValueError(text)
