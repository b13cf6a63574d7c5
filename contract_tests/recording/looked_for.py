"""Looks for many secrets in a text at once. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from contract_tests.target.keys import Keys, glance

BEGIN: Final = 6
"""Characters of what stands wherever a secret does by which it is looked for."""


class LookedFor:
    """Secrets, each with what masks it. Few of them are in a text: which may be is found by how their parts begin."""

    def __init__(self) -> None:
        self._known: dict[str, Keys] = {}
        self._by_length: list[str] = []
        self._begins: dict[str, set[str]] = defaultdict(set)
        self._lengths: set[int] = set()
        self._always: set[str] = set()

    def look_for(self, known: Mapping[str, Keys]) -> None:
        """Looks for these from now on, and for no others."""
        for gone in self._known.keys() - known.keys():
            self._always.discard(gone)
            for part in self._known[gone].parts or ():
                if whose := self._begins.get(part[:BEGIN]):
                    whose.discard(gone)
                    if not whose:
                        del self._begins[part[:BEGIN]]
        for new in known.keys() - self._known.keys():
            if (parts := known[new].parts) is None:
                self._always.add(new)
            for part in parts or ():
                self._begins[part[:BEGIN]].add(new)
                self._lengths.add(len(part[:BEGIN]))
        self._known = dict(known)
        # The longest first: where one is a part of another, nothing of that one may be left.
        self._by_length = sorted(known, key=len, reverse=True)

    def masked(self, text: str) -> str:
        """A text without any of them."""
        maybe = self._maybe(text)
        for secret in self._by_length if maybe else ():
            if secret in maybe:
                text, before = self._known[secret].masked(text), text
                maybe = maybe if text == before else self._maybe(text)
        return text

    def _maybe(self, text: str) -> set[str]:
        """Those that may stand in a text."""
        seen = glance(text)
        if seen is None:
            return {*self._known}
        pieces = {seen[at : at + length] for length in self._lengths for at in range(len(seen) - length + 1)}
        return self._always.union(*(self._begins[begin] for begin in pieces & self._begins.keys()))
