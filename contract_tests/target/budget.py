"""The budget of a run: how many tasks may be started, and what requests reserve of it while they are under way."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

from contract_tests.documents.counted import one_of
from contract_tests.probes.request import Probe
from contract_tests.target.exchange import Exchange
from contract_tests.target.not_sent import Lenient, Spent

EXCEPTION: Final = 1
"""Tasks that a server starts at budget 0 at most: for the first request that it must refuse and accepts."""


class Budget:
    """Counts the tasks of a target, for any number of threads.

    `tasks` is how many may be started, None for any number; `spent` is how many were; `lenient` holds the rules of
    which the target accepted a request that breaks them; `kept` is how many tasks are left for what is sent later. One
    more task may be started, by a harmless request: those go on, one at a time, when nothing is left, until the target
    accepts one.
    """

    def __init__(self, tasks: int | None, spent: int = 0, lenient: Collection[str] = ()) -> None:
        self.tasks = tasks
        self.spent = spent
        self.lenient = [*lenient]
        self.kept = 0
        self._under_way = 0
        self._changed = threading.Condition()

    @contextmanager
    def paying(self, probe: Probe) -> Iterator[list[Exchange]]:
        """Reserves a task while a request is under way, also for one that the target must refuse: it may accept it.

        Who sends it puts the answer into the list. Waits while requests under way have all that is left. Raises Spent
        where nothing is left, and Lenient where the target accepted another request that breaks the rule.
        """
        self._reserve(probe)
        came: list[Exchange] = []
        try:
            yield came
        finally:
            self._settle(probe, came)

    def _reserve(self, probe: Probe) -> None:
        with self._changed:
            while not self._has_room(probe):
                self._changed.wait()
            self._under_way += 1

    def _has_room(self, probe: Probe) -> bool:
        if self.tasks is None:
            return True
        if not probe.cost and probe.rule in self.lenient:
            raise Lenient(f"the target accepted another request that breaks {probe.rule}: this one could cost, too")
        most = self.tasks - self.kept if probe.cost else max(self.tasks - self.kept, EXCEPTION)
        if self.spent >= most + probe.harmless:
            raise Spent(self._exhausted())
        return self.spent + self._under_way < most or (probe.harmless and not self._under_way)

    def _settle(self, probe: Probe, came: Collection[Exchange]) -> None:
        with self._changed:
            started = sum(exchange.tasks for exchange in came)
            self._under_way -= 1
            self.spent += started
            if started > probe.cost and probe.rule not in self.lenient:
                self.lenient.append(probe.rule)
            self._changed.notify_all()

    def _exhausted(self) -> str:
        if not self.tasks and not self.spent:
            return "no task is started without --budget N, the number of tasks that may be"
        kept = f", {self.kept} are left for other operations" if self.kept else ""
        return f"budget: {one_of(self.spent, self.tasks or 0, 'task')} spent{kept}; a larger --budget allows more"

    @property
    def told(self) -> str:
        """What requests cost that had to be refused; empty where none was accepted."""
        rules = ", ".join(self.lenient)
        return f"may have started a task each, although they had to be refused: {rules}" if rules else ""
