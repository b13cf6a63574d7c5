"""Finds what is wrong with answers, callbacks and records of operations beside extend. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.operation import Operation
from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.answers import SOON, envelope_findings, shown
from contract_tests.verdicts.course import Finding, finding, notation

KINDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "text": lambda value: isinstance(value, str) and value != "",
    "url": lambda value: str(value).startswith(("http://", "https://")),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
"""By the kind of a value: whether it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came for an accepted request: callbacks in order, and the record at the end. `heard` says whether callbacks
    could come, `polled` whether there is a record to ask for."""

    operation: Operation
    exchange: Exchange
    arrivals: Sequence[Arrival]
    record: Any
    heard: bool = True
    polled: bool = True

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        bodies = [parsed(arrival.body) for arrival in self.arrivals]
        return [body for body in bodies if isinstance(body, dict)]

    @property
    def code(self) -> Any:
        """The code of the last callback, of a record alone its errorCode; None where nothing tells one."""
        if self.bodies:
            return self.bodies[-1].get("code")
        status, operation = self.status, self.operation
        failed = status not in (None, operation.success, operation.lost, *operation.running)
        return self.record.get("errorCode") or "none" if failed and isinstance(self.record, dict) else None

    @property
    def status(self) -> Any:
        found = values(self.record, self.operation.status)
        return found[0] if found else None

    @property
    def late(self) -> bool:
        """Whether it goes on, as polling says."""
        return not self.bodies and self.status in self.operation.running


def values(tree: Any, places: Iterable[str]) -> list[Any]:
    """What stands at the first of the places where anything stands. `*` is every item of a list: what an item does not
    have is None."""
    return next(filter(None, (_standing(tree, place.split(".")) for place in places)), [])


def _standing(tree: Any, names: Sequence[str]) -> list[Any]:
    if not names:
        return [tree]
    first, *rest = names
    if first == "*":
        items = tree if isinstance(tree, list) else []
        return [value for item in items for value in _standing(item, rest) or [None]]
    return _standing(tree[first], rest) if isinstance(tree, dict) and first in tree else []


def reply_findings(
    probe: Probe, exchange: Exchange, operation: Operation, terms: Terms = DOCUMENTED
) -> Iterator[Finding]:
    """What is wrong with an answer: its form, and what it decided."""
    if exchange.error:
        yield finding("answer.given", "an answer", exchange.error)
        return
    if (took := exchange.answered - exchange.started) > SOON:
        yield finding("answer.soon", f"an answer within {SOON:g} s", f"one after {took:.1f} s")
    yield from envelope_findings(exchange, terms)
    if exchange.code is None:
        return
    accepted = probe.expected.accepted
    if not accepted and not terms.errors.isdisjoint({exchange.status, exchange.code}):
        yield finding("refusal.server_error", "a refusal", shown(exchange))
    if exchange.code not in probe.expected.codes:
        wanted = " or ".join(map(str, sorted(probe.expected.codes)))
        yield finding(probe.rule, f"code {wanted}, because {probe.says}", shown(exchange))
    if exchange.code == 200:
        yield from _accepted_findings(exchange, operation)
    elif probe.expected.codes != {terms.exists} and exchange.task_id is not None:
        yield finding("refusal.taskId", "no taskId in a refusal", shown(exchange))


def _accepted_findings(exchange: Exchange, operation: Operation) -> Iterator[Finding]:
    if operation.kind == "task":
        if exchange.task_id is None:
            yield finding("answer.taskId", "data.taskId, a text", shown(exchange))
        return
    yield from _told_findings(operation, "answer", exchange.record)
    yield from _member_findings(operation, "answer", exchange.record)


def left_open(outcome: Outcome) -> str:
    """Why a task tells nothing of the target: it failed as documented, or goes on; empty where it does tell."""
    if outcome.code == "none" or (outcome.code != 200 and outcome.code in outcome.operation.codes):
        return f"failed at the target: code {outcome.code}"
    return f"late: polling still shows {outcome.status}" if outcome.late else ""


def _went_well(outcome: Outcome) -> bool:
    return outcome.code in (None, 200)


def callback_findings(outcome: Outcome) -> Iterator[Finding]:
    """What is wrong with the callbacks of a task."""
    operation = outcome.operation
    if not outcome.arrivals and not outcome.late:
        yield finding(f"{operation.name}.callback", "a callback", "none")
    for number, arrival in enumerate(outcome.arrivals):
        if number and arrival.body == outcome.arrivals[number - 1].body:
            yield finding("callback.once", "one callback, it was answered with 200", "the same again")
        yield from _arrival_findings(outcome, arrival)


def _arrival_findings(outcome: Outcome, arrival: Arrival) -> Iterator[Finding]:
    body, operation = parsed(arrival.body), outcome.operation
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    if arrival.method != "POST":
        yield finding("callback.method", "POST", arrival.method)
    if not headers.get("content-type", "").lower().startswith("application/json"):
        yield finding("callback.contentType", "application/json", headers.get("content-type", "none"))
    if not isinstance(body, dict):
        yield finding("callback.json", "a JSON object", arrival.body[:200].decode(errors="replace"))
        return
    if not isinstance(body.get("msg"), str) or not body["msg"]:
        yield finding("callback.msg", "msg, a text that is not empty", body.get("msg"))
    code, whom = body.get("code"), values(body, operation.of_whom)
    failed = code != 200
    if code not in operation.codes:
        yield finding("callback.code", f"one of {', '.join(map(str, operation.codes))}", code)
    if whom != [outcome.exchange.task_id]:
        rule = "failure.task_id" if failed else "callback.task_id"
        yield finding(rule, f"the taskId of the answer, {outcome.exchange.task_id}", whom[0] if whom else None)
    if not failed:
        yield from _told_findings(operation, "callback", body)
        yield from _member_findings(operation, "callback", body.get("data"))


def record_findings(outcome: Outcome) -> Iterator[Finding]:
    """What is wrong with the record of a task, and where it contradicts the callback."""
    operation, record = outcome.operation, outcome.record
    if not isinstance(record, dict) or record.get("taskId") in (None, ""):
        yield finding(f"{operation.name}.record", "the task's record, with its taskId", record)
        return
    if record["taskId"] != outcome.exchange.task_id:
        yield finding("polling.taskId", f"{outcome.exchange.task_id}", record["taskId"])
    if not outcome.late:
        yield from _ended_findings(outcome)


def _ended_findings(outcome: Outcome) -> Iterator[Finding]:
    operation, record, status = outcome.operation, outcome.record, outcome.status
    if status not in operation.words:
        yield finding(f"{operation.name}.record.word", f"one of {', '.join(operation.words)}", status)
    if not _went_well(outcome):
        if status == operation.success:
            yield finding("failure.status", "a status that says that the task failed", status)
        return
    if status in operation.words and status not in (operation.success, operation.lost):
        yield finding(f"{operation.name}.record.status", f"{operation.success} after the callback", status)
    yield from _told_findings(operation, "record", record) if status == operation.success else ()
    yield from _member_findings(operation, "record", record)
    yield from _contradictions(outcome)


def _contradictions(outcome: Outcome) -> Iterator[Finding]:
    operation, record = outcome.operation, outcome.record
    if outcome.bodies and operation.agrees:
        rule, recorded, called = operation.agrees
        told, polled = values(outcome.bodies[-1], called), values(record, recorded)
        if told and polled and told != polled:
            yield finding(rule, f"as the callback, {notation(told, 200)}", notation(polled, 200))


def _told_findings(operation: Operation, message: str, tree: Any) -> Iterator[Finding]:
    for told in operation.told:
        place, excused = told.unless
        if told.of == message and not (place and any(value in excused for value in values(tree, [place]))):
            found = values(tree, told.at)
            if (told.needed and not found) or not all(KINDS[told.kind](value) for value in found):
                yield finding(told.rule, f"{told.kind} at {' or '.join(told.at)}", found)


def _member_findings(operation: Operation, message: str, data: Any) -> Iterator[Finding]:
    members = operation.members.get(message, ())
    told = data if isinstance(data, dict) else {}
    if missing := [name for name in members if name not in told]:
        yield finding(f"{operation.name}.{message}.members", ", ".join(members), f"nothing of {', '.join(missing)}")
