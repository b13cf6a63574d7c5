"""Follows the journal of a running mock entry by entry, also while the mock stops and starts again."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mock_server.commands.client.admin_client import PAGE, Remote, Unreached

WITHIN: Final = 25
"""Seconds that the mock may wait for the next entry before it says that there is none."""
AGAIN: Final = 0.5
"""Seconds until a mock that went away, or had nothing to tell, is asked again."""

Entry = dict[str, Any]


class Place(NamedTuple):
    """From where a journal is followed: after the entry of an id, and in which run of the mock."""

    after: int
    started: str


def newest(remote: Remote, filters: Mapping[str, Any], count: int) -> tuple[list[Entry], Place]:
    """The newest `count` entries that match, and from where to follow."""
    answer = remote.get("journal", **filters, last=max(count, 1), limit=min(max(count, 1), PAGE))
    entries: list[Entry] = answer["entries"]
    while answer["more"] and len(entries) < count:
        answer = remote.get("journal", **filters, cursor=answer["cursor"], limit=PAGE)
        entries += answer["entries"]
    return entries if count else [], Place(int(answer["cursor"]), answer["started"])


def follow(
    remote: Remote,
    filters: Mapping[str, Any],
    place: Place,
    warn: Callable[[str], object],
    pause: Callable[[float], object],
) -> Iterator[Entry]:
    """Every entry that matches and comes after the cursor, for ever.

    A mock that goes away is waited for, and one that was started anew is followed from its first entry; `warn` is told.
    """
    (after, started), away = place, False
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
        if answer["newest"] < after or answer["started"] != started:
            warn("the mock was started anew, and counts its entries from 1")
            after, started = 0, answer["started"]
            continue
        if not answer["entries"]:
            pause(AGAIN)  # who was asked to wait, and did not, is not asked without end
        yield from answer["entries"]
        after = max(after, int(answer["cursor"]))
