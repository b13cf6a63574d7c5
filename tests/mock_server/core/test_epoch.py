"""Where the clock starts: a date, or seconds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.epoch import YEAR_9999, parse_epoch


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("", None, id="none"),
        pytest.param("2025-01-01T00:00:00Z", 1735689600, id="UTC"),
        pytest.param("2025-01-01T00:00:00", 1735689600, id="no zone"),
        pytest.param("2025-01-01", 1735689600, id="a date"),
        pytest.param("2025-01-01T03:00:00+03:00", 1735689600, id="another zone"),
        pytest.param("1735689600.5", 1735689600.5, id="seconds"),
        pytest.param("0", 0, id="the epoch"),
    ],
)
def test_epochs_are_parsed(text: str, seconds: float | None) -> None:
    assert parse_epoch(text) == seconds


@settings(max_examples=60)
@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)))
def test_any_date_is_an_epoch(moment: datetime) -> None:
    assert parse_epoch(moment.isoformat()) == moment.replace(tzinfo=UTC).timestamp()


@settings(max_examples=60)
@given(st.floats(0, YEAR_9999, exclude_max=True))
def test_any_number_is_an_epoch(seconds: float) -> None:
    assert parse_epoch(str(seconds)) == seconds
