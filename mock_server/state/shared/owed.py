"""What is owed where several workers deliver: who claims something writes it down, so that nobody else does."""

import json
from collections.abc import Collection, Container, Iterable
from heapq import heapify, heappop, heappush
from itertools import chain, count
from typing import Any, Final

from mock_server.domain.owed import Owed
from mock_server.state import packed
from mock_server.state.ledger import Change, Ledger, Table
from mock_server.state.memory_callbacks import OwedCallbacks
from mock_server.state.shared.accounts import rows
from mock_server.state.state_file import Step

NOTHING: Final = Step(emptied=False, gone=(), written={})


class SharedOwed(OwedCallbacks):
    """`worker` is who claims here; `newest_token` is the last that any worker has given to a claim."""

    def __init__(self, ledger: Ledger, worker: str) -> None:
        super().__init__(ledger)
        self._worker = worker
        self._known: dict[str, Owed] = {}
        self._holders: dict[int, str] = {}
        self.newest_token = 0

    def owe(self, owed: Owed) -> Owed | None:
        self._known[packed.owed_id(owed)] = owed
        too_many = super().owe(owed)
        if too_many is not None:
            self._known.pop(packed.owed_id(too_many), None)
        return too_many

    def claim(self, now: float, full: Container[str]) -> tuple[int, Owed] | None:
        claimed = super().claim(now, full)
        if claimed is not None:
            self.newest_token = token = claimed[0]
            self._holders[token] = self._worker
            self._ledger.note(Table.CLAIM, token)
        return claimed

    def settle(self, token: int) -> bool:
        if token in self._claimed:
            self._known.pop(packed.owed_id(self._claimed[token]), None)
            self._let_go(token)
        return super().settle(token)

    def give_back(self, token: int) -> None:
        if token in self._claimed:
            self._let_go(token)
        super().give_back(token)

    def forget(self, key: str | None) -> None:
        for token in [token for token, each in self._claimed.items() if key in (None, each.key)]:
            self._let_go(token)
        super().forget(key)
        self._known = {id: each for id, each in self._known.items() if key not in (None, each.key)}

    def may_claim(self, now: float, full: Container[str]) -> bool:
        """Whether there is something to be claimed."""
        self._line_up(now)
        return any(receiver not in full for receiver in self._lines)

    def held_by(self, workers: Collection[str]) -> list[int]:
        """The claims of some workers, by token."""
        return [token for token, holder in self._holders.items() if holder in workers]

    def holders(self) -> set[str]:
        """The workers that have claimed something."""
        return set(self._holders.values())

    def of_claim(self, token: int) -> dict[str, Any]:
        """A claim as a record."""
        return {"worker": self._holders[token], "owed": packed.owed_id(self._claimed[token])}

    def go_on_after(self, token: int) -> None:
        """Give tokens that nobody has had."""
        self.newest_token = max(self.newest_token, token)
        self._tokens = count(self.newest_token + 1)

    def follow(self, owed: Step | None, claims: Step | None) -> None:
        """Take what another worker's turn has done to what is owed, and to what is claimed of it."""
        owed, claims = owed or NOTHING, claims or NOTHING
        if owed.emptied:
            self._known, self._lines, self._heads, self._lined_up = {}, {}, [], 0
            self._later, self._claimed, self._holders = [], {}, {}
        written = {id: packed.owed(value) for _, id, value in rows(owed)}
        self._unclaim([*self._claimed] if claims.emptied else map(int, claims.gone), {*owed.gone, *written})
        taken = [self._known.pop(id, None) for id in (*owed.gone, *written)]
        self._take_out([each for each in taken if each is not None])
        for id, each in written.items():
            self._known[id] = each
            heappush(self._later, each)
        self._claim([(json.loads(id), value["worker"], value["owed"]) for _, id, value in rows(claims)])

    def _unclaim(self, tokens: Iterable[int], gone: Container[str]) -> None:
        """Have what was claimed wait again, unless it is gone, too."""
        for token in tokens:
            self._holders.pop(token, None)
            owed = self._claimed.pop(token, None)
            if owed is None:
                continue
            if (id := packed.owed_id(owed)) in gone:
                self._known.pop(id, None)
            else:
                heappush(self._later, owed)

    def _claim(self, claims: Iterable[tuple[int, str, str]]) -> None:
        for token, holder, id in claims:
            owed = self._known.get(id)
            if owed is not None and token not in self._claimed:
                self._line_up(owed.due)
                self._take_out([owed])
                self._claimed[token], self._holders[token] = owed, holder
                self.go_on_after(token)

    def _take_out(self, gone: Iterable[Owed]) -> None:
        """Have some wait no longer. What is first in its line, as nearly all that is claimed, costs little."""
        others: set[int] = set()
        for owed in gone:
            line = self._lines.get(owed.receiver)
            if self._later and self._later[0] is owed:
                heappop(self._later)
            elif line and line[0] is owed:
                self._leave_line(owed)
            else:
                others.add(id(owed))
        if others:
            self._later = [each for each in chain(self._later, *self._lines.values()) if id(each) not in others]
            heapify(self._later)
            self._lines, self._heads, self._lined_up = {}, [], 0

    def _let_go(self, token: int) -> None:
        del self._holders[token]
        self._ledger.note(Table.CLAIM, token, Change.GONE)
