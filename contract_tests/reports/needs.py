"""What rules need that were not tried, and what to do next. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from contract_tests.documents.counted import counted
from contract_tests.reports.rows import Row
from contract_tests.verdicts.results import Verdict

NEEDS: Final[Mapping[str, str]] = {
    "no --trigger": "--trigger CODE=KIND:VALUE",
    "no --bad-key": "--bad-key KEY",
    "no --callback-url": "--callback-url URL, a way from the target to the receiver",
    "no --upload-url": "--upload-url URL, a file that the target can load",
    "no task is started without --budget": "--budget N",
    "budget:": "a larger --budget",
    "the target accepted another": "a target that refuses what breaks the rule",
    "late:": "a longer --callback-timeout",
    "the key has no credits": "credits for the key",
    "the target refuses the key": "a key that the target takes",
    "the target is in maintenance": "another run, when the maintenance is over",
    "the target answered": "another run, with fewer requests by others meanwhile",
    "the target left": "a target that answers, or a longer --timeout",
    "failed at the target": "another run: the task failed there by itself",
    "its callbacks went to": "a run that is not interrupted",
}
"""By how a reason begins for which a rule was not tried: what it needs."""


def not_tried(found: Iterable[Row]) -> Iterator[tuple[str, str, list[str]]]:
    """Each reason, what it needs and the rules that were not tried for it."""
    by_reason: dict[str, list[str]] = {}
    for row in found:
        by_reason.setdefault(row.results[0].why, []).append(row.rule)
    for why, rules in by_reason.items():
        yield why, next((needs for begins, needs in NEEDS.items() if why.startswith(begins)), ""), rules


def next_steps(found: Sequence[Row], *, reported: bool, strict: bool) -> Iterator[str]:
    """What to do next about what was found, a line each, what matters most first."""
    violated = [each for row in found for each in row.results if each.verdict is Verdict.VIOLATED]
    probe = next((each.probe for each in violated if each.probe is not None), None)
    if probe is not None:
        yield f"next: add --only {probe.rule} to send the requests of the first violation alone"
    if violated:
        yield f"next: suno-contract rules --only {violated[0].rule} has the sentence that the first violation breaks"
    if violated and not reported:
        yield "next: add --report-dir report for a page with each request, its answer and its curl"
    if not strict and any(row.verdict is Verdict.DEVIATED for row in found):
        yield "next: add --strict where deviations have to count"
    for needs, rules in _needed(row for row in found if row.verdict is Verdict.NOT_TRIED):
        yield f"next: {counted(rules, 'rule')} not tried {'needs' if rules == 1 else 'need'} {needs}"


def _needed(found: Iterable[Row]) -> Iterator[tuple[str, int]]:
    """What rules need, and how many, most first."""
    by_need: dict[str, int] = {}
    for _, needs, rules in not_tried(found):
        if needs:
            by_need[needs] = by_need.get(needs, 0) + len(rules)
    yield from sorted(by_need.items(), key=lambda each: -each[1])
