"""The annotations of a report."""

from typing import Any

import pytest

from actions.annotate import error, summary, violations


def test_what_ends_a_command_of_a_workflow_is_escaped() -> None:
    assert error("a:b,c", "100 %\r\n::warning::x") == "::error title=a%3Ab%2Cc::100 %25%0D%0A::warning::x"


def test_a_row_has_no_cell_more_than_its_head() -> None:
    assert summary([("rule", "a | b\n`c`", "")]).splitlines()[2] == "| `rule` | `a \\| b 'c'` | `` |"


@pytest.mark.parametrize(
    ("tried", "said"), [("no key", "no key: expected 401; got 200"), ("", "expected 401; got 200")]
)
def test_a_violated_rule_is_told_once(tried: str, said: str) -> None:
    violated = {
        "verdict": "violated",
        "tried": tried,
        "place": "a.yaml, line 7",
        "findings": [{"expected": "401", "got": "200"}, {"expected": "a body", "got": "none"}],
    }
    passed = {"verdict": "passed", "tried": "", "place": "", "findings": []}
    rules: list[dict[str, Any]] = [
        {"rule": "key", "results": [passed, violated, violated]},
        {"rule": "other", "results": [passed]},
    ]
    assert list(violations({"rules": rules})) == [("key", said, "a.yaml, line 7")]
