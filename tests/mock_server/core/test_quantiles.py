"""Numbers by likelihood."""

from typing import Any

import pytest

from mock_server.core.quantiles import interpolated, quantiles


@pytest.mark.parametrize(
    ("value", "likelihood", "number"),
    [(7, 0.3, 7), ([20, 40], 0.25, 25), ({"0": 10, 0.5: 20, "1": 100}, 0.75, 60), ({1: 3, 0: 1}, 1.0, 3)],
)
def test_a_number_is_on_the_line_between_those_that_are_known(value: Any, likelihood: float, number: float) -> None:
    assert interpolated(quantiles(value), likelihood) == number
