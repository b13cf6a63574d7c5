"""What is owed of a task's callbacks: plain records that a store keeps, and how one attempt changes them. Pure."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from mock_server.contract.body_validator import is_http_url
from mock_server.contract.scenarios import STAGES, Step
from mock_server.core.addresses import plain_origin
from mock_server.core.errors import BadSetting
from mock_server.core.text import shown
from mock_server.domain.attempt import Outcome
from mock_server.domain.tasks import Task, TaskRecord
from mock_server.domain.timeline import Planned, plan

AUTHORITY: Final = re.compile("//([^/?#]*)")
"""RFC 3986, section 3.2."""


class Owed(NamedTuple):
    """Callbacks of one task that go out one after the other, the next of them at `position` of the plan. They compare
    in the order in which they are attempted: by `due`, in epoch seconds of the mock's clock, then by the request that
    started the task, then by `chain`, which tells those of one task apart.

    `retries` counts the attempts before the next one, `receiver` is host and port of the `url`.
    """

    due: float
    key: str
    ordinal: int
    chain: int
    retries: int
    position: int
    task_id: str
    created: float
    url: str
    receiver: str
    planned: tuple[Planned, ...]

    def __hash__(self) -> int:
        return hash(self[:7])  # what is behind it takes long, and tells nothing more apart

    @property
    def step(self) -> Step:
        """The callback that is owed next."""
        return self.planned[self.position].step

    @property
    def code(self) -> int:
        """The code in its envelope."""
        return self.planned[self.position].code

    @property
    def ended(self) -> bool:
        """Whether nothing is owed any more."""
        return self.position == len(self.planned)

    def changed(self, **changes: Any) -> "Owed":
        """The same with other fields."""
        return self._replace(**changes)

    def turned(self) -> "Owed":
        """The same, about the next callback, which is due as planned."""
        position = self.position + 1
        due = self.created + self.planned[position].after if position < len(self.planned) else self.due
        return self._replace(due=due, position=position, retries=0)


class Claimed(NamedTuple):
    """What is owed, claimed to be attempted: nobody else has it until it is settled with this `token`. `record` is None
    when the task is not kept any more."""

    token: int
    owed: Owed
    record: TaskRecord | None


class Settlement(NamedTuple):
    """What follows from an attempt: what is owed instead, whether the task's other callbacks are given up, and whether
    the last one was received, once that is decided."""

    owed: Sequence[Owed] = ()
    given_up: bool = False
    received: bool | None = None

    @classmethod
    def cut_off(cls, owed: Owed) -> "Settlement":
        """After an attempt that the mock's stop cut off: it is not made again."""
        following = owed.turned()
        return cls(() if following.ended else (following,))


def owed_first(record: TaskRecord, planned: tuple[Planned, ...]) -> Owed | None:
    """What a task owes when it is opened; None where it has no callbacks, or nobody to call."""
    return _owed(record, planned, 0) if planned and record.callback_url else None


def owed_at(task: Task, position: int, to: str = "") -> Owed:
    """One callback of a task's plan, by itself, to the task's own URL or to another. Raises BadSetting for what is no
    URL."""
    if to and not is_http_url(to):
        raise BadSetting(f"to is {shown(to)}. Allowed: an absolute http:// or https:// URL with a host.")
    if not to and not task.callback_url:
        raise BadSetting(f"task {task.id} has no callBackUrl. Allowed: a URL to send the callback to.")
    owed = _owed(task.record, plan(task)[: position + 1], position)
    return owed.changed(url=to, receiver=receiver_of(to)) if to else owed


def _owed(record: TaskRecord, planned: tuple[Planned, ...], position: int) -> Owed:
    url = record.callback_url
    due = record.created + planned[position].after
    return Owed(
        due, record.key, record.ordinal, 0, 0, position, record.id, record.created, url, receiver_of(url), planned
    )


def receiver_of(url: str) -> str:
    """Host and port of a receiver, as its URL has them."""
    plain = plain_origin(url)
    if plain is not None:
        return plain.receiver
    found = AUTHORITY.search(url)
    return found[1] if found else ""


def settled(owed: Owed, outcome: Outcome, task: Task, now: float) -> Settlement:
    """Try the same callback again, go on to the next, or give the task up. `now` in epoch seconds of the mock's
    clock."""
    readings = task.edition.readings
    wait, following = _retry_after(owed, outcome, task), owed.turned()
    if wait is not None:
        again = owed.changed(due=now + wait, retries=owed.retries + 1)
        if readings.callback_order or following.ended:
            return Settlement((again,))
        # Later callbacks overtake this one, which is tried again in a chain of its own.
        alone = again.changed(chain=owed.position + 1, planned=owed.planned[: owed.position + 1])
        return Settlement((alone, following))
    left = () if following.ended else (following,)
    if outcome is Outcome.BLOCKED:
        # Where callbacks may go is the mock's rule: the API would have called, so nothing is lost.
        return Settlement(left)
    received = outcome is Outcome.ACCEPTED
    stops = not received and readings.after_giving_up
    last = owed.step.stage == STAGES[-1]
    return Settlement(left, stops, received if last or stops else None)


def _retry_after(owed: Owed, outcome: Outcome, task: Task) -> float | None:
    """Seconds until the same callback is tried again; None when it was received or is given up."""
    spacing = () if outcome is Outcome.BLOCKED else task.edition.readings.retry_spacing
    if outcome is Outcome.ACCEPTED or owed.retries >= len(spacing):
        return None
    return task.pace.scale(spacing[owed.retries])
