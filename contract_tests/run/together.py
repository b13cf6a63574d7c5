"""What tasks must not have of each other."""

from collections.abc import Iterator, Sequence

from contract_tests.verdicts.agreement import unique_findings
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.results import Result, judged
from contract_tests.verdicts.tracks import mixed_findings


def judged_together(courses: Sequence[Course]) -> Iterator[Result]:
    """What several tasks have of each other."""
    for course, findings in mixed_findings(courses):
        yield from judged(course.probe, course.exchange, findings, rule="callback.mixed")
    for course, findings in unique_findings(courses):
        yield from judged(course.probe, course.exchange, findings)
