"""Records of the state as JSON, and back. Pure.

Nothing but JSON's own values is written, so that no file can make this program do anything but read them. Bytes are
written as the characters of their numbers, and a speed as text, for JSON has no infinity.
"""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any, Final

import orjson

from mock_server.contract.scenarios import Step
from mock_server.contract.source_tracks import Track
from mock_server.domain.accounts import Account, Window
from mock_server.domain.owed import Owed, receiver_of
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.timeline import Planned
from mock_server.state.faults import Broken, Fault

ANY: Final = b" "
"""What the JSON begins with that orjson does not write: of whole numbers beyond 64 bits and of half a surrogate."""
BYTES: Final = "latin-1"
TASK: Final = TaskRecord._fields
OWED: Final = Owed._fields[:-2]
"""What is read of a callback that is owed, in order; behind it are its receiver, which is not written, and its plan."""
FAULT: Final = tuple(each.name for each in fields(Fault) if each.name != "answer")


def packed(value: Any) -> bytes:
    """A value as JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return ANY + json.dumps(value).encode()


def unpacked(text: bytes) -> Any:
    """The value of what `packed` wrote. Raises ValueError for anything else."""
    return json.loads(text) if text.startswith(ANY) else orjson.loads(text)


def of_account(account: Account) -> dict[str, Any]:
    return {
        "credits": account.credits,
        "requests": account.requests,
        "window": list(account.window.recent),
        "refunds": account.refunds,
        "queued": list(account.queued),
        "standing": account.standing,
        "made": list(account.made),
    }


def account(value: Mapping[str, Any]) -> Account:
    return Account(
        credits=value["credits"],
        requests=value["requests"],
        window=window(value["window"]),
        refunds=[(due, credits) for due, credits in value["refunds"]],
        queued=deque(value["queued"]),
        standing=value["standing"],
        made=dict.fromkeys((operation, name) for operation, name in value["made"]),
    )


def window(moments: list[float]) -> Window:
    return Window(recent=deque(moments))


def of_track(track: Track) -> dict[str, Any]:
    return {name: getattr(track, name) for name in Track.__slots__}


def of_task(record: TaskRecord) -> dict[str, Any]:
    value = record._asdict()
    value["body"] = record.body.decode(BYTES)
    value["source"] = None if record.source is None else of_track(record.source)
    value["readings"] = "\n".join(record.readings)
    value["speed"] = str(record.speed)
    return value


def task(value: dict[str, Any]) -> TaskRecord:
    """The task of a record, which is changed: a copy of each takes long where there are many."""
    source = value["source"]
    value["body"] = value["body"].encode(BYTES)
    value["source"] = None if source is None else _track(**source)
    value["readings"] = _readings(value["readings"])
    value["speed"] = float(value["speed"])
    value["tracks"] = tuple(value["tracks"])
    if (*value,) == TASK:  # in a third of the time
        return TaskRecord._make(value.values())
    return TaskRecord(**value)


@lru_cache(maxsize=1024, typed=True)  # 60 and 60.0 are equal, and written differently
def _track(**value: Any) -> Track:
    return Track(**value)


@lru_cache(maxsize=1024)
def _readings(names: str) -> tuple[str, ...]:
    return tuple(names.split("\n"))


def owed_id(owed: Owed) -> str:
    """What tells one owed callback from all others, the time first: what is written together stands together then."""
    return f"{owed.due!r} {owed.created!r} {owed.task_id} {owed.chain} {owed.position} {owed.retries}"


def of_owed(owed: Owed) -> dict[str, Any]:
    value = owed._asdict()
    del value["receiver"]
    value["planned"] = _of_plan(owed.planned)
    return value


def owed(value: dict[str, Any]) -> Owed:
    """What is owed by a record, which is changed, too."""
    receiver, planned = receiver_of(value["url"]), _plan(value.pop("planned"))
    if (*value,) == OWED:
        return Owed._make((*value.values(), receiver, planned))
    return Owed(receiver=receiver, planned=planned, **value)


@lru_cache(maxsize=1024)
def _of_plan(planned: tuple[Planned, ...]) -> str:
    return json.dumps([[each.after, asdict(each.step), each.code] for each in planned])


@lru_cache(maxsize=1024)
def _plan(text: str) -> tuple[Planned, ...]:
    return tuple(Planned(after, Step(**step), code) for after, step, code in json.loads(text))


def of_fault(fault: Fault) -> dict[str, Any]:
    return {"answer": fault.answer, **{name: getattr(fault, name) for name in FAULT}}


def fault(value: Mapping[str, Any]) -> Fault:
    answer = value["answer"]
    return Fault(**{**value, "answer": None if answer is None else Broken(answer)})
