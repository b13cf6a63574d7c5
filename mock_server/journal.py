"""A bounded record of what came in and what went out."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from mock_server.answers import Answer
from mock_server.calls import Call
from mock_server.delivery import Outcome
from mock_server.scenarios import MAGIC

ENTRIES_KEPT: Final = 10_000


@dataclass(slots=True, eq=False)
class Requested:
    """One request and the answer to it; `shown` writes it out."""

    at: float
    call: Call
    answer: Answer

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
            "task_id": self.task_id,
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Attempted:
    """One attempt to deliver one callback, or the last word on one that was never attempted. `took` in seconds."""

    at: float
    task_id: str
    stage: str
    number: int
    url: str
    outcome: Outcome
    detail: str
    took: float

    def shown(self) -> dict[str, Any]:
        return {"kind": "attempt", **asdict(self)}


Entry = Requested | Attempted


class Journal:
    """The newest entries. `dropped` counts the older ones that were forgotten."""

    def __init__(self, listener: Callable[[Entry], None] | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self._listener = listener
        self.dropped = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def record(self, entry: Entry) -> None:
        if len(self._entries) == ENTRIES_KEPT:
            self.dropped += 1
        self._entries.append(entry)
        if self._listener is not None:
            self._listener(entry)


def masked(key: str | None) -> str | None:
    """A key that can be shown: magic keys whole, of any other the first three characters."""
    return key if key is None or key.startswith(MAGIC) else f"{key[:3]}…"
