"""Waits for entries of the journal, and tells what came where they do not."""

from mock_server.core.errors import BadSetting, Stopped, check_count
from mock_server.state.journal_entries import listed
from mock_server.state.journal_match import Match
from mock_server.state.store import Store


async def came(store: Store, match: Match, count: int, within: float) -> None:
    """Return once there are `count` entries that match. Raises TimeoutError with what did come, of the key's alone
    where the match has one; Stopped with the same where the mock stopped; and BadSetting for a count below 1."""
    check_count("count", count)
    if not isinstance(within, int | float) or not within >= 0:
        raise BadSetting(f"within is {within!r}. Allowed: seconds, 0 or more.")
    found = await store.journal.wait(match, count=count, within=within)
    if found < count:
        told = f"Journal:{listed(await store.journal.page(match=Match(key=match.key)))}"
        if store.changes.closed:
            raise Stopped(f"{found} of {count} came until the mock was stopped. {told}")
        raise TimeoutError(f"{found} of {count} came within {within:g} s. {told}")
