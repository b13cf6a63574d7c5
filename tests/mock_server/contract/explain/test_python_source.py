"""What is found in the mock's own source."""

import pytest

from mock_server.contract.explain.python_source import answering, enforcing, own_rules, reading
from mock_server.contract.family import Family
from mock_server.contract.operations import operations
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_names
from tests.places import line

FAMILY = Family.read("apikley")
STATE_RULES = sorted(
    {rule.id for name in profile_names() for rule in Profile.read(name).every_rule() if rule.schema is None}
)


@pytest.mark.parametrize("rule", STATE_RULES)
def test_a_rule_that_needs_state_is_enforced_by_a_function(rule: str) -> None:
    functions = enforcing(rule)
    assert functions
    for each in functions:
        assert f"def {each.name.rpartition('.')[2]}(" in line(each.place)


def test_a_function_that_names_a_rule_whole_comes_before_those_that_fill_it_in() -> None:
    assert [each.name for each in enforcing("extend.audioId.known")] == ["unknown_audio"]
    assert [each.name for each in enforcing("wav.audioId.known")] == ["foreign_audio"]


def test_no_function_enforces_what_is_no_rule() -> None:
    assert enforcing("extend.nothing.known") == []


def test_rules_of_functions_are_found() -> None:
    assert {"{}.body.json", "{}.audioId.known", "mock.prefer", "extend.model.source"} <= {*own_rules()}


@pytest.mark.parametrize(("of", "name"), [("readings", "first_items"), ("family", "poll_limit")])
def test_a_value_is_read_by_a_function(of: str, name: str) -> None:
    assert reading(of, name)


def test_what_nobody_reads_is_read_by_nobody() -> None:
    assert reading("readings", "prompt_required") == []


@pytest.mark.parametrize("name", operations())
def test_an_operation_is_answered_by_the_function_whose_first_line_says_so(name: str) -> None:
    (function,) = answering(operations()[name])
    assert "mock_server/api/" in function.place
