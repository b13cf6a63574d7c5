"""What has moved of what no profile can say."""

from typing import Any

import pytest

from contract_tests.learn.beyond import Beyond
from contract_tests.learn.compared import Kept, Outcome
from contract_tests.learn.evidence import HALF_TRIED, UNREFUSED, Left
from contract_tests.learn.refusals import Refusal
from contract_tests.learn.tried import half_tried, tried_then
from contract_tests.reports.rows import rows
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import BAD, REFUSED, exchange

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
