"""Between what the numbers lie that can be set, and what is said of one that does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_server.core.errors import BadSetting

LONGEST_RETENTION: Final = 36500
"""Days; a hundred years."""
DAY, HOUR = 86400, 3600
"""Seconds; an hour is the longest timeout."""
LARGEST_BODY: Final = 1024 * 1024
"""Bytes of the body of one request, which has room in what unfinished ones may hold."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number may be. `above` says that the least itself is too little, `off` that 0 is allowed, too; `way` is
    what else to do."""

    least: float
    most: float | None
    unit: str
    way: str
    above: bool = False
    off: bool = False

    def __str__(self) -> str:
        least = f"{'more than ' if self.above else ''}{self.least:g}" if self.least < LARGEST_BODY else f"{self.least}"
        unit = f" {self.unit}" if self.unit else ""
        return f"{least}{unit} or more" if self.most is None else f"{least} to {self.most}{unit}"

    def allows(self, number: float) -> bool:
        if self.off and number == 0:
            return True
        enough = number > self.least if self.above else number >= self.least
        return enough and (self.most is None or number <= self.most)


LIMITS: Final[Mapping[str, Limit]] = {
    "credits": Limit(0, 10**13, "", "Example: 1000000."),
    "retention_days": Limit(0, LONGEST_RETENTION, "days", "Leave it out for the documented time."),
    "callback_timeout": Limit(0, HOUR, "seconds", "Leave it out for the documented time.", above=True),
    "request_timeout": Limit(0, HOUR, "seconds", "0 is no limit."),
    "unfinished_bodies": Limit(LARGEST_BODY, None, "bytes", "That is one body; 0 is no limit.", off=True),
    "workers": Limit(1, 64, "", "Several machines can share a --state in Redis or Valkey."),
    "lease": Limit(0.5, HOUR, "seconds", "Leave it out for 10 seconds."),
}
"""By the name of a setting. The most credits are what every client can count to the hundredth: JavaScript's
whole numbers end at 2**53."""


def check_limits(values: Mapping[str, Any]) -> None:
    """Raise BadSetting for the first number that is not what it may be; None is none."""
    for name, limit in LIMITS.items():
        number = values[name]
        if number is not None and not limit.allows(number):
            came = f"{number:g}" if isinstance(number, float) else f"{number}"
            raise BadSetting(f"{name.replace('_', ' ')} is {came}. Allowed: {limit}. {limit.way}")
