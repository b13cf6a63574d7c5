"""Finds how many requests a server takes in which time, where that is asked for."""

import time
from collections.abc import Callable
from typing import Final

from contract_tests.probes.plan import Plan
from contract_tests.probes.rate import AGAIN, BEFORE, BURSTS, FIRST, of_rate
from contract_tests.probes.request import Probe
from contract_tests.target.exchange import Exchange

MOST: Final = 100
"""Requests of a burst."""
EVERY: Final = 0.2
"""Seconds between requests once one was denied."""
LONGEST: Final = 30.0
"""Seconds that a window may last."""
SAFE: Final = 1.1
"""How much longer than a window it is waited, so that nothing of it counts."""
WAITING: Final = round(LONGEST / EVERY)
"""Requests at most until one passes again."""
REQUESTS: Final = WAITING + len((BEFORE, *BURSTS)) * (MOST + WAITING)
SECONDS: Final = (len((FIRST, BEFORE, *BURSTS)) + len(BURSTS) * SAFE) * LONGEST
"""How much it takes at most, beside what the answers of bursts take."""
PROMISE: Final = (
    f"{MOST + 1} requests where none is denied, at most {REQUESTS} in {SECONDS:g} seconds and what their answers take"
)

Ask = Callable[[Probe], Exchange | None]


class Rating:
    """Sends bursts of requests until one is denied, and then one now and then until none is. `ask` sends a probe; it
    returns None where that is not sent, and nothing more is asked then. `usual` is the answer to such a request that
    was not denied. What was answered is in the journal."""

    def __init__(self, plan: Plan, ask: Ask, usual: Exchange, sleep: Callable[[float], None] = time.sleep) -> None:
        self._plan = plan
        self._ask = ask
        self._usual = usual
        self._sleep = sleep

    def find(self) -> None:
        """Three bursts at most, of which the first shows how long to wait before the others."""
        passing = self._passing()
        window = None if passing is None else self._burst(BEFORE, passing)
        for part in BURSTS:
            if window is not None and passing is not None:
                self._sleep(window * SAFE)
                window = self._burst(part, passing)

    def _passing(self) -> Exchange | None:
        """An answer that passes. What was sent before may have taken all of a window: then it is waited for, LONGEST
        seconds at most."""
        asked = 0
        while asked * EVERY < LONGEST:
            asked += 1
            came = self._ask(of_rate(self._plan, FIRST, asked))
            if came is None or not is_denied(came, self._usual):
                return came
            self._sleep(EVERY)
        return None

    def _burst(self, part: str, passing: Exchange) -> float | None:
        """Seconds from the first request until one passes again; None where none is denied, or none passes."""
        first = each = self._ask(of_rate(self._plan, part, 1))
        number = 1
        while each is not None and not is_denied(each, passing) and number < MOST:
            number += 1
            each = self._ask(of_rate(self._plan, part, number))
        if first is None or each is None or not is_denied(each, passing):
            return None
        number = 0
        while each is not None and is_denied(each, passing) and each.answered - first.started < LONGEST:
            self._sleep(EVERY)
            number += 1
            each = self._ask(of_rate(self._plan, f"{part}{AGAIN}", number))
        return None if each is None or is_denied(each, passing) else each.answered - first.started


def is_denied(exchange: Exchange, passing: Exchange) -> bool:
    """Whether a request was answered otherwise than one that passed, which is like it."""
    return (exchange.status, exchange.code) != (passing.status, passing.code)
