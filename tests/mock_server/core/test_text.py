"""The words of error texts."""

import json
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.rulebook import KEYWORDS
from mock_server.core.text import ALLOWED, LISTED, SHOWN, allowed_by, cut, listed, printable, shown, words

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
LONGEST = SHOWN + len("... (9999999 characters)")


@settings(max_examples=200)
@given(json_values)
def test_shown_values_are_short(value: Any) -> None:
    text = shown(value)
    assert text.isprintable()
    assert text.isascii()
    assert len(text) <= LONGEST


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_a_short_value_is_whole_json(value: str) -> None:
    text = shown(value)
    if "... (" not in text:
        assert json.loads(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="a boolean"),
        pytest.param(0.655, "0.655", id="a number"),
        pytest.param(inf, "Infinity", id="infinity"),
        pytest.param("a b", '"a b"', id="a text"),
        pytest.param('"\n\x7f', '"\\"\\n\\u007f"', id="control characters"),
        pytest.param("é…", '"\\u00e9\\u2026"', id="no ASCII"),
        pytest.param([1, {"a": "b"}], '[1, {"a": "b"}]', id="a list"),
        pytest.param("x" * 58, '"' + "x" * 58 + '"', id="as long as can be"),
        pytest.param("x" * 59, '"' + "x" * 59 + "... (61 characters)", id="one more"),
    ],
)
def test_values_are_shown_as_json(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("keyword", "value", "text"),
    [
        pytest.param("type", "array", "a list", id="a list"),
        pytest.param("type", "boolean", "true or false", id="a boolean"),
        pytest.param("type", "integer", "a whole number", id="an integer"),
        pytest.param("type", "number", "a number", id="a number"),
        pytest.param("type", "object", "a JSON object", id="an object"),
        pytest.param("type", "string", "a string", id="a text"),
        pytest.param("enum", ["m", 4], "m, 4", id="one of some"),
        pytest.param("minimum", 0, "0 or more", id="a minimum"),
        pytest.param("maximum", 1, "at most 1", id="a maximum"),
        pytest.param("multipleOf", 0.01, "a multiple of 0.01", id="a step"),
        pytest.param("maxLength", 80, "at most 80 {unit}", id="a length"),
        pytest.param("format", "uri", "an absolute URI such as https://api.example.com/callback", id="a format"),
    ],
)
def test_a_keyword_says_what_it_allows(keyword: str, value: object, text: str) -> None:
    assert allowed_by(keyword, value) == text


def test_every_keyword_has_words() -> None:
    assert set(ALLOWED) == set(KEYWORDS)


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=[])))
def test_printable_text_obeys_no_one(text: str) -> None:
    written = printable(text)
    assert written.isprintable()
    assert (written == text) == text.isprintable()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("Grüße 漢", "Grüße 漢", id="letters stay"),
        pytest.param("a\nb", "a\\nb", id="a line break"),
        pytest.param("\x1b[2J", "\\x1b[2J", id="a terminal's command"),
        pytest.param("\u202eabc", "\\u202eabc", id="a turn of direction"),
        pytest.param("\ud800", "\\ud800", id="half a character"),
    ],
)
def test_what_a_terminal_obeys_is_written_out(text: str, written: str) -> None:
    assert printable(text) == written


@pytest.mark.parametrize(
    ("text", "short"),
    [("", ""), ("abc", "abc"), ("abcd", "abc... (4 characters)")],
)
def test_a_long_text_is_cut(text: str, short: str) -> None:
    assert cut(text, 3) == short


@pytest.mark.parametrize(
    ("values", "text"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["a", 1], '"a", 1', id="a few"),
        pytest.param([1] * LISTED, ", ".join("1" * LISTED), id="as many as are shown"),
        pytest.param([1] * (LISTED + 1), ", ".join("1" * LISTED) + " and 1 more", id="one more"),
    ],
)
def test_the_first_values_are_listed(values: list[object], text: str) -> None:
    assert listed(values) == text


def test_one_text_may_hold_several() -> None:
    assert words("*.example.com 192.0.2.1") == ["*.example.com", "192.0.2.1"]
    assert words(("*.example.com",)) == ["*.example.com"]
