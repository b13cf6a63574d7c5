"""What is owed, in memory: a heap of what is due later, a line per receiver of what is due, and what is claimed."""

from collections.abc import Container, Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import chain, count
from typing import Final

from mock_server.domain.owed import Owed
from mock_server.domain.proposal import Crowded
from mock_server.state.ledger import Change, Ledger, Table, Unkept

OWED_KEPT: Final = 100_000
"""Chains of callbacks that are owed at once. No task is accepted past that; a chain that splits off past that is
written off."""
QUEUED: Final = 10_000
"""Chains that wait for one receiver, past which no task is accepted that would call it: it takes callbacks slower than
tasks come."""


class OwedCallbacks:
    """What was due first is claimed first, but for receivers that are full: a slow one holds up nothing but its own."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        self._ledger = Unkept() if ledger is None else ledger
        self._later: list[Owed] = []
        self._lines: dict[str, list[Owed]] = {}
        self._heads: list[Owed] = []
        self._lined_up = 0
        self._claimed: dict[int, Owed] = {}
        self._tokens = count(1)

    def __len__(self) -> int:
        return len(self._later) + self._lined_up + len(self._claimed)

    def __iter__(self) -> Iterator[Owed]:
        """Everything, in no order."""
        return chain(self._claimed.values(), *self._lines.values(), self._later)

    def owe(self, owed: Owed) -> Owed | None:
        """Owe something; what is written off because that is too much, if anything is."""
        self._ledger.note(Table.OWED, owed)
        heappush(self._later, owed)
        if len(self) <= OWED_KEPT:
            return None
        head = self._next_head()
        too_many = heappop(self._later) if head is None else self._leave_line(head)
        self._ledger.note(Table.OWED, too_many, Change.GONE)
        return too_many

    def restore(self, owed: Iterable[Owed]) -> None:
        """Owe what an engine has written, where nothing is owed yet."""
        self._later = [*owed]
        heapify(self._later)

    def next_due(self) -> float | None:
        """When something is due that nobody has claimed, in epoch seconds of the mock's clock."""
        lines = [line[0].due for line in self._lines.values()]
        return min([*lines, *(each.due for each in self._later[:1])], default=None)

    def next_later(self) -> float | None:
        """When something becomes due, in epoch seconds of the mock's clock; what is due and waits is left out."""
        return self._later[0].due if self._later else None

    def claim(self, now: float, full: Container[str]) -> tuple[int, Owed] | None:
        """What is due first by `now`, of the receivers that are not full, under a new token."""
        self._line_up(now)
        passed_over = []
        owed = None
        while owed is None and (head := self._next_head()) is not None:
            if head.receiver in full:
                passed_over.append(head)
            else:
                owed = self._leave_line(head)
        for head in passed_over:
            heappush(self._heads, head)
        if owed is None:
            return None
        token = next(self._tokens)
        self._claimed[token] = owed
        return token, owed

    def settle(self, token: int) -> bool:
        """Give up a claim. False where it was dropped."""
        owed = self._claimed.pop(token, None)
        if owed is not None:
            self._ledger.note(Table.OWED, owed, Change.GONE)
        return owed is not None

    def give_back(self, token: int) -> None:
        """Have what was claimed be due again, unless it was dropped."""
        owed = self._claimed.pop(token, None)
        if owed is not None:
            heappush(self._later, owed)

    def crowded(self, receiver: str, now: float) -> Crowded | None:
        """Why no more can be owed to a receiver."""
        if len(self) >= OWED_KEPT:
            return Crowded(f"{OWED_KEPT} tasks are owed callbacks, which is all that the mock keeps")
        if self._later and self._later[0].due <= now:
            self._line_up(now)
        if self._lined_up >= QUEUED and len(self._lines.get(receiver, ())) >= QUEUED:
            return Crowded(f"{QUEUED} tasks wait to call {receiver}, which answers slower than tasks come")
        return None

    def drop(self, key: str | None) -> list[Owed]:
        """Owe nothing more of one key, or nothing at all. What was owed, in order."""
        dropped = sorted(each for each in self if key in (None, each.key))
        self.forget(key)
        return dropped

    def forget(self, key: str | None) -> None:
        """The same, for who does not ask what it was."""
        dropped = [each for each in self if each.key == key]
        if key is None:
            self._ledger.emptied(Table.OWED)
        elif not dropped:
            return
        for each in dropped:
            self._ledger.note(Table.OWED, each, Change.GONE)
        self._claimed = {token: each for token, each in self._claimed.items() if key not in (None, each.key)}
        # What is due and left lines up again when it is looked at.
        self._later = [each for each in chain(self._later, *self._lines.values()) if key not in (None, each.key)]
        heapify(self._later)
        self._lines, self._heads, self._lined_up = {}, [], 0

    def _line_up(self, now: float) -> None:
        """Put what has become due in the line of its receiver."""
        while self._later and self._later[0].due <= now:
            owed = heappop(self._later)
            line = self._lines.setdefault(owed.receiver, [])
            heappush(line, owed)
            self._lined_up += 1
            if line[0] is owed:
                heappush(self._heads, owed)

    def _next_head(self) -> Owed | None:
        """Take out the first of all heads; one that has left its line, or has another before it, is none any more."""
        while self._heads:
            head = heappop(self._heads)
            line = self._lines.get(head.receiver)
            if line and line[0] is head:
                return head
        return None

    def _leave_line(self, head: Owed) -> Owed:
        """Take the first of a line, which was taken out of the heads; the next one takes its place there."""
        line = self._lines[head.receiver]
        heappop(line)
        self._lined_up -= 1
        if line:
            heappush(self._heads, line[0])
        else:
            del self._lines[head.receiver]
        return head
