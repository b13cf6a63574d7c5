"""What rules need that were not tried, and what is said to do next."""

from functools import partial

from contract_tests.reports.needs import next_steps, not_tried
from contract_tests.reports.rows import rows
from contract_tests.run.operations import NO_UPLOAD
from contract_tests.run.run import NO_WAY
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests import courses
from tests.courses import ACCEPTED, PUBLISHED, REFUSED, exchange

FINDING = Finding(rule="extend.title.length", expected="code 422", got="HTTP 200 {}")
PASSED = Result(rule="extend.example", verdict=Verdict.PASSED, probe=ACCEPTED, exchange=exchange())
DEVIATION = Finding(rule="callback.once", expected="text once", got="text, text")
DEVIATED = otherwise("callback.once", ACCEPTED, (DEVIATION,), exchange()).cited(PUBLISHED.registry)
violated = partial(courses.violated, FINDING)


def left(rule: str, why: str) -> Result:
    return Result(rule=rule, verdict=Verdict.NOT_TRIED, why=why)


def steps(*results: Result, reported: bool = False, strict: bool = False) -> list[str]:
    return list(next_steps(rows(results), reported=reported, strict=strict))


def test_nothing_is_to_be_done_where_all_is_well() -> None:
    assert steps(PASSED) == []


def test_a_violation_says_how_to_look_at_it() -> None:
    assert steps(violated(probe=REFUSED)) == [
        f"next: add --only {REFUSED.rule} to send the requests of the first violation alone",
        "next: suno-contract rules --only extend.title.length has the sentence that the first violation breaks",
        "next: add --report-dir report for a page with each request, its answer and its curl",
    ]
    assert steps(violated(probe=None), reported=True) == [
        "next: suno-contract rules --only extend.title.length has the sentence that the first violation breaks"
    ]


def test_a_deviation_says_how_it_counts_where_it_does_not() -> None:
    assert steps(DEVIATED) == ["next: add --strict where deviations have to count"]
    assert steps(DEVIATED, strict=True) == []


def test_what_was_not_tried_says_what_it_needs_the_most_first() -> None:
    nobody = "no task is started without --budget N, the number of tasks that may be"
    found = [left("code.451", "no --trigger says how"), *(left(f"code.{code}", nobody) for code in (402, 429))]
    assert steps(*found) == [
        "next: 2 rules not tried need --budget N",
        "next: 1 rule not tried needs --trigger CODE=KIND:VALUE",
    ]


def test_every_reason_has_its_rules() -> None:
    reasons = {NO_WAY: ["delivery.retry"], NO_UPLOAD: ["code.451", "code.402"], "it rains": ["code.500"]}
    found = rows(left(rule, why) for why, rules in reasons.items() for rule in rules)
    told = {why: (needs, rules) for why, needs, rules in not_tried(found)}
    assert {why: rules for why, (_, rules) in told.items()} == reasons
    assert (told[NO_UPLOAD][0][:12], told["it rains"][0]) == ("--upload-url", "")
