"""Bodies as lines, and what differs between two."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.pages.bodies import CHARACTERS_SHOWN, GONE, LINES_SHOWN, NEW, SAME, Line, compared, lines_of

LINES = st.lists(st.sampled_from(["{", "a", "b", "c", "}"]), max_size=12)


def test_json_has_a_member_per_line() -> None:
    assert lines_of('{"code":200,"msg":"é"}') == ["{", '  "code": 200,', '  "msg": "é"', "}"]


@pytest.mark.parametrize("text", ['{"a": ', "[" * 5000, "plain text"])
def test_what_is_no_json_stays_as_it_is(text: str) -> None:
    assert lines_of(text) == [text]


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_body_has_no_lines(nothing: str | None) -> None:
    assert lines_of(nothing) == []


@pytest.mark.parametrize("text", ["x" * (CHARACTERS_SHOWN + 7), json.dumps(list(range(LINES_SHOWN + 9))), "\n" * 500])
def test_a_long_body_ends_with_what_is_left_out(text: str) -> None:
    *shown, last = lines_of(text)
    assert len(shown) <= LINES_SHOWN
    assert sum(map(len, shown)) <= CHARACTERS_SHOWN
    assert last.startswith("... ")
    assert last.endswith(" more characters")


def test_how_much_is_left_out() -> None:
    assert lines_of("x" * (CHARACTERS_SHOWN + 7))[-1] == "... 7 more characters"


@given(LINES, LINES)
def test_a_comparison_holds_both_bodies(before: list[str], after: list[str]) -> None:
    lines = list(compared(before, after))
    assert [line.text for line in lines if line.change in (SAME, NEW)] == after
    assert [line.text for line in lines if line.change in (SAME, GONE)] == before


def test_what_changed_stands_where_it_was() -> None:
    assert list(compared(["{", "a", "}"], ["{", "b", "}"])) == [
        Line("{", SAME),
        Line("a", GONE),
        Line("b", NEW),
        Line("}", SAME),
    ]
