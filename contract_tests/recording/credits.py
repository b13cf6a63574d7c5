"""What a recording tells of the credits of one key while nothing but its own extends was paid for. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

from contract_tests.documents.published import Published
from contract_tests.recording.message import NOT_HANDED_ON, REQUEST, Message
from contract_tests.recording.probes import extends

Told = tuple[int, float]
"""The number of a request for credits, and how many it was told."""
Account = tuple[bool, int]


class _Starts:
    """When tasks were being started."""

    def __init__(self, paid: Iterable[Message]) -> None:
        ordered = sorted(paid, key=lambda each: each.at)
        self._begun = [each.at for each in ordered]
        self._latest_end = [*accumulate((each.at + each.took for each in ordered), max)]

    def during(self, message: Message) -> bool:
        """Whether one was while a message passed, so that nobody knows which of both came first."""
        before = bisect_right(self._begun, message.at + message.took)
        return before > 0 and self._latest_end[before - 1] >= message.at


def credits_told(messages: Iterable[Message], published: Published) -> tuple[Told, ...]:
    """Of the stretches between which something else was paid for, by another key or of another operation, that with the
    most requests; empty where no key asked."""
    stretches: dict[Account, list[list[Told]]] = {}
    # Bodies are not kept, of which a recording may have a hundred thousand.
    kept = [
        (_paid(each), _told(each, published), replace(each, sent=b"", body=b""))
        for each in messages
        if each.kind == REQUEST
    ]
    starts = _Starts([message for paid, _, message in kept if paid])
    for paid, told, message in sorted(kept, key=lambda each: each[2].number):
        if paid:
            own = message.account if extends(message, published.terms.extend) else None
            for account, found in stretches.items():
                if account != own:
                    found.append([])
        elif message.account[1] and told is not None and not starts.during(message):
            stretches.setdefault(message.account, [[]])[-1].append((message.number, told))
    every = [stretch for found in stretches.values() for stretch in found]
    longest = max(every, key=_length) if every else []
    return tuple(longest)


def _length(stretch: list[Told]) -> int:
    return stretch[-1][0] - stretch[0][0] if stretch else 0


def _paid(message: Message) -> bool:
    """Whether a message may have started a task."""
    asked = message.kind == REQUEST and message.method == "POST" and not message.error.startswith(NOT_HANDED_ON)
    return asked and bool(message.exchange("").tasks)


def _told(message: Message, published: Published) -> float | None:
    path = message.path.partition("?")[0]
    if message.kind != REQUEST or message.method != "GET" or path not in published.terms.credits:
        return None
    exchange = message.exchange("")
    left = exchange.record if exchange.code == 200 else None
    return left if isinstance(left, int | float) and not isinstance(left, bool) else None
