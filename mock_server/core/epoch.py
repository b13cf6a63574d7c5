"""Where the mock's clock starts."""

from datetime import UTC, datetime
from math import isfinite
from typing import Final

from mock_server.core.errors import BadSetting

MANUAL_EPOCH: Final = 1735689600.0
"""2025-01-01T00:00:00Z, the createTime of apikley's callback example: where a manual clock starts."""
YEAR_9999: Final = 253370764800.0
"""9999-01-01T00:00:00Z: a clock starts before it, since no createTime can be written a year later."""


def parse_epoch(text: str) -> float | None:
    """Epoch seconds of `2025-01-01T00:00:00Z` or of a number; None for an empty text. No zone means UTC."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _iso_seconds(text)
    if not (isfinite(seconds) and 0 <= seconds < YEAR_9999):
        raise BadSetting(f"epoch {text!r} is outside the years 1970 to 9998. Example: 2025-01-01T00:00:00Z.")
    return seconds


def _iso_seconds(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadSetting(
            f"epoch {text!r} is neither a date nor a number of seconds. Example: 2025-01-01T00:00:00Z."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
