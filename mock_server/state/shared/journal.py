"""The journal of all workers together."""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from mock_server.state.change_signal import Changes
from mock_server.state.journal import MemoryJournal
from mock_server.state.journal_entries import Entry
from mock_server.state.journal_match import Match
from mock_server.state.ledger import Ledger
from mock_server.state.packed_entries import entry
from mock_server.state.shared.accounts import rows
from mock_server.state.state_file import Step

T = TypeVar("T")


class InTurn(Protocol):
    """Makes a change in a turn."""

    def __call__(self, change: Coroutine[Any, Any, T]) -> Awaitable[T]: ...


class SharedJournal(MemoryJournal):
    """`in_turn` makes a change in a turn, `caught_up` returns once the turns of others were read. Listeners are told of
    the entries of this worker alone."""

    def __init__(
        self, changes: Changes, ledger: Ledger, in_turn: InTurn, caught_up: Callable[[], Awaitable[object]]
    ) -> None:
        super().__init__(changes, ledger)
        self._in_turn = in_turn
        self._caught_up = caught_up

    async def append(self, entry: Entry) -> int:
        return await self._in_turn(super().append(entry))

    async def entry(self, id: int) -> Entry | None:
        await self._caught_up()
        return await super().entry(id)

    async def page(self, after: int = 0, limit: int | None = None, match: Match | None = None) -> list[Entry]:
        await self._caught_up()
        return await super().page(after, limit, match)

    async def wait(self, match: Match, *, count: int, after: int = 0, within: float) -> int:
        await self._caught_up()
        return await super().wait(match, count=count, after=after, within=within)

    async def clear(self, key: str | None) -> None:
        await self._in_turn(super().clear(key))

    def follow(self, step: Step) -> None:
        """Take what another worker's turn has done to the entries."""
        gone, dropped = set(map(int, step.gone)), self.dropped
        while self._entries and self._entries[0].id in gone:  # as who is full drops them, whoever waits has seen them
            gone.discard(self._entries[0].id)
            self._bytes -= self._entries.popleft().size
        kept = [] if step.emptied else self._entries
        if step.emptied or (gone and any(entry.id in gone for entry in kept)):
            self._entries = deque(entry for entry in kept if entry.id not in gone)
            self._bytes = sum(entry.size for entry in self._entries)
            for waiting in self._waiting:
                waiting.begin(list(self._entries))
        for _, _, value in rows(step):
            added = entry(value)
            self._keep(added)
            for waiting in self._waiting:
                waiting.see(added)
        self.dropped = dropped
