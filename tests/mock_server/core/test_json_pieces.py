"""JSON in pieces: the same as at once, and no piece that is long."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.json_pieces import PIECE, SLICE, VALUE, Array, Text, pieces

LONGEST = PIECE + 6 * SLICE + VALUE
"""Characters of a piece: a character takes six at most, written as \\u0000."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


def written(value: Any) -> str:
    return "".join(pieces(value))


def at_once(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(VALUES)
def test_in_pieces_json_is_the_same(value: Any) -> None:
    assert written(value) == at_once(value)


@given(st.text(), st.integers(1, 9))
def test_a_text_in_parts_is_one_text(text: str, length: int) -> None:
    parts = [text[at : at + length] for at in range(0, len(text), length)]
    assert written({"text": Text(iter(parts))}) == at_once({"text": text})


@given(st.lists(st.integers()))
def test_a_list_that_is_made_as_it_is_written_is_a_list(items: list[int]) -> None:
    assert written(Array(iter(items))) == at_once(items)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 1_000_000, id="a long text"),
        pytest.param("\0" * 1_000_000, id="one of controls"),
        pytest.param('é🎵"\\\\' * 300_000, id="one beyond ASCII"),
        pytest.param([{"name": ["x", None, 1.5]}] * 30_000, id="many values"),
        pytest.param({str(number): {} for number in range(100_000)}, id="many names"),
        pytest.param([[]] * 300_000, id="nothing, often"),
    ],
)
def test_no_piece_is_long(value: Any) -> None:
    found = [*pieces(value)]
    assert len(found) > 1
    assert max(map(len, found)) <= LONGEST
    assert max(piece.count(",") for piece in found) <= LONGEST / VALUE * 2
    assert "".join(found) == at_once(value)


def test_nothing_is_made_before_it_is_written() -> None:
    numbers = iter(range(100_000))
    next(pieces(Array(numbers)))
    assert next(numbers) <= PIECE / VALUE
