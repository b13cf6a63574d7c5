"""A state machine of tasks side by side: they are started, polled and refused, and the receiver may fail at first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, precondition, rule
from hypothesis.strategies import SearchStrategy

from contract_tests.probes.request import ACCEPTED, STAGES, Probe, Reply, probe
from contract_tests.probes.strategies import Broken, Request, valid_probe
from contract_tests.run.due import LAG, owed_until
from contract_tests.suites.world import World
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.callbacks import callback_findings
from contract_tests.verdicts.course import Course, finding
from contract_tests.verdicts.polling import credits_findings
from contract_tests.verdicts.unasked import silence_findings

QUIET: Final = 0.05
"""Seconds without a callback after which none of a refusal is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One accepted request."""

    probe: Probe
    exchange: Exchange
    url: str

    @property
    def id(self) -> str:
        return self.exchange.task_id or ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Setting:
    """What all lifecycles of a session share. `ids` are those of all its tasks, each of them new."""

    world: World
    valid: SearchStrategy[Request]
    broken: SearchStrategy[Broken]
    ids: list[str] = field(default_factory=list)


class Lifecycle(RuleBasedStateMachine):
    """Tasks in any order of events. Each rule and the end check what must hold then."""

    tasks: Bundle[Task] = Bundle("tasks")

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting, self.world = setting, setting.world
        self._started: list[Task] = []
        self._refused: list[str] = []
        self._status: dict[str, int] = {}
        self._credits = self.world.credits()

    @rule(target=tasks, body=st.runner().flatmap(lambda machine: machine.setting.valid))
    def start(self, body: Request) -> Task:
        return self._start(valid_probe(body))

    @precondition(lambda self: self.world.plan.retries)
    @rule(target=tasks, body=st.runner().flatmap(lambda machine: machine.setting.valid))
    def start_while_the_receiver_fails(self, body: Request) -> Task:
        says = "the receiver answers the first callback with 500"
        return self._start(probe("delivery.retry", says, body, ACCEPTED, replies=(Reply(500),)))

    @rule(broken=st.runner().flatmap(lambda machine: machine.setting.broken))
    def refuse(self, broken: Broken) -> None:
        url, _ = self.world.sent(broken.probe)
        self._refused.append(url)

    @rule(task=tasks)
    def poll(self, task: Task) -> None:
        """Statuses only move forward, and are never behind the callbacks."""
        called = self._course(task, None).stages()
        record = self._record(task)
        before = self._status.get(task.id)
        status = record.get("status") if record else None
        if status is None and before is None and not called:
            return  # the record of a fresh task may not be there yet
        words = self.world.published.terms.statuses
        if status not in words:
            self._deviates("polling.word", f"one of {', '.join(words)}", status)
            return
        now = words.index(str(status))
        called_as = max((STAGES.index(stage) + 1 for stage in called if stage in STAGES), default=0)
        if before is not None and now < before:
            self._deviates("polling.forward", f"{words[before]} or later", status)
        if now < called_as:
            self._deviates("polling.step", f"{words[called_as]} or later", status)
        self._status[task.id] = now

    @rule(task=tasks, callbacks=st.integers(1, len(STAGES)))
    def wait(self, task: Task, callbacks: int) -> None:
        self.world.receiver.settle({task.url: callbacks}, self.world.plan.callback_timeout)

    @precondition(lambda self: self._credits is not None)
    @rule()
    def count_credits(self) -> None:
        left = self.world.credits()
        self.world.conforms(credits_findings(self._credits, left))
        self._credits = left

    def teardown(self) -> None:
        """Every task has had its callbacks, polling agrees with them, and no refusal was called back."""
        receiver, timeout = self.world.receiver, self.world.plan.callback_timeout
        failures = self.world.published.failing_callbacks
        receiver.until({task.url: partial(owed_until, task.probe, failures) for task in self._started}, timeout)
        receiver.quiet(QUIET, timeout)
        for task in self._started:
            course = self._course(task, self._last_record(task))
            findings = callback_findings(course, self.world.published)
            self.world.conforms(findings, task.probe, task.exchange)
        for url in self._refused:
            self.world.conforms(silence_findings(receiver.arrived(url)))

    def _start(self, probe: Probe) -> Task:
        url, exchange = self.world.sent(probe)
        task = Task(probe=probe, exchange=exchange, url=url)
        if task.id in [other.id for other in self._started]:
            self._deviates("answer.taskId.fresh", "an id of its own", task.id)
        self.setting.ids.append(task.id)
        self._started.append(task)
        return task

    def _record(self, task: Task) -> Mapping[str, Any] | None:
        record = self.world.target.poll(task.id).record
        return record if isinstance(record, dict) else None

    def _last_record(self, task: Task) -> Mapping[str, Any] | None:
        """The record once it has come to its end: polling may be behind the callbacks."""
        record = self.world.target.followed(task.id, LAG, every=LAG / 8)[-1].record
        return record if isinstance(record, dict) else None

    def _course(self, task: Task, record: Mapping[str, Any] | None) -> Course:
        arrivals = self.world.receiver.arrived(task.url)
        return Course(probe=task.probe, exchange=task.exchange, url=task.url, arrivals=arrivals, record=record)

    def _deviates(self, rule: str, expected: str, got: Any) -> None:
        self.world.conforms([finding(rule, expected, got)])
