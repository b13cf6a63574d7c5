"""The journal of a running mock, followed entry by entry, also while the mock comes and goes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mock_server.commands.remote import Remote, Unreached

WITHIN: Final = 25
"""Seconds that the mock may wait for the next entry before it says that there is none."""
AGAIN: Final = 0.5
"""Seconds until a mock that went away is looked for again."""

Entry = dict[str, Any]


def newest(remote: Remote, filters: Mapping[str, Any], count: int) -> tuple[list[Entry], int]:
    """The newest `count` entries that match, and the id from which to follow."""
    answer = remote.get("journal", **filters, limit=max(count, 1))
    return answer["entries"] if count else [], answer["newest"]


def follow(
    remote: Remote,
    filters: Mapping[str, Any],
    after: int,
    warn: Callable[[str], object],
    pause: Callable[[float], object],
) -> Iterator[Entry]:
    """Every entry that matches and comes after the one with the id, for ever.

    A mock that goes away is waited for, and one that was started anew is followed from its first entry; `warn` is told.
    """
    away = False
    while True:
        try:
            answer = remote.get("journal", **filters, after=after, within=0 if away else WITHIN)
        except Unreached:
            if not away:
                warn(f"the mock at {remote.url} went away; waiting until it is back")
            away = True
            pause(AGAIN)
            continue
        if away:
            warn("the mock is back")
        away = False
        if answer["newest"] < after:
            warn("the mock was started anew, and counts its entries from 1")
            after = 0
            continue
        yield from answer["entries"]
        after = max([after, *(entry["id"] for entry in answer["entries"])])
