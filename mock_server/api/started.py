"""The requests that start a task of an operation whose file says what it is (`openapi/operations`)."""

from collections.abc import Mapping
from typing import Final

from mock_server.api.judgement import Check, Judgement, by_number
from mock_server.api.open_task import TaskOpening
from mock_server.contract.operations import Operation
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer
from mock_server.domain.proposal import Decision

FINISHED_TRACK: Final = "finished_track"
"""In place of all checks that a track of a finished task of the key needs."""


class Started:
    """What is checked is what is checked of every task, and what the operation's file names beside."""

    drawn_by = staticmethod(by_number)

    def __init__(self, operation: Operation, opening: TaskOpening, checks: Mapping[str, Mapping[str, Check]]) -> None:
        self.name = operation.name
        self._once = operation.once
        self._prices = operation.prices
        self._opening = opening
        once: Mapping[str, Check] = {"once": self._first_time} if operation.once else {}
        named = [checks[each] for each in operation.checks]
        self.own_checks: Mapping[str, Check] = {
            **{name: check for each in named for name, check in each.items()},
            **once,
            **opening.checks(),
        }

    def _first_time(self, judgement: Judgement) -> None:
        judgement.leave("once")
        judgement.made_already = state_rules.made_already(self.name, self._once, judgement.request, judgement.edition)

    def propose(self, judgement: Judgement) -> None:
        """A task is to be started."""
        if self._once:
            judgement.made = self.name, judgement.request["audioId"]
        for member, prices in self._prices.items():
            judgement.price = prices.get(judgement.request.get(member), judgement.price)
        self._opening.draft(judgement)

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """Every request of kind task is answered with the task that starts."""
        return self._opening.answer(judgement, decision)
