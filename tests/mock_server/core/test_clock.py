"""A clock that runs, stands still and is moved."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.clock import LAST_MOMENT, MockClock
from tests.builders import CREATED

moments = st.floats(0, 4e9)


def test_an_epoch_starts_the_clock() -> None:
    assert MockClock(CREATED).now() == pytest.approx(CREATED, abs=60)


@pytest.mark.parametrize("frozen", [True, False])
def test_without_an_epoch_it_starts_now(frozen: bool) -> None:
    assert MockClock(frozen=frozen).now() == pytest.approx(time.time(), abs=60)


def test_a_running_clock_never_steps_back() -> None:
    clock = MockClock(CREATED)
    seen = [clock.now() for _ in range(100)]
    assert seen == sorted(seen)


def test_a_running_clock_runs() -> None:
    clock = MockClock(CREATED)
    start = clock.now()
    while clock.now() == start:
        pass
    assert clock.now() > start


@given(moments, moments)
def test_a_frozen_clock_only_moves_forward(start: float, target: float) -> None:
    clock = MockClock(start, frozen=True)
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
        MockClock(5, frozen=True).move_to(4.25)


@pytest.mark.parametrize("frozen", [True, False])
def test_a_clock_goes_on_from_what_was_noted_and_is_reset_to_its_own_start(frozen: bool) -> None:
    clock = MockClock(CREATED, frozen=True)
    clock.go_on(CREATED - 500, frozen=frozen)
    assert clock.now() == pytest.approx(CREATED - 500, abs=60)
    assert clock.frozen is frozen
    clock.reset()
    assert (clock.now(), clock.frozen) == (CREATED, True)


def test_freezing_keeps_the_time() -> None:
    clock = MockClock(CREATED)
    before = clock.now()
    clock.freeze()
    stands = clock.now()
    assert clock.frozen
    assert before <= stands <= before + 60
    assert {clock.now() for _ in range(100)} == {stands}


def test_running_goes_on_from_where_it_stands() -> None:
    clock = MockClock(CREATED, frozen=True)
    clock.move_to(CREATED + 1e6)
    clock.run()
    assert not clock.frozen
    assert CREATED + 1e6 <= clock.now() < CREATED + 1e6 + 60


@given(st.booleans(), st.lists(st.sampled_from(["freeze", "run"]) | moments, max_size=20))
def test_nothing_but_a_reset_takes_time_back(frozen: bool, course: list[str | float]) -> None:
    clock = MockClock(CREATED, frozen=frozen)
    seen = [clock.now()]
    for step in course:
        match step:
            case "freeze":
                clock.freeze()
            case "run":
                clock.run()
            case float() if clock.frozen and step >= clock.now():
                clock.move_to(step)
        seen.append(clock.now())
    assert seen == sorted(seen)


@given(st.lists(st.sampled_from(["freeze", "run"])))
def test_a_reset_freezes_what_started_frozen(course: list[str]) -> None:
    clock = MockClock(CREATED, frozen=True)
    clock.move_to(CREATED + 100)
    for step in course:
        getattr(clock, step)()
    clock.reset()
    assert (clock.frozen, clock.now()) == (True, CREATED)


def test_a_reset_lets_run_what_started_running() -> None:
    clock = MockClock(CREATED)
    clock.freeze()
    clock.move_to(CREATED + 1e6)
    clock.reset()
    assert not clock.frozen
    assert CREATED + 1e6 <= clock.now() < CREATED + 1e6 + 60


def test_a_running_clock_stands_at_the_end_of_what_can_be_written() -> None:
    clock = MockClock(LAST_MOMENT - 0.001)
    while clock.now() < LAST_MOMENT:
        pass
    assert datetime.fromtimestamp(clock.now(), UTC).year == 9999
