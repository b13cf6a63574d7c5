"""What the journal holds: requests and attempts, as values, as JSON and as lines of text."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from mock_server.answers import DRAWN, Answer
from mock_server.calls import Call
from mock_server.delivery import Outcome
from mock_server.scenarios import MAGIC
from mock_server.wording import cut, printable


@dataclass(slots=True, eq=False)
class Requested:
    """One request and the answer to it; `shown` writes it out."""

    at: float
    call: Call
    answer: Answer

    @property
    def key(self) -> str | None:
        return self.call.key

    @property
    def task_id(self) -> str | None:
        return self.answer.task.id if self.answer.task else None

    def shown(self) -> dict[str, Any]:
        """The entry as JSON, the key masked. `rules` are the ids of the rules that the request broke."""
        return {
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
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Attempted:
    """One attempt to deliver one callback, or the last word on one that was never attempted.

    `code` is that of the callback's envelope, `took` in seconds.
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

    def shown(self) -> dict[str, Any]:
        """The entry as JSON, the key masked."""
        return {"kind": "attempt", **asdict(self), "key": masked(self.key)}


Entry = Requested | Attempted


def masked(key: str | None) -> str | None:
    """A key that can be shown: magic keys whole, of any other the first three characters."""
    return key if key is None or key.startswith(MAGIC) else f"{key[:3]}…"


def shown_url(url: str) -> str:
    """A callback's URL without a user and password, and not too long."""
    return cut(re.sub(r"//[^/?#]*@", "//...@", url))


def line(entry: Entry) -> str:
    """One entry as one printable line: `-->` what came in, `<--` what went out."""
    text = _request(entry) if isinstance(entry, Requested) else _attempt(entry)
    return printable(text)


def _request(entry: Requested) -> str:
    answer = entry.answer
    said = f"{answer.code} task {answer.task.id}" if answer.task else f"{answer.code} {answer.msg}"
    http = "" if answer.status == 200 else f"HTTP {answer.status}, "
    return f"--> {entry.call.method} {entry.call.path}  {http}{said}"


def _attempt(entry: Attempted) -> str:
    retry = f" (attempt {entry.number})" if entry.number > 1 else ""
    took = f" in {entry.took * 1000:.0f} ms" if entry.took else ""
    code = "" if entry.code == 200 else f" with code {entry.code}"
    return f"<-- {entry.stage}{code} of {entry.task_id} to {entry.url}{retry}  {entry.outcome}{took}: {entry.detail}"
