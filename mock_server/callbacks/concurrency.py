"""Limits how many deliveries run at once: 500 in all, 50 per receiver, so that one that hangs delays no other."""

from collections import Counter
from typing import Final

IN_ALL: Final = 500
PER_RECEIVER: Final = 50
"""Attempts to one host and port; the time to answer of further ones starts when they begin."""


class Concurrency:
    """Counts the deliveries under way. It contains the receivers to which no further one may begin."""

    def __init__(self) -> None:
        self._under_way = Counter[str]()
        self._in_all = 0

    def __contains__(self, receiver: object) -> bool:
        return self.exhausted or self._under_way[str(receiver)] >= PER_RECEIVER

    @property
    def exhausted(self) -> bool:
        """Whether no delivery at all may begin."""
        return self._in_all >= IN_ALL

    def enter(self, receiver: str) -> None:
        """A delivery begins."""
        self._under_way[receiver] += 1
        self._in_all += 1

    def leave(self, receiver: str) -> None:
        """A delivery has ended."""
        self._in_all -= 1
        self._under_way[receiver] -= 1
        if not self._under_way[receiver]:
            del self._under_way[receiver]
