"""What has moved of what no profile can say."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.learn.beyond import Beyond
from contract_tests.learn.compared import Kept, Outcome
from contract_tests.learn.evidence import HALF_TRIED, UNREFUSED, Left
from contract_tests.learn.refusals import Refusal
from contract_tests.learn.tried import breaking, half_tried, tried_then
from contract_tests.reports.rows import rows
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import BAD, GOOD, REFUSED, exchange

RULE = REFUSED.rule
BREAKS = f"it breaks {RULE}"
STATUS = "status 400 where the mock has 200"


def results(tried: int, untried: int) -> list[Result]:
    answer = exchange(BAD, REFUSED)
    passed = Result(rule=RULE, verdict=Verdict.PASSED, probe=REFUSED, exchange=answer)
    left = Result(rule=RULE, verdict=Verdict.NOT_TRIED, why="budget")
    return [passed] * tried + [left] * untried


def outcome(then: dict[str, str], now: dict[str, str], left: dict[str, str], tried: int, untried: int = 0) -> Any:
    found = rows(results(tried, untried))
    refusals = [Refusal(RULE, "invalid", exchange(BAD, REFUSED), ())] if tried else []
    (compared,) = Beyond(Kept(lines=[], unsayable=then, left=left), now, found, refusals)
    return compared.outcome


@pytest.mark.parametrize(
    ("then", "tried", "untried", "expected"),
    [
        ({}, 3, 0, Outcome.MOVED),
        ({}, 2, 1, Outcome.UNSEEN),
        ({f"rules of {RULE} (2 of 3)": HALF_TRIED}, 2, 1, Outcome.MOVED),
        ({f"rules of {RULE} (2 of 3)": HALF_TRIED}, 1, 2, Outcome.UNSEEN),
    ],
)
def test_a_rule_is_kept_now_only_if_as_much_was_tried(then: Any, tried: int, untried: int, expected: Outcome) -> None:
    assert outcome({BREAKS: ""}, {}, then, tried, untried) is expected


@pytest.mark.parametrize(
    ("then", "tried", "expected"),
    [
        ({}, 3, Outcome.MOVED),
        ({f"rules of {RULE} (2 of 3)": HALF_TRIED}, 3, Outcome.UNCOMPARED),
        ({f"rules of {RULE} (2 of 3)": HALF_TRIED}, 2, Outcome.MOVED),
    ],
)
def test_a_rule_that_is_broken_is_news_only_if_as_much_was_tried_then(then: Any, tried: int, expected: Outcome) -> None:
    assert outcome({}, {BREAKS: ""}, then, tried) is expected
    assert outcome({BREAKS: ""}, {BREAKS: ""}, then, tried) is Outcome.SAME


def test_statuses_are_looked_at_by_the_refusals_that_have_them() -> None:
    assert outcome({STATUS: RULE}, {}, {}, 1) is Outcome.MOVED
    assert outcome({STATUS: "extend.style.length"}, {}, {}, 1) is Outcome.UNSEEN
    assert outcome({}, {STATUS: RULE}, {}, 1) is Outcome.MOVED
    assert outcome({}, {STATUS: RULE}, {f"texts of {RULE}": UNREFUSED}, 1) is Outcome.UNCOMPARED


def test_how_much_was_tried_is_read_again() -> None:
    left = {each.what: each.why for each in half_tried(rows(results(2, 1))) if isinstance(each, Left)}
    assert left == {f"rules of {RULE} (2 of 3)": HALF_TRIED}
    assert tried_then(left) == {RULE: 2}
    assert not list(half_tried(rows(results(3, 0))))


def broken(*says: str, untried: int = 0) -> list[Result]:
    """Results of requests that broke the rule, and of some that were not sent."""
    probes = [replace(REFUSED, says=each) for each in says]
    answers = [exchange(GOOD, probe) for probe in probes]
    left = Result(rule=RULE, verdict=Verdict.NOT_TRIED, why="budget")
    return [
        *(
            Result(rule=RULE, verdict=Verdict.VIOLATED, probe=probe, exchange=answer)
            for probe, answer in zip(probes, answers, strict=True)
        ),
        *[left] * untried,
    ]


def test_the_requests_that_broke_a_rule_are_named() -> None:
    one, two = "styleWeight is null", "styleWeight is a text; of letters"
    assert breaking(rows(broken(one, two, one))[0]) == one
    assert breaking(rows(broken(*"abcd"))[0]) == "a; b; c"
    assert breaking(rows(results(2, 1))[0]) == ""


@pytest.mark.parametrize(
    ("details", "untried", "expected"),
    [
        (REFUSED.says, 5, Outcome.MOVED),
        (f"another request; {REFUSED.says}", 5, Outcome.MOVED),
        ("another request", 5, Outcome.UNSEEN),
        ("another request", 0, Outcome.MOVED),
    ],
)
def test_a_rule_is_kept_now_only_if_a_request_that_broke_it_was_sent(
    details: str, untried: int, expected: Outcome
) -> None:
    """However many others were: which of them a budget leaves out hangs on the order in which they are sent."""
    left = {f"rules of {RULE} (1 of 9)": HALF_TRIED}
    assert outcome({BREAKS: details}, {}, left, 3, untried) is expected
