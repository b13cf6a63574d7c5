"""Reads and writes durations as people do: `90s`, `2m`, `1h30m`, `14d`. Pure."""

import re
from typing import Final

from mock_server.core.errors import BadSetting
from mock_server.core.text import cut

UNITS: Final = {"d": 86400, "h": 3600, "m": 60, "s": 1}
"""Seconds in each unit, the largest first, as they are written."""
NUMBER: Final = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
PARTS: Final = re.compile("".join(f"(?:({NUMBER}){unit})?" for unit in UNITS))


def seconds(text: str) -> float:
    """`30` and `30s` as 30.0, `1h30m` as 5400.0. Raises BadSetting."""
    if re.fullmatch(NUMBER, text):
        return float(text)
    parts = PARTS.fullmatch(text)
    if parts is None or not text:
        raise BadSetting(f"{cut(text)!r} is no length of time. Allowed: seconds, or such as 90s, 2m, 1h30m, 14d.")
    return sum(float(number) * size for number, size in zip(parts.groups("0"), UNITS.values(), strict=True))


def written(length: float) -> str:
    """Seconds as `seconds` reads them: 5400.0 as `1h30m`, 0.5 as `0.5s`."""
    left, text = round(length, 3), ""
    for unit, size in UNITS.items():
        if size > 1:
            count, left = divmod(left, size)
            text += f"{count:.0f}{unit}" if count else ""
    return text + f"{round(left, 3):.15g}s" if left or not text else text
