"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.commands.durations import seconds, written
from mock_server.core.errors import BadSetting

LENGTHS = {
    "30": 30,
    "0": 0,
    "90s": 90,
    "2m": 120,
    "1h30m": 5400,
    "14d": 1209600,
    "0.5": 0.5,
    "1.5h": 5400,
    "1d2h3m4s": 93784,
}


@pytest.mark.parametrize("text", LENGTHS)
def test_a_length_is_read(text: str) -> None:
    assert seconds(text) == LENGTHS[text]


@pytest.mark.parametrize("text", ["", "m", "2 m", "-1", "30m1h", "1e3", "2w", "inf", "٣", "2m2m"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        seconds(text)
    assert str(refused.value) == (f"{text!r} is no length of time. Allowed: seconds, or such as 90s, 2m, 1h30m, 14d.")


@pytest.mark.parametrize(("length", "text"), [(105.0, "1m45s"), (5400.0, "1h30m"), (0.5, "0.5s"), (0.0, "0s")])
def test_a_length_is_written(length: float, text: str) -> None:
    assert written(length) == text


@given(st.integers(0, 10**10).map(lambda number: number / 1000))
def test_what_is_written_is_read_again(length: float) -> None:
    assert seconds(written(length)) == pytest.approx(length, abs=1e-3)
