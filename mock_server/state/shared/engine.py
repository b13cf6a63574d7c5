"""What several workers of one mock share: turns in which one of them changes something, and what each turn changed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from mock_server.state.ledger import Change, Table
from mock_server.state.packed import packed, unpacked
from mock_server.state.state_file import Step

Changed = Mapping[Table, Step]
"""What one turn changed, by table."""
TURNS_KEPT: Final = 2_000
"""The newest turns that a worker can read; one that has missed more reads everything."""
UNSEEN: Final = -1
"""What a worker has seen that has read nothing yet."""
LEASE: Final = 10.0
"""Seconds of real time after which a worker that was not heard of counts as dead."""


class Written(NamedTuple):
    """One turn: its number, from 1 on, who had it, and what it changed."""

    number: int
    worker: str
    changed: Changed


class Whole(NamedTuple):
    """All that is kept, up to the turn of a number; `others` are the workers that live."""

    number: int
    records: Changed
    others: Sequence[str]


class Turn(NamedTuple):
    """The right to change something, until it is written or given up. `missed` are the turns of others since the last
    one that was seen, None where they are not kept any more; `dead` are the workers that were not heard of for long."""

    token: int
    missed: Sequence[Written] | None
    dead: Sequence[str]


class Engine(Protocol):
    """Every method but `real_time` and `let_go` may wait, and raises EngineFailed where the engine does not do it."""

    name: str
    """What it is called in texts, without a password."""

    def real_time(self) -> float:
        """Epoch seconds, the same for all workers."""

    async def take(self, worker: str, seen: int) -> Turn:
        """Wait for a turn of a worker that has seen those up to a number. Nobody else has one before it has ended."""

    async def write(self, turn: Turn, worker: str, changed: Changed, lease: float) -> int:
        """End a turn by what it changed, all of it or nothing; the number of the turn. The worker counts as alive for
        `lease` seconds of real time, and who was dead at the beginning of the turn is forgotten."""

    async def give_up(self, turn: Turn) -> None:
        """End a turn in which nothing was changed."""

    async def missed(self, seen: int) -> Sequence[Written] | None:
        """The turns after that of a number; None where they are not kept any more."""

    async def whole(self, worker: str) -> Whole:
        """All that is kept, for a worker that has seen nothing."""

    async def leave(self, worker: str) -> None:
        """The worker ends; nobody waits until it counts as dead."""

    async def close(self) -> None:
        """Let go of what is held."""

    def let_go(self) -> None:
        """The same, where nothing was done with it yet."""


class EngineFailed(Exception):
    """What is shared cannot be reached or written; the text says why. Whether a turn was written is not known."""


def as_text(changed: Changed) -> bytes:
    """What a turn changed, as JSON."""
    return packed(
        [
            (table.value, step.emptied, step.gone, [(change.value, rows) for change, rows in step.written.items()])
            for table, step in changed.items()
        ]
    )


def from_text(text: bytes) -> Changed:
    """What `as_text` wrote."""
    return {
        Table(table): Step(emptied, gone, {Change(change): _pairs(rows) for change, rows in written})
        for table, emptied, gone, written in unpacked(text)
    }


def _pairs(rows: Sequence[Sequence[Any]]) -> Sequence[tuple[str, Any]]:
    return [(id, value) for id, value in rows]
