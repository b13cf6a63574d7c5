"""The journal's entries: requests and attempts, as values, as JSON, as lines of text and as curls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.contract.scenarios import STAGES
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import printable
from mock_server.domain.answer import BLOCKED, DRAWN, Answer
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.call import Call
from mock_server.domain.curl import curl, text_of
from mock_server.domain.masking import masked, masked_url
from mock_server.domain.owed import Owed

OVERHEAD: Final = 1024
"""Bytes that an entry takes beside its body, about."""


@dataclass(slots=True, eq=False)
class Requested:
    """One request and what is worth knowing of the answer, but not its body; `shown` writes it out. `code` is that of
    the envelope, `rules` are the ids of the rules that the request broke, `readings` what was drawn for it, `callback`
    what is known of its callbacks beforehand; `size` in bytes, about; `id` counts the journal's entries."""

    at: float
    call: Call
    status: int
    code: int
    msg: str
    rules: tuple[str, ...]
    scenario: str
    readings: str
    task_id: str | None
    callback: str = ""
    id: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = OVERHEAD + self.call.size + len(self.msg)

    @classmethod
    def answered(cls, at: float, call: Call, answer: Answer) -> "Requested":
        """The entry for an answer."""
        headers = answer.headers
        drawn, blocked = (headers.get(DRAWN, ""), headers.get(BLOCKED, "")) if headers else ("", "")
        task_id = None if answer.record is None else answer.record.id
        return cls(
            at, call, answer.status, answer.code, answer.msg, answer.rules, answer.scenario, drawn, task_id, blocked
        )

    @classmethod
    def downloaded(cls, at: float, call: Call, status: int, msg: str) -> "Requested":
        """The entry for media, which have no envelope, so that its code is 0."""
        return cls(at, call, status, 0, msg, (), "", "", None)

    @property
    def key(self) -> str | None:
        return self.call.key

    def shown(self, url: str) -> dict[str, Any]:
        """The entry as JSON, the key masked; `url` is the mock's own base URL."""
        return {
            "id": self.id,
            "kind": "request",
            "at": self.at,
            "method": self.call.method,
            "path": self.call.path,
            "key": masked(self.call.key),
            "status": self.status,
            "code": self.code,
            "msg": self.msg,
            "rules": self.rules,
            "scenario": self.scenario,
            "readings": self.readings,
            "task_id": self.task_id,
            "callback": self.callback,
            "body": text_of(self.call.body),
            "curl": self.curl(url),
            "line": line(self),
        }

    def curl(self, url: str) -> str:
        """The request as a command for a shell; `url` is the mock's own base URL."""
        call = self.call
        return curl(call.method, (call.base_url or url) + call.target, call.key, call.described(), call.body)


@dataclass(slots=True, kw_only=True, eq=False)
class Attempted:
    """One attempt to deliver one callback, or the last word on one that was never attempted, whose `body` is empty.

    `code` is that of the callback's envelope, `took` in seconds, `size` in bytes, about. `redelivered`: somebody asked
    for it once more.
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
    redelivered: bool = False
    id: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = OVERHEAD + len(self.body) + len(self.url)

    @classmethod
    def ended(
        cls, owed: Owed, at: float, attempt: Attempt, body: bytes = b"", *, redelivered: bool = False
    ) -> "Attempted":
        """The entry for an attempt at the callback that is owed next."""
        return cls(
            at=at,
            key=owed.key,
            task_id=owed.task_id,
            stage=owed.step.stage,
            code=owed.code,
            number=owed.retries + 1,
            redelivered=redelivered,
            url=owed.url,
            body=body,
            outcome=attempt.outcome,
            detail=attempt.detail,
            took=attempt.took,
        )

    @classmethod
    def undelivered(cls, owed: Owed, at: float, why: str) -> "list[Attempted]":
        """The entries that say that what is left of a task's callbacks is not delivered."""
        entries = []
        while not owed.ended:
            entries.append(cls.ended(owed, at, Attempt(outcome=Outcome.UNDELIVERED, detail=why, took=0.0)))
            owed = owed.turned()
        return entries

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
            "redelivered": self.redelivered,
            "url": masked_url(self.url),
            "outcome": self.outcome,
            "detail": self.detail,
            "took": self.took,
            "body": text_of(self.body),
            "curl": self.curl() if self.body else None,
            "line": line(self),
        }

    def curl(self) -> str:
        """The callback as a command for a shell."""
        return curl("POST", self.url, None, {"Content-Type": "application/json"}, self.body)


Entry = Requested | Attempted
VALUES: Final[Mapping[str, Sequence[str]]] = {
    "kind": ("request", "attempt"),
    "stage": STAGES,
    "outcome": tuple(Outcome),
}
"""The values that a field of an entry can have, where they are few."""


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

    @classmethod
    def of(cls, **fields: Any) -> "Match":
        """A match. Raises BadSetting for a field or a value that no entry has."""
        for name, value in fields.items():
            if name not in cls.__slots__:
                raise unknown("field of an entry", name, cls.__slots__)
            if name in VALUES and value is not None and value not in VALUES[name]:
                raise unknown(name, value, VALUES[name])
        code = fields.get("code")
        if code is not None and type(code) is not int:
            raise BadSetting(f"code is {code!r}. Allowed: a whole number.")
        return cls(**fields)

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
    code = f"{entry.code} " if entry.code else ""
    said = f"{code}task {entry.task_id}" if entry.task_id else f"{code}{entry.msg}"
    http = "" if entry.status == 200 else f"HTTP {entry.status}, "
    callback = f", callbacks {entry.callback}" if entry.callback else ""
    return f"--> {entry.call.method} {entry.call.path}  {http}{said}{callback}"


def _attempt(entry: Attempted) -> str:
    again = " (once more)" if entry.redelivered else f" (attempt {entry.number})" if entry.number > 1 else ""
    took = "" if entry.outcome is Outcome.UNDELIVERED else f" in {entry.took * 1000:.0f} ms"
    code = "" if entry.code == 200 else f" with code {entry.code}"
    return (
        f"<-- {entry.stage}{code} of {entry.task_id} to {masked_url(entry.url)}{again}  "
        f"{entry.outcome}{took}: {entry.detail}"
    )
