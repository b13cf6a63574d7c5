"""What a recording tells of what was spent, so that the proxy goes on with it. Pure but for reading the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contract_tests.recording.message import NOT_HANDED_ON, REQUEST, Message
from contract_tests.recording.read import Reader, target_of
from contract_tests.target.exchange import NOT_SENT

TASK: Final = ("taskId", "task_id")
REFUSED: Final = frozenset(range(400, 500)) - {408, 499}
"""Codes after which no task was started. Of a request that took too long, or whose client was gone, nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What passed before this start. `spent` is how many tasks may have started, `last` the number of the last message,
    `ends` are the seconds from the begin of the recording until now, `keys` is how many keys were told apart, `budget`
    how many tasks may start in all, None for any number, and `tasks` has the number of the request that started each.
    `fault` says why the file cannot be read to its end."""

    target: str = ""
    spent: int = 0
    last: int = 0
    ends: float = 0.0
    keys: int = 0
    budget: int | None = None
    tasks: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""


NOTHING: Final = Before()


def ledger(path: Path, now: datetime) -> Before:
    """What a recording holds. A request that was about to be sent, and of which nothing more is there, counts as a
    task. Raises NoRecording, OSError."""
    reader = Reader(path)
    spent = last = keys = 0
    ends = _since(reader.about.get("date"), now)
    tasks: dict[str, int] = {}
    for message in reader.each():
        last, keys, ends = max(last, message.number), max(keys, message.key), max(ends, message.at + message.took)
        if message.kind == REQUEST and message.method == "POST" and not message.error.startswith(NOT_HANDED_ON):
            spent += may_have_started(message)
            if message.status and (task := message.exchange("").task_id) is not None:
                tasks.setdefault(task, message.number)
    return Before(
        target=target_of(reader.about),
        spent=spent + len(reader.sending),
        last=max(last, *reader.sending, 0),
        ends=ends,
        keys=keys,
        budget=reader.budget,
        tasks=tasks,
        fault=reader.fault,
    )


def _since(date: object, now: datetime) -> float:
    try:
        begun = datetime.fromisoformat(str(date))
        return max(0.0, (now - (begun if begun.tzinfo else begun.replace(tzinfo=UTC))).total_seconds())
    except (ValueError, OverflowError):
        return 0.0


def may_have_started(message: Message) -> int:
    """How many tasks a POST may have cost: 1 unless the server refused it, or was not reached."""
    exchange = message.exchange("")
    if message.error.startswith(NOT_SENT):
        return 0
    data = exchange.record
    names_a_task = isinstance(data, dict) and any(data.get(name) for name in TASK)
    code = message.status if exchange.code is None else exchange.code
    return int(names_a_task or code not in REFUSED)
