"""Of a long recording reports tell the first requests, and those that break a rule."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recording.first_asked import FirstAsked
from contract_tests.reports.report import Asked
from tests.courses import exchange

DRAWN = st.lists(st.tuples(st.integers(1, 200), st.booleans()), unique_by=lambda each: each[0], max_size=60)


def asked(number: int) -> Asked:
    return Asked(probe="extend.valid", exchange=replace(exchange(), number=number))


@given(DRAWN, st.integers(1, 9))
def test_the_first_are_kept_and_those_that_break_a_rule(drawn: list[tuple[int, bool]], most: int) -> None:
    broken = {number for number, breaks in drawn if breaks}
    first = FirstAsked(most, lambda: broken)
    for number, breaks in drawn:
        first.add(asked(number))
        if breaks:
            first.broke(number)
    numbers = sorted(number for number, _ in drawn)
    assert [each.exchange.number for each in first.kept()] == sorted({*numbers[:most], *broken})
    assert first.left_out == len(drawn) - len({*numbers[:most], *broken})


@given(DRAWN, st.integers(1, 9))
def test_one_that_is_wanted_no_more_is_forgotten(drawn: list[tuple[int, bool]], most: int) -> None:
    """Of rules that many requests break the first results are kept alone."""
    first = FirstAsked(most, set)
    for number, _ in drawn:
        first.add(asked(number))
        first.broke(number)
    assert [each.exchange.number for each in first.kept()] == sorted(number for number, _ in drawn)[:most]


@given(DRAWN)
def test_all_are_kept_where_nothing_is_said(drawn: list[tuple[int, bool]]) -> None:
    first = FirstAsked(None, set)
    for number, _ in drawn:
        first.add(asked(number))
        first.broke(number)
    assert [each.exchange.number for each in first.kept()] == sorted(number for number, _ in drawn)
    assert first.left_out == 0


@given(DRAWN, st.integers(1, 9))
def test_what_breaks_a_rule_across_requests_is_kept_too(drawn: list[tuple[int, bool]], most: int) -> None:
    """It is known once all requests have come, of which those are judged again."""
    broken = {number for number, breaks in drawn if breaks}
    first = FirstAsked(most, lambda: broken)
    for number, _ in drawn:
        first.add(asked(number))
    for number in sorted(broken):
        first.again(asked(number))
        first.broke(number)
    numbers = sorted(number for number, _ in drawn)
    assert [each.exchange.number for each in first.kept()] == sorted({*numbers[:most], *broken})
    assert first.left_out == len(drawn) - len({*numbers[:most], *broken})
