"""Clocks that run and clocks that are moved."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.clock import ManualClock, RunningClock
from tests.builders import CREATED

moments = st.floats(0, 4e9)


def test_an_epoch_starts_the_clock() -> None:
    assert RunningClock(CREATED).now() == pytest.approx(CREATED, abs=60)


def test_a_running_clock_starts_now() -> None:
    assert RunningClock().now() == pytest.approx(time.time(), abs=60)


def test_a_running_clock_never_steps_back() -> None:
    clock = RunningClock(CREATED)
    seen = [clock.now() for _ in range(100)]
    assert seen == sorted(seen)


@given(moments, moments)
def test_a_manual_clock_only_moves_forward(start: float, target: float) -> None:
    clock = ManualClock(start)
    assert clock.now() == start
    if target >= start:
        clock.move_to(target)
        assert clock.now() == target
    else:
        with pytest.raises(ValueError, match="cannot go back"):
            clock.move_to(target)
        assert clock.now() == start


def test_the_way_back_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the clock stands at 5\.000 and cannot go back to 4\.250$"):
        ManualClock(5).move_to(4.25)
