"""One run against one target: the probes in order of cost, then the callbacks and the records, then the verdicts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from contract_tests.courses import STAGES, Course, Finding
from contract_tests.exchanges import Exchange
from contract_tests.judging import answer_findings, callback_findings, failed_record_findings, record_findings
from contract_tests.observing import observed
from contract_tests.oracle import Oracle
from contract_tests.probes import Probes
from contract_tests.published import Published
from contract_tests.receiver import Receiver
from contract_tests.requests import Probe, Track
from contract_tests.target import Silent, Spent, Target
from contract_tests.triggers import CALLBACK, Trigger, triggered

QUIET: Final = 0.2
"""Seconds without a callback after which no more are expected."""


class Verdict(StrEnum):
    """What is known of a rule. `not_tried` is never a pass; `observed` is how the target reads an open question."""

    PASSED = "passed"
    VIOLATED = "violated"
    NOT_TRIED = "not_tried"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict of one probe on one rule. `why` says why it was not tried, or what was observed; `timeline` holds
    the seconds after the request at which the answer and each callback came."""

    rule: str
    verdict: Verdict
    probe: Probe | None = None
    why: str = ""
    findings: tuple[Finding, ...] = ()
    exchange: Exchange | None = None
    timeline: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is about. `only` is a pattern of rule ids; `callback_timeout` in seconds. Where the target cannot
    reach the receiver, the run does not listen, and polls for the end of each task. `retries`: wait for callbacks that
    are sent again."""

    published: Published
    tracks: tuple[Track, ...]
    only: str = "*"
    bad_key: bool = True
    callback_timeout: float = 30.0
    triggers: tuple[Trigger, ...] = ()
    listens: bool = True
    retries: bool = False

    def probes(self) -> Iterator[Probe]:
        """The probes that are asked for, free ones first."""
        probes = Probes(self.published, self.tracks)
        deliveries = probes.deliveries() if self.retries else ()
        for probe in (*probes, *triggered(self.triggers, probes.request({})), *deliveries):
            if fnmatchcase(probe.rule, self.only):
                yield probe

    def not_provoked(self) -> list[str]:
        """The documented codes that neither a request nor a trigger brings about."""
        tried = {probe.rule for probe in self.probes()} | {f"code.{code}" for code in (200, 401, 404, 422)}
        codes = [f"code.{code}" for code in self.published.codes]
        codes += [f"code.{CALLBACK}{code}" for code in self.published.callback_codes if code != 200]
        return [code for code in codes if code not in tried and fnmatchcase(code, self.only)]


class Run:
    """Sends a plan's probes and judges what comes. `told` hears every result as it is known."""

    def __init__(
        self, plan: Plan, target: Target, receiver: Receiver, told: Callable[[Result], object] = lambda result: None
    ) -> None:
        self._plan = plan
        self._target = target
        self._receiver = receiver
        self._told = told
        self._oracle = Oracle(plan.published.document)
        self._callback_oracle = Oracle(plan.published.callback_document)
        self._refused: dict[str, tuple[Probe, Exchange]] = {}
        self._accepted: dict[str, tuple[Probe, Exchange]] = {}

    def results(self) -> list[Result]:
        """Everything, in the order in which it was known."""
        found: list[Result] = []
        for result in self._course():
            found.append(result)
            self._told(result)
        return found

    def _course(self) -> Iterator[Result]:
        for number, probe in enumerate(self._plan.probes()):
            yield from self._probed(probe, self._receiver.url(f"{number}", probe.answers))
        for code in self._plan.not_provoked():
            yield Result(rule=code, verdict=Verdict.NOT_TRIED, why="no --trigger says how the target is brought to it")
        if self._plan.listens:
            self._settle()
        yield from self._silent_refusals()
        courses = [course for url in self._accepted if (course := self._followed(url)) is not None]
        for course in courses:
            for result in self._followed_up(course):
                yield replace(result, timeline=course.timeline())
        yield from self._strays()
        refusals = [exchange for probe, exchange in self._refused.values() if probe.method == "POST"]
        for each in observed(refusals, courses):
            yield Result(rule=each.question, verdict=Verdict.OBSERVED, why=" and ".join(each.readings))

    def _settle(self) -> None:
        """Wait for the callbacks that are owed, and then for quiet."""
        owing = {
            url: len(STAGES) + len(probe.answers)
            for url, (probe, _) in self._accepted.items()
            if probe.expected.accepted and not probe.fails
        }
        self._receiver.settle(owing, self._plan.callback_timeout)
        self._receiver.quiet(QUIET, self._plan.callback_timeout)

    def _followed_up(self, course: Course) -> Iterator[Result]:
        """The verdicts on the callbacks of one course and on its record, or on its record alone."""
        published = self._plan.published
        if self._plan.listens:
            findings = tuple(callback_findings(course, published, self._callback_oracle))
            yield from _judged(course.probe, course.exchange, findings, rule="callbacks")
            return
        fails = course.probe.fails
        record = record_findings(course, published) if fails is None else failed_record_findings(course, fails)
        yield from _judged(course.probe, course.exchange, record, rule="polling")
        why = "no --callback-url: the target cannot reach the receiver"
        yield Result(rule="callbacks", probe=course.probe, verdict=Verdict.NOT_TRIED, why=why)

    def _strays(self) -> Iterator[Result]:
        """Callbacks that came where none was to come."""
        if self._receiver.stray:
            strays = [f"{each.method} {each.target}" for each in self._receiver.stray[:5]]
            finding = Finding(rule="callback.url", expected="the callBackUrl to the letter", got=", ".join(strays))
            yield _violated(finding.rule, None, (finding,), None)

    def _probed(self, probe: Probe, url: str) -> Iterator[Result]:
        if probe.key == "bad" and not self._plan.bad_key:
            yield Result(rule=probe.rule, probe=probe, verdict=Verdict.NOT_TRIED, why="the target takes any key")
            return
        try:
            exchange = self._target.send(probe, url)
        except (Spent, Silent) as reason:
            why = f"budget: {reason}" if isinstance(reason, Spent) else str(reason)
            yield Result(rule=probe.rule, probe=probe, verdict=Verdict.NOT_TRIED, why=why)
            return
        if probe.question:
            yield _reading(probe, exchange)
        findings = tuple(answer_findings(probe, exchange, self._plan.published, self._oracle))
        yield from _judged(probe, exchange, findings)
        (self._accepted if exchange.code == 200 else self._refused)[url] = (probe, exchange)

    def _silent_refusals(self) -> Iterator[Result]:
        """A refusal calls nobody back."""
        for url, (probe, exchange) in self._refused.items():
            arrivals = self._receiver.arrived(url)
            if arrivals:
                got = arrivals[0].body[:200].decode(errors="replace")
                finding = Finding(rule="refusal.callback", expected="no callback after a refusal", got=got)
                yield _violated(finding.rule, probe, (finding,), exchange)

    def _followed(self, url: str) -> Course | None:
        """What came of an accepted request; None where it should not have been accepted."""
        probe, exchange = self._accepted[url]
        if exchange.task_id is None or not probe.expected.accepted:
            return None
        within = 0.0 if self._plan.listens else self._plan.callback_timeout
        record = self._target.finished(exchange.task_id, within)
        arrivals = self._receiver.arrived(url)
        return Course(probe=probe, exchange=exchange, url=url, arrivals=arrivals, record=record)


def _reading(probe: Probe, exchange: Exchange) -> Result:
    """How the target reads the question that a probe asks."""
    accepted = exchange.code == 200
    reading = next((name for name, accepts in probe.readings.items() if accepts is accepted), "neither")
    return Result(rule=probe.question, probe=probe, verdict=Verdict.OBSERVED, why=reading, exchange=exchange)


def _judged(probe: Probe, exchange: Exchange, findings: Iterable[Finding], rule: str = "") -> Iterator[Result]:
    """The rule of the probe passed, unless something is wrong; every other rule that is broken is a result too."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for broken, found in by_rule.items():
        yield _violated(broken, probe, tuple(found), exchange)
    if not by_rule:
        yield Result(rule=rule or probe.rule, probe=probe, verdict=Verdict.PASSED, exchange=exchange)


def _violated(rule: str, probe: Probe | None, findings: tuple[Finding, ...], exchange: Exchange | None) -> Result:
    return Result(rule=rule, probe=probe, verdict=Verdict.VIOLATED, findings=findings, exchange=exchange)
