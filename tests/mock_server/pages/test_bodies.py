"""Bodies as lines, and what differs between two."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.pages.bodies import CHARACTERS_SHOWN, GONE, LINES_SHOWN, NEW, SAME, Line, compared, lines_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
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
    assert last.endswith((" more characters", " more"))


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


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', "[1e999, 1.0, 1.00, -0, NaN]", r'{"a": "\ud800", "b": "\u0041\/\""}', "[[], {}, [[]]]", "7"],
)
def test_every_value_stays_as_it_came(text: str) -> None:
    assert re.sub(r"\s", "", "".join(lines_of(text))) == re.sub(r"\s", "", text)


@given(JSON)
def test_json_is_spread_and_nothing_else(value: Any) -> None:
    lines = lines_of(json.dumps(value))
    assert json.loads("\n".join(lines)) == value
    assert lines == json.dumps(value, indent=2).splitlines()


@pytest.mark.parametrize("text", ["[" * 9000 + "]" * 9000, "[" * 400 + "]" * 400, json.dumps("\\" * 9000)])
def test_a_bomb_is_shown_in_few_lines(text: str) -> None:
    assert sum(map(len, lines_of(text))) <= 2 * CHARACTERS_SHOWN
