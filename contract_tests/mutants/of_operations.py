"""Mutants of operations beside extend: what is accepted, callbacks and records."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contract_tests.documents.operation import Operation
from contract_tests.documents.published import RECORD_INFO, Published
from contract_tests.mutants.changes import FAKE, GONE, accepts, merged, record
from contract_tests.mutants.proxy import Callback, Mutant
from contract_tests.receiver.http_server import Message

GROUP: Final = "operations"


def of_operations(published: Published) -> Iterator[Mutant]:
    """The mutants of every operation that the profile has."""
    for each in published.operations:
        for rule in each.rules:
            if rule.source != "inferred":
                yield _mutant(each, f"accepts what breaks {rule.id}", rule.id, answer=accepts(rule.id))
        if each.kind == "task":
            yield from _called(each)
        if each.record_path:
            yield from _recorded(each)


def _called(each: Operation) -> Iterator[Mutant]:
    never = "callback.complete" if each.makes_tracks else f"{each.name}.callback"
    yield _mutant(each, "no callback", never, callback=lambda came: [])
    yield _mutant(each, "callbacks with code 418", "callback.code", callback=_changed({"code": 418}))
    yield _mutant(each, "callbacks without msg", "callback.msg", callback=_changed({"msg": GONE}))
    yield _mutant(each, "callbacks of another task", "callback.task_id", callback=_data({"task_id": FAKE}))
    yield _mutant(each, "every callback twice", "callback.once", callback=lambda came: [came, came])
    rules = {told.at[0].split(".")[1]: told.rule for told in each.told if told.of == "callback"}
    for member, rule in rules.items():
        yield _mutant(each, f"callbacks without {member}", rule, callback=_data({member: GONE}))


def _recorded(each: Operation) -> Iterator[Mutant]:
    (status,) = each.status
    changes: Mapping[str, tuple[Mapping[str, Any], str]] = {
        "the record of another": ({"taskId": FAKE}, "polling.taskId"),
        "a record without a taskId": ({"taskId": GONE}, f"{each.name}.record"),
        "a record that goes on": ({status: each.running[0]}, f"{each.name}.record.status"),
        "a record with another word": ({status: "DONE"}, f"{each.name}.record.word"),
        "a record without what it tells": ({"response": None}, next(it.rule for it in each.told if it.of == "record")),
    }
    for name, (change, by) in changes.items():
        yield _mutant(each, name, by, polled=record(change))


def _mutant(each: Operation, name: str, by: str, **hooks: Any) -> Mutant:
    return Mutant(
        name=f"{each.name}: {name}",
        group=GROUP,
        by=by,
        path=each.path,
        record=each.record_path or RECORD_INFO,
        operation=each.name,
        **hooks,
    )


def _changed(changes: Mapping[str, Any]) -> Callback:
    return lambda came: [_with(came, changes)]


def _data(changes: Mapping[str, Any]) -> Callback:
    return lambda came: [_with(came, {"data": merged(came.json["data"], changes)})]


def _with(came: Message, changes: Mapping[str, Any]) -> Message:
    return came.with_json(merged(came.json, changes))
