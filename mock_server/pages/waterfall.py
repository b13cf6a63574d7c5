"""One task's course on one axis: its stages, the attempts to deliver each callback, and the polls. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mock_server.control.views import TimelinePoint
from mock_server.pages.delivered import BAD, DULL, GOOD, TONES
from mock_server.state.journal_entries import Attempted, Requested

WIDTH: Final = 1000
"""Units of the axis."""
POINT: Final = 6
"""Units of what has no length of its own, and of what would be too short to be seen."""
MARKED: Final = 200
"""Marks of one lane, the newest ones."""
STAGES: Final = ("reached", "expected", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something on the axis, `x` and `width` in units; `says` is for a pointer."""

    x: int
    width: int
    tone: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """The lanes by name, each with its marks, and the seconds behind the answer at which the axis ends."""

    lanes: Sequence[tuple[str, Sequence[Mark]]]
    ends: float


def waterfall(
    moments: Sequence[TimelinePoint], attempts: Sequence[Attempted], polls: Sequence[Requested], created: float
) -> Waterfall | None:
    """The course of a task that was accepted at a time; None where nothing came after that."""
    times = [*(each.at for each in moments), *(each.at for each in attempts), *(each.at for each in polls)]
    ends = max(times, default=created) - created
    if ends <= 0:
        return None

    def at(seconds: float) -> int:
        return round(max(0.0, min(seconds / ends, 1.0)) * (WIDTH - POINT))

    lanes: list[tuple[str, Sequence[Mark]]] = []
    before = created
    for moment in (each for each in moments if each.what in STAGES and each.stage):
        begun, reached = at(before - created), at(moment.at - created)
        tone = BAD if moment.what == "failed" else DULL if moment.what == "expected" else GOOD
        bar = Mark(x=begun, width=max(reached - begun, POINT), tone=tone, kind="stage", says=_said(moment, created))
        told = [each for each in attempts if each.stage == moment.stage][-MARKED:]
        lanes.append((moment.stage or "", [bar, *(_attempted(each, at(each.at - created), created) for each in told)]))
        before = moment.at
    if polls:
        lanes.append(("polls", [_polled(each, at(each.at - created), created) for each in polls[-MARKED:]]))
    return Waterfall(lanes=lanes, ends=ends)


def _attempted(attempt: Attempted, x: int, created: float) -> Mark:
    says = f"callback {attempt.outcome.replace('_', ' ')} {_after(attempt.at, created)}, {attempt.took * 1000:.0f} ms"
    return Mark(x=x, width=POINT, tone=TONES.get(attempt.outcome, BAD), kind="attempt", says=says)


def _polled(poll: Requested, x: int, created: float) -> Mark:
    return Mark(x=x, width=POINT, tone=DULL, kind="poll", says=f"polled {_after(poll.at, created)}")


def _said(moment: TimelinePoint, created: float) -> str:
    return f"{moment.stage} {moment.what} {_after(moment.at, created)}: {moment.detail}"


def _after(at: float, created: float) -> str:
    return f"after {at - created:.2f} s"
