"""Jobs that run at the same time."""

import threading
from functools import partial

import pytest

from contract_tests.target.side_by_side import in_turn, side_by_side

pytestmark = pytest.mark.no_cover


def test_jobs_run_at_the_same_time_and_keep_their_order() -> None:
    together = threading.Barrier(3, timeout=10)

    def job(number: int) -> int:
        together.wait()
        return number

    assert side_by_side([lambda: job(1), lambda: job(2), lambda: job(3)]) == [1, 2, 3]


def test_what_a_job_raises_is_raised() -> None:
    def fails() -> int:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match=r"^a bug$"):
        side_by_side([fails, lambda: 1])


def test_jobs_run_in_turn_so_many_at_a_time() -> None:
    under_way, most = [0], [0]
    one = threading.Lock()

    def job(number: int) -> int:
        with one:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.01)
        with one:
            under_way[0] -= 1
        return number

    assert [*in_turn((partial(job, number) for number in range(7)), 3)] == [*range(7)]
    assert most[0] <= 3
    assert [*in_turn((partial(job, number) for number in range(2)), 1)] == [0, 1]


def test_a_job_in_turn_that_fails_raises_what_it_did() -> None:
    with pytest.raises(ZeroDivisionError):
        [*in_turn([lambda: 1 // 0], 2)]
