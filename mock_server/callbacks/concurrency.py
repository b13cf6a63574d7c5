"""How many attempts are under way at once: in all, and to one receiver, so that one that hangs delays no other."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

IN_ALL: Final = 500
PER_RECEIVER: Final = 50
"""Attempts to one host and port; further ones wait, and their time to answer starts when they begin."""

T = TypeVar("T")


class Places(Generic[T]):
    """Places for attempts, and what waits for one, by receiver. Iterates over what waits; receivers take turns."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()
        self._waiting_in_all = 0
        self._taken_in_all = 0

    def __len__(self) -> int:
        return self._waiting_in_all

    def __iter__(self) -> Iterator[T]:
        return (each for waiting in self._waiting.values() for each in waiting)

    def queued(self, receiver: str) -> int:
        """How many wait for a receiver."""
        return len(self._waiting.get(receiver, ()))

    def take(self, receiver: str) -> bool:
        """Take a place, if one is free."""
        if not self._is_free(receiver):
            return False
        self._taken[receiver] += 1
        self._taken_in_all += 1
        return True

    def wait(self, receiver: str, waiter: T) -> None:
        """Wait for a place, behind those that wait for the same receiver."""
        self._waiting.setdefault(receiver, deque()).append(waiter)
        self._waiting_in_all += 1

    def leave(self, receiver: str) -> T | None:
        """Give a place back. Who waited for one and has it now, if anybody."""
        self._taken_in_all -= 1
        self._taken[receiver] -= 1
        if not self._taken[receiver]:
            del self._taken[receiver]
        following = next(filter(self._is_free, self._waiting), None)
        return None if following is None else self._turn(following)

    def drop(self, unwanted: Callable[[T], bool]) -> None:
        """Let those wait no longer that are not wanted."""
        kept = [
            (receiver, [each for each in waiting if not unwanted(each)]) for receiver, waiting in self._waiting.items()
        ]
        self._waiting = OrderedDict((receiver, deque(waiting)) for receiver, waiting in kept if waiting)
        self._waiting_in_all = sum(map(len, self._waiting.values()))

    def _is_free(self, receiver: str) -> bool:
        return self._taken_in_all < IN_ALL and self._taken[receiver] < PER_RECEIVER

    def _turn(self, receiver: str) -> T:
        waiting = self._waiting[receiver]
        self._waiting.move_to_end(receiver)
        waiter = waiting.popleft()
        self._waiting_in_all -= 1
        if not waiting:
            del self._waiting[receiver]
        self.take(receiver)
        return waiter


def receiver_of(url: str) -> str:
    """Host and port of a receiver, as its URL has them."""
    return urlsplit(url).netloc
