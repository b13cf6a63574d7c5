"""The result of a run: the verdict of one probe on one rule. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from contract_tests.documents import rules
from contract_tests.documents.files import Citation
from contract_tests.documents.rules import Registry
from contract_tests.probes.request import Probe
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Finding

FINDINGS: Final = 20
"""Findings of one rule in one probe that are told."""
NOWHERE: Final = Citation()


class Verdict(StrEnum):
    """What is known of a rule. `not_tried` is never a pass; `observed` is how the target reads an open question."""

    PASSED = "passed"
    VIOLATED = "violated"
    NOT_TRIED = "not_tried"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict of one probe on one rule. `why` says why it was not tried, or which reading was observed. `timeline`
    has the seconds between the request and its answer and callbacks. `citation` is the line that states the rule."""

    rule: str
    verdict: Verdict
    probe: Probe | None = None
    why: str = ""
    findings: tuple[Finding, ...] = ()
    exchange: Exchange | None = None
    timeline: tuple[tuple[float, str], ...] = ()
    citation: Citation = NOWHERE

    def __post_init__(self) -> None:
        """Raises LookupError for a rule that is not in the registry."""
        rules.check(self.rule)

    def cited(self, registry: Registry) -> "Result":
        """The result with the line that states its rule; for a limit, the line about the model of the probe."""
        own = self.probe is not None and self.probe.rule == self.rule
        return replace(self, citation=registry.cited(self.rule, self.probe.model if self.probe and own else ""))

    def masked(self, mask: Callable[[str], str]) -> "Result":
        """The result with every key masked that the target echoed, and with what cannot be written escaped."""

        def shown(text: str) -> str:
            return mask(text).encode(errors="backslashreplace").decode()

        findings = tuple(replace(each, expected=shown(each.expected), got=shown(each.got)) for each in self.findings)
        timeline = tuple((seconds, shown(what)) for seconds, what in self.timeline)
        return replace(self, why=shown(self.why), findings=findings, timeline=timeline)


def judged(probe: Probe, exchange: Exchange, findings: Iterable[Finding], rule: str = "") -> Iterator[Result]:
    """One result for each rule that is broken; where none is, the rule passed: `rule`, else that of the probe."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for broken, found in by_rule.items():
        yield violated(broken, probe, tuple(found[:FINDINGS]), exchange)
    if not by_rule:
        yield Result(rule=rule or probe.rule, verdict=Verdict.PASSED, probe=probe, exchange=exchange)


def violated(rule: str, probe: Probe | None, findings: tuple[Finding, ...], exchange: Exchange | None) -> Result:
    return Result(rule=rule, verdict=Verdict.VIOLATED, probe=probe, findings=findings, exchange=exchange)


def not_tried(rule: str, why: str, probe: Probe | None = None) -> Result:
    return Result(rule=rule, verdict=Verdict.NOT_TRIED, probe=probe, why=why)


def seen(rule: str, reading: str, probe: Probe | None = None, exchange: Exchange | None = None) -> Result:
    return Result(rule=rule, verdict=Verdict.OBSERVED, probe=probe, why=reading, exchange=exchange)
