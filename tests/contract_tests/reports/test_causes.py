"""Broken rules by what may be one cause."""

from functools import partial

from contract_tests.reports.causes import broken, causes
from contract_tests.reports.rows import rows
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict
from tests import courses
from tests.courses import exchange

FINDING = Finding(rule="callback.mixed", expected="one", got="other")
ONE, TWO, THREE = (exchange(number=number, sent=b"x" * (9 - number)) for number in (1, 2, 3))

violated = partial(courses.violated, FINDING)
MIXED = [violated(exchange=each) for each in (ONE, TWO)]
WHOLE = [violated(rule="callback.track.whole", exchange=each) for each in (TWO, ONE)]
MSG = violated(rule="answer.msg", exchange=THREE)


def test_rules_that_are_broken_at_the_same_requests_are_one_cause() -> None:
    found = causes(rows([*MIXED, MSG, *WHOLE]))
    assert [[row.rule for row in cause.rows] for cause in found] == [
        ["callback.mixed", "callback.track.whole"],
        ["answer.msg"],
    ]
    assert [cause.requests for cause in found] == [2, 1]


def test_rules_that_are_broken_at_more_requests_are_another_cause() -> None:
    assert len(causes(rows([*MIXED, WHOLE[0]]))) == 2


def test_rules_without_a_request_are_no_cause_of_each_other() -> None:
    strays = [violated(rule=rule, exchange=None) for rule in ("callback.url", "callback.size")]
    assert [cause.requests for cause in causes(rows(strays))] == [0, 0]


def test_the_smallest_request_is_told_with_all_that_is_wrong_there() -> None:
    other = Finding(rule="callback.track.whole", expected="id, title", got="nothing of title")
    (cause,) = causes(
        rows([*MIXED, *(violated(rule=other.rule, findings=(other,), exchange=each) for each in (ONE, TWO))])
    )
    assert cause.smallest.exchange is TWO
    assert cause.findings == [FINDING, other]


def test_what_kept_a_rule_is_no_part_of_it() -> None:
    (row,) = rows([Result(rule="callback.mixed", verdict=Verdict.PASSED), *MIXED])
    assert [each.exchange for each in broken(row)] == [TWO, ONE]
