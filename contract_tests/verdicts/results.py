"""The result of a run: the verdict of one probe on one rule. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from contract_tests.documents import rules
from contract_tests.documents.files import Citation
from contract_tests.documents.rules import Registry
from contract_tests.documents.sources import NOWHERE, Basis
from contract_tests.probes.request import Probe
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Finding

FINDINGS: Final = 20
"""Findings of one rule in one probe that are told."""


class Verdict(StrEnum):
    """What is known of a rule. A target that does not conform has `violated` it; one that does may have `deviated` from
    what the document does not demand. `not_tried` is never a pass; `observed` is how it reads an open question."""

    PASSED = "passed"
    VIOLATED = "violated"
    DEVIATED = "deviated"
    NOT_TRIED = "not_tried"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict of one probe on one rule. `why` says why it was not tried, or which reading was observed. `timeline`
    has the seconds between the request and its answer and callbacks. `basis` is where the rule stands."""

    rule: str
    verdict: Verdict
    probe: Probe | None = None
    why: str = ""
    findings: tuple[Finding, ...] = ()
    exchange: Exchange | None = None
    timeline: tuple[tuple[float, str], ...] = ()
    basis: Basis = NOWHERE

    def __post_init__(self) -> None:
        """Raises LookupError for a rule that is not in the registry."""
        rules.check(self.rule)

    @property
    def citation(self) -> Citation:
        """The line that states the rule."""
        return self.basis.citation

    @property
    def broken(self) -> bool:
        """Whether the target does otherwise than the rule demands, whatever that makes of it."""
        return self.verdict in (Verdict.VIOLATED, Verdict.DEVIATED)

    def cited(self, registry: Registry) -> "Result":
        """The result with what its rule rests on; for a limit, with what it is for the model of the probe."""
        own = self.probe is not None and self.probe.rule == self.rule
        return replace(self, basis=registry.basis(self.rule, self.probe.model if self.probe and own else ""))

    def masked(self, mask: Callable[[str], str]) -> "Result":
        """The result with every key masked that the target echoed, and with what cannot be written escaped."""

        def shown(text: str) -> str:
            return mask(text).encode(errors="backslashreplace").decode()

        findings = tuple(replace(each, expected=shown(each.expected), got=shown(each.got)) for each in self.findings)
        timeline = tuple((seconds, shown(what)) for seconds, what in self.timeline)
        return replace(self, why=shown(self.why), findings=findings, timeline=timeline)


def judged(probe: Probe, exchange: Exchange, findings: Iterable[Finding], rule: str = "") -> Iterator[Result]:
    """One result for each rule that is not kept; where none of them makes a violation, also a pass of `rule`, else of
    that of the probe, unless it is among them."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for broken, found in by_rule.items():
        yield otherwise(broken, probe, tuple(found[:FINDINGS]), exchange)
    own = rule or probe.rule
    if own not in by_rule and not any(rules.source(broken).binds for broken in by_rule):
        yield Result(rule=own, verdict=Verdict.PASSED, probe=probe, exchange=exchange)


def otherwise(rule: str, probe: Probe | None, findings: tuple[Finding, ...], exchange: Exchange | None) -> Result:
    """The result of a rule that the target does not keep: what that makes of it follows from where the rule stands."""
    return Result(rule=rule, verdict=of_broken(rule), probe=probe, findings=findings, exchange=exchange)


def of_broken(rule: str) -> Verdict:
    """The verdict on a rule that is not kept."""
    return Verdict.VIOLATED if rules.source(rule).binds else Verdict.DEVIATED


def not_tried(rule: str, why: str, probe: Probe | None = None) -> Result:
    return Result(rule=rule, verdict=Verdict.NOT_TRIED, probe=probe, why=why)


def seen(rule: str, reading: str, probe: Probe | None = None, exchange: Exchange | None = None) -> Result:
    return Result(rule=rule, verdict=Verdict.OBSERVED, probe=probe, why=reading, exchange=exchange)


def two_ways(question: str, got: str, probe: Probe | None = None, exchange: Exchange | None = None) -> Result:
    """The result of a question that one target reads in two ways."""
    finding = Finding(rule=question, expected="one reading in all of the run", got=got)
    return otherwise(question, probe, (finding,), exchange)
