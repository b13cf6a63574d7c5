"""Jobs that run at the same time."""

import threading

import pytest

from contract_tests.target.side_by_side import side_by_side

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
