"""What is judged of all tasks of a run together: what they must not share, and what becomes of keys."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from contract_tests.documents.any_json import parsed
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_TASK, Probe
from contract_tests.receiver.receiver import Receiver
from contract_tests.target.exchange import Exchange
from contract_tests.target.side_by_side import in_turn
from contract_tests.target.target import Target
from contract_tests.verdicts.agreement import other_key_findings, shown_findings, shown_places, unique_findings
from contract_tests.verdicts.course import Course, task_of
from contract_tests.verdicts.results import Result, judged, otherwise
from contract_tests.verdicts.tracks import mixed_findings
from contract_tests.verdicts.unasked import silence_findings, size_findings, stray_findings

Asked = tuple[Probe, Exchange]


def silent(refused: Mapping[str, Asked], receiver: Receiver, target: Target) -> Iterator[Result]:
    """A refusal calls nobody back. `refused` has probes and answers by the URL that callbacks would go to."""
    for url, (probe, exchange) in refused.items():
        for finding in silence_findings([target.masked_arrival(arrival) for arrival in receiver.arrived(url)]):
            yield otherwise(finding.rule, probe, (finding,), exchange)


def strays(receiver: Receiver, tasks: Collection[str]) -> Iterator[Result]:
    """Callbacks that belong to no request, or were too many to be kept. Anybody may call the receiver, and tasks of an
    earlier run do: what counts is at a path of this run, or of one of its `tasks`."""
    ours = [
        each
        for each in receiver.stray
        if each.target.startswith(receiver.prefix) or task_of(parsed(each.body)) in tasks
    ]
    for finding in (*stray_findings(ours), *size_findings(receiver.forgotten)):
        yield otherwise(finding.rule, None, (finding,), None)


def shared(courses: Sequence[Course]) -> Iterator[Result]:
    """What tasks have of each other."""
    for course, findings in mixed_findings(courses):
        yield from judged(course.probe, course.exchange, findings, rule="callback.mixed")
    for course, findings in unique_findings(courses):
        yield from judged(course.probe, course.exchange, findings)


def keys(plan: Plan, target: Target, receiver: Receiver, courses: Sequence[Course]) -> Iterator[Result]:
    """Where the key is shown in all that came, and what polling a task with other keys shows."""
    for course in courses:
        came = receiver.arrived(course.url) if course.heard else []
        if findings := list(shown_findings(shown_places(came, course.polls, target.shown_in))):
            yield from judged(course.probe, course.exchange, findings)
    asked = next((course.exchange.task_id for course in courses if course.exchange.task_id), None)
    probes = [*plan.polls()]
    jobs = (partial(target.record_as, asked or UNKNOWN_TASK, probe.key, probe.scheme) for probe in probes)
    for probe, exchange in zip(probes, in_turn(jobs, target.overlap), strict=True):
        yield from judged(probe, exchange, other_key_findings(probe.rule, probe.says, exchange))
