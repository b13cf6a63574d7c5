"""Callbacks of one task that go out one after the other, and the policy of when the next attempt is made."""

from dataclasses import dataclass

from mock_server.contract.scenarios import STAGES, Step
from mock_server.domain.attempt import Outcome
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import Planned


@dataclass(slots=True, eq=False)
class Chain:
    """What is still owed of one task: the position in the plan, the retries made there, and when the next attempt is
    due, in epoch seconds of the mock's clock. `redelivered`: somebody asked for it, and nothing follows from it."""

    task: Task
    planned: tuple[Planned, ...]
    position: int = 0
    retries: int = 0
    due: float = 0.0
    redelivered: bool = False

    @property
    def step(self) -> Step:
        """The callback that is owed next."""
        return self.planned[self.position].step

    @property
    def planned_at(self) -> float:
        """When the next callback is due for the first time, in epoch seconds of the mock's clock."""
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

    def retried(self) -> "Chain":
        """What is to be tried again: this chain, or where the edition lets later callbacks overtake, a chain of that
        callback alone, while this one turns to the next."""
        if self.task.edition.readings.callback_order:
            self.retries += 1
            return self
        alone = Chain(self.task, self.planned[self.position : self.position + 1], retries=self.retries + 1)
        self.turn()
        return alone

    def go_on(self, outcome: Outcome) -> bool | None:
        """Turn to the next callback. Whether the last one was received, once that is decided."""
        received = outcome is Outcome.ACCEPTED
        stops = not received and self.task.edition.readings.after_giving_up
        self.task.given_up |= stops
        last = self.step.stage == STAGES[-1]
        self.turn()
        return received if last or stops else None

    def turn(self) -> None:
        """Be about the next callback."""
        self.position += 1
        self.retries = 0
