"""Says from when on no more callbacks of a task are owed. Pure."""

from collections.abc import Collection, Sequence
from math import inf
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import STAGES, Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.course import stage_of

QUIET: Final = 0.2
"""Seconds without a callback after which no more are expected."""
NOISE: Final = 10.0
"""Seconds after which callbacks that do not end are waited for no more."""
PASSED_OVER: Final = 10.0
"""Seconds after the last stage in which one before it may come late."""
ALREADY, NEVER = -inf, inf
LAG: Final = 4.0
"""Seconds that polling may be behind the callbacks."""


def owed_until(probe: Probe, failures: Collection[int], arrivals: Sequence[Arrival]) -> float:
    """From when on a server owes nothing more, in seconds of the monotonic clock: now that each stage came, or a
    failure; a while after the last stage, since one that was passed over before may not come at all; NEVER before. What
    comes twice counts once, unless the receiver is to see it again."""
    bodies = [body if isinstance(body, dict) else {} for body in map(parsed, (each.body for each in arrivals))]
    came = len(arrivals) if probe.disturbs else len({arrival.body for arrival in arrivals})
    if came >= probe.owed or any(body.get("code") in failures for body in bodies):
        return ALREADY
    last = [each.at for each, body in zip(arrivals, bodies, strict=True) if stage_of(body) == STAGES[-1]]
    return min(last) + PASSED_OVER if last and not probe.disturbs else NEVER


def first_came(arrivals: Sequence[Arrival]) -> float:
    """The same of a task that calls back once."""
    return ALREADY if arrivals else NEVER
