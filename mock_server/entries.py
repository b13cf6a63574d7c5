"""What the journal holds: requests and attempts, as values, as JSON, as lines of text and as curls."""

from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.answers import DRAWN, Answer
from mock_server.calls import Call
from mock_server.curls import curl, text_of
from mock_server.delivery import Outcome
from mock_server.masking import masked, masked_url
from mock_server.wording import printable

OVERHEAD: Final = 1024
"""Bytes that an entry takes beside its body, about."""


@dataclass(slots=True, eq=False)
class Requested:
    """One request and the answer to it; `shown` writes it out. `size` in bytes, about; `id` counts the journal's
    entries."""

    at: float
    call: Call
    answer: Answer
    id: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = OVERHEAD + len(self.call.body or b"")

    @property
    def key(self) -> str | None:
        return self.call.key

    @property
    def code(self) -> int:
        return self.answer.code

    @property
    def task_id(self) -> str | None:
        return self.answer.task.id if self.answer.task else None

    def shown(self, url: str) -> dict[str, Any]:
        """The entry as JSON, the key masked; `url` is where the mock listens. `rules` are the ids of the rules that
        the request broke."""
        return {
            "id": self.id,
            "kind": "request",
            "at": self.at,
            "method": self.call.method,
            "path": self.call.path,
            "key": masked(self.call.key),
            "status": self.answer.status,
            "code": self.answer.code,
            "msg": self.answer.msg,
            "rules": self.answer.rules,
            "scenario": self.answer.scenario,
            "readings": self.answer.headers.get(DRAWN, ""),
            "task_id": self.task_id,
            "body": text_of(self.call.body),
            "curl": self.curl(url),
        }

    def curl(self, url: str) -> str:
        """The request as a command for a shell."""
        call = self.call
        query = f"?{call.query.decode('latin-1')}" if call.query else ""
        return curl(call.method, url + call.path + query, call.key, call.described(), call.body)


@dataclass(slots=True, kw_only=True, eq=False)
class Attempted:
    """One attempt to deliver one callback, or the last word on one that was never attempted, whose `body` is empty.

    `code` is that of the callback's envelope, `took` in seconds, `size` in bytes, about.
    """

    at: float
    key: str
    task_id: str
    stage: str
    code: int
    number: int
    url: str
    outcome: Outcome
    detail: str
    took: float
    body: bytes = b""
    id: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = OVERHEAD + len(self.body) + len(self.url)

    def shown(self, url: str) -> dict[str, Any]:
        """The entry as JSON, the key masked."""
        return {
            "id": self.id,
            "kind": "attempt",
            "at": self.at,
            "key": masked(self.key),
            "task_id": self.task_id,
            "stage": self.stage,
            "code": self.code,
            "number": self.number,
            "url": masked_url(self.url),
            "outcome": self.outcome,
            "detail": self.detail,
            "took": self.took,
            "body": text_of(self.body),
            "curl": self.curl() if self.body else None,
        }

    def curl(self) -> str:
        """The callback as a command for a shell."""
        return curl("POST", self.url, None, {"Content-Type": "application/json"}, self.body)


Entry = Requested | Attempted


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which entries are meant: those that agree with everything that is given."""

    kind: str | None = None
    key: str | None = None
    task_id: str | None = None
    code: int | None = None
    path: str | None = None
    stage: str | None = None
    outcome: str | None = None

    def __call__(self, entry: Entry) -> bool:
        request = isinstance(entry, Requested)
        return (
            self.kind in (None, "request" if request else "attempt")
            and self.key in (None, entry.key)
            and self.task_id in (None, entry.task_id)
            and self.code in (None, entry.code)
            and self.path in (None, entry.call.path if isinstance(entry, Requested) else None)
            and self.stage in (None, None if isinstance(entry, Requested) else entry.stage)
            and self.outcome in (None, None if isinstance(entry, Requested) else entry.outcome)
        )


def line(entry: Entry) -> str:
    """One entry as one printable line: `-->` what came in, `<--` what went out."""
    text = _request(entry) if isinstance(entry, Requested) else _attempt(entry)
    return printable(text)


def _request(entry: Requested) -> str:
    answer = entry.answer
    code = f"{answer.code} " if answer.code else ""
    said = f"{code}task {answer.task.id}" if answer.task else f"{code}{answer.msg}"
    http = "" if answer.status == 200 else f"HTTP {answer.status}, "
    return f"--> {entry.call.method} {entry.call.path}  {http}{said}"


def _attempt(entry: Attempted) -> str:
    retry = f" (attempt {entry.number})" if entry.number > 1 else ""
    took = "" if entry.outcome is Outcome.UNDELIVERED else f" in {entry.took * 1000:.0f} ms"
    code = "" if entry.code == 200 else f" with code {entry.code}"
    return (
        f"<-- {entry.stage}{code} of {entry.task_id} to {masked_url(entry.url)}{retry}  "
        f"{entry.outcome}{took}: {entry.detail}"
    )
