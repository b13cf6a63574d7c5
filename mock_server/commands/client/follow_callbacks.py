"""Follows the callbacks of one task of a running mock, until it owes none or its clock stands still."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.follow_journal import AGAIN
from mock_server.commands.durations import written

WITHIN: Final = 25
"""Seconds that the mock may wait for the next attempt before it is asked what it owes."""
SOON: Final = 5
"""Seconds to the first callback of which nothing is said."""
Entry = dict[str, Any]


class Deliveries:
    """How each callback of a task ended, by its newest attempt."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, int], str] = {}
        self._copies: Counter[str] = Counter()

    def note(self, attempt: Entry) -> None:
        """One attempt of the journal; what was sent once more by hand does not count."""
        if attempt["redelivered"]:
            return
        stage = attempt["stage"]
        self._copies[stage] += attempt["number"] == 1
        self._outcomes[stage, self._copies[stage]] = attempt["outcome"]

    @property
    def accepted(self) -> bool:
        """Whether there were any, and all were accepted."""
        return bool(self._outcomes) and set(self._outcomes.values()) == {"accepted"}


def deliver(
    remote: Remote,
    task_id: str,
    show: Callable[[Entry], object],
    warn: Callable[[str], object],
    move: str,
    pause: Callable[[float], object] = time.sleep,
) -> bool:
    """Show each attempt of a task as it is made. Whether all its callbacks were accepted; False also when the clock
    stands still before the next one, of which `warn` is told, and how to `move` it."""
    deliveries, after, told = Deliveries(), 0, False
    while True:
        owed = [moment for moment in remote.task(task_id)["timeline"] if moment["what"] == "owed"]
        clock = remote.get("clock")
        still = clock["frozen"] and all(moment["at"] > clock["now"] for moment in owed)
        if not told and not still:
            _tell_of_the_first(owed, clock["now"], task_id, warn)
        told = True
        within = 0 if still or not owed else WITHIN
        attempts = [*remote.listed("journal", task_id=task_id, kind="attempt", after=after, within=within)]
        if within and not attempts:
            pause(AGAIN)  # who was asked to wait, and did not, is not asked without end
        for attempt in attempts:
            after = attempt["id"]
            if attempt["kind"] != "attempt":  # which is not what was asked for
                continue
            deliveries.note(attempt)
            show(attempt)
        if not owed:
            return deliveries.accepted
        if still:
            last = max(moment["at"] for moment in owed) - clock["now"]
            callbacks = "1 callback" if len(owed) == 1 else f"{len(owed)} callbacks"
            stands = f"{callbacks} to come, and the mock's clock stands still"
            warn(f"task {task_id}: {stands}. Move it: {move} {written(last)}")
            return False


def _tell_of_the_first(owed: list[Entry], now: float, task_id: str, warn: Callable[[str], object]) -> None:
    left = min((moment["at"] for moment in owed), default=now) - now
    if left > SOON:
        warn(f"task {task_id}: the first callback comes in {written(round(left))} of the mock's clock")
