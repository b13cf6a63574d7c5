"""Callbacks of one task that go out one after the other, and the policy of when the next attempt is made. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from mock_server.delivery import Outcome
from mock_server.scenarios import STAGES, Step
from mock_server.tasks import Task
from mock_server.timeline import Planned, plan


@dataclass(slots=True, eq=False)
class Chain:
    """What is still owed of one task: the position in the plan, and the retries made there."""

    task: Task
    planned: tuple[Planned, ...]
    position: int = 0
    retries: int = 0

    @property
    def step(self) -> Step:
        """The callback that is owed next."""
        return self.planned[self.position].step

    @property
    def due(self) -> float:
        """When it is due for the first time, in epoch seconds of the mock's clock."""
        return self.task.created + self.planned[self.position].after

    @property
    def ended(self) -> bool:
        """Whether nothing is owed any more."""
        return self.position == len(self.planned)

    def retry_after(self, outcome: Outcome) -> float | None:
        """Seconds until the same callback is tried again; None when it was received or is given up."""
        readings = self.task.edition.readings
        retries = 0 if outcome is Outcome.BLOCKED else len(readings.retry_spacing)
        if outcome is Outcome.ACCEPTED or self.retries >= retries:
            return None
        return self.task.pace.scale(readings.retry_spacing[self.retries])

    def go_on(self, outcome: Outcome) -> bool | None:
        """Turn to the next callback. Whether the last one was received, once that is decided."""
        received = outcome is Outcome.ACCEPTED
        stops = not received and self.task.edition.readings.after_giving_up
        self.task.given_up |= stops
        last = self.step.stage == STAGES[-1]
        self.position += 1
        self.retries = 0
        return received if last or stops else None


def chains(task: Task) -> Sequence[Chain]:
    """One chain, of which one callback is owed at a time, so that stages never overtake. Where the edition lets them,
    each callback is a chain of its own."""
    planned = plan(task)
    if task.edition.readings.callback_order and planned:
        return (Chain(task, planned),)
    return [Chain(task, (each,)) for each in planned]
