"""Hooks of mutants that remember earlier messages, or wait."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from contract_tests.mutants.changes import listed, merged
from contract_tests.receiver.http_server import Message

Answer = Callable[[Message, Message], Message]


def late(seconds: float, applies: Callable[[Mapping[str, Any]], bool]) -> Answer:
    """Answers some requests later."""

    def answer(sent: Message, answer: Message) -> Message:
        if isinstance(sent.json, dict) and applies(sent.json):
            threading.Event().wait(seconds)
        return answer

    return answer


def one_task_for(same: Callable[[Message], object]) -> Answer:
    """Gives requests that are the same the taskId of the first of them."""
    given: dict[object, Any] = {}
    return _giving(lambda sent, own: given.setdefault(same(sent), own))


def task_before() -> Answer:
    """Gives every request the taskId of the one before."""
    last: list[Any] = []

    def before(sent: Message, own: Any) -> Any:
        last.append(own)
        return last[-2:][0]

    return _giving(before)


def _giving(given: Callable[[Message, Any], Any]) -> Answer:
    """Answers each request that is accepted with other data, made of the request and its own data."""

    def answer(sent: Message, answer: Message) -> Message:
        value = answer.json
        if not isinstance(value, dict) or value.get("code") != 200:
            return answer
        return answer.with_json({**value, "data": given(sent, value["data"])})

    return answer


def shown_as(statuses: Mapping[str, Mapping[str, Any] | None]) -> Answer:
    """Changes what polling shows of a task with some statuses; None shows no record."""

    def polled(sent: Message, answer: Message) -> Message:
        value = answer.json
        record = value.get("data")
        if not record or record["status"] not in statuses:
            return answer
        changes = statuses[record["status"]]
        return answer.with_json({**value, "data": None if changes is None else merged(record, changes)})

    return polled


def deaf_after(attempts: int) -> Callable[[Message, Message], bool]:
    """Hears 200 for each attempt past so many, whatever the receiver answers."""
    seen: Counter[tuple[str, bytes]] = Counter()

    def acknowledges(callback: Message, answer: Message) -> bool:
        seen[callback.path, callback.body] += 1
        return seen[callback.path, callback.body] > attempts

    return acknowledges


def other_again(changes: Mapping[str, Any]) -> Callable[[Message], list[Message]]:
    """Changes a callback when it is sent again."""
    seen: Counter[tuple[str, bytes]] = Counter()

    def callback(came: Message) -> list[Message]:
        seen[came.path, came.body] += 1
        return [came if seen[came.path, came.body] == 1 else came.with_json(merged(came.json, changes))]

    return callback


def called_as_before() -> Callable[[Message], list[Message]]:
    """Sends a task's callbacks to the URL of the task that was called back before it."""
    urls: list[str] = []

    def callback(came: Message) -> list[Message]:
        if came.path not in urls:
            urls.append(came.path)
        return [replace(came, path=urls[max(urls.index(came.path) - 1, 0)])]

    return callback


def overtaken(stage: str, by: str, seconds: float) -> Callable[[Message], Iterator[Message]]:
    """Sends a stage some seconds after a later one."""
    kept: dict[str, Message] = {}

    def callback(came: Message) -> Iterator[Message]:
        value = came.json
        found = value["data"].get("callbackType") if isinstance(value, dict) else None
        if found == stage:
            kept[came.path] = came
            return
        yield came
        if found == by and came.path in kept:
            threading.Event().wait(seconds)
            yield kept.pop(came.path)

    return callback


class Mixed:
    """Gives the tracks of a task the title of the request before its own."""

    def __init__(self) -> None:
        self._titles: list[Any] = []
        self._before: dict[str, Any] = {}

    def answer(self, sent: Message, answer: Message) -> Message:
        value = answer.json
        if isinstance(value, dict) and value.get("code") == 200 and "title" in sent.json:
            self._titles.append(sent.json["title"])
            self._before[value["data"]["taskId"]] = self._titles[-2:][0]
        return answer

    def callback(self, came: Message) -> list[Message]:
        title = self._before.get(came.json["data"]["task_id"])
        return listed(lambda tracks: [{**track, "title": title or track["title"]} for track in tracks])(came)
