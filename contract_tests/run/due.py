"""Says when the callbacks of a task have all come. Pure."""

from collections.abc import Collection, Sequence
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival

QUIET: Final = 0.2
"""Seconds without a callback after which no more are expected."""
NOISE: Final = 10.0
"""Seconds after which callbacks that do not end are waited for no more."""
LAG: Final = 4.0
"""Seconds that polling may be behind the callbacks."""


def all_came(probe: Probe, failures: Collection[int], arrivals: Sequence[Arrival]) -> bool:
    """Whether a server owes nothing more: each stage came, or a failure. What comes twice counts once, unless the
    receiver is to see it again."""
    codes = [body.get("code") for body in map(parsed, (each.body for each in arrivals)) if isinstance(body, dict)]
    if any(code in codes for code in failures):
        return True
    came = len(arrivals) if probe.disturbs else len({arrival.body for arrival in arrivals})
    return came >= probe.owed
