"""What the journal keeps, what it forgets, and how it is waited for."""

import asyncio

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_server.core.errors import Maintenance
from mock_server.domain.answer import refused
from mock_server.state.journal import BYTES_KEPT, ENTRIES_KEPT, LISTED, Journal
from mock_server.state.journal_entries import Entry, Match
from tests.builders import attempted, edition, requested
from tests.waiting import begun, settled

pytestmark = pytest.mark.anyio

LARGE = bytes(BYTES_KEPT // 3)
STAGE_TEXT = Match(stage="text")
LONG = 60.0
"""Seconds that nobody waits for in full."""


def journal(*entries: Entry) -> Journal:
    written = Journal()
    for entry in entries:
        written.record(entry)
    return written


def test_entries_keep_their_order() -> None:
    entries = [attempted(number=number) for number in range(3)]
    written = journal(*entries)
    assert list(written) == entries
    assert written.dropped == 0


def test_entries_are_numbered_from_1() -> None:
    assert [entry.id for entry in journal(requested(), attempted(), requested())] == [1, 2, 3]


def test_a_number_never_comes_again() -> None:
    written = journal(attempted(), attempted())
    written.clear(None)
    written.record(attempted())
    assert [entry.id for entry in written] == [3]


def test_reading_allows_recording() -> None:
    written = journal(attempted())
    for _ in written:
        written.record(attempted())
    assert len(list(written)) == 2


def test_the_oldest_entries_are_forgotten() -> None:
    entries = [attempted(number=number) for number in range(ENTRIES_KEPT + 2)]
    written = journal(*entries)
    assert list(written) == entries[2:]
    assert written.dropped == 2


def test_large_bodies_push_entries_out() -> None:
    entries: list[Entry] = [requested(body=LARGE), attempted(body=LARGE), attempted(), attempted(body=LARGE)]
    written = journal(*entries)
    assert list(written) == entries[1:]
    assert written.dropped == 1


def test_an_entry_that_is_too_large_is_not_kept() -> None:
    written = journal(attempted(body=bytes(BYTES_KEPT)))
    assert (list(written), written.dropped) == ([], 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["small", "large", "clear one", "clear"]), max_size=25))
@example(["large", "clear one", *["large"] * 3])
def test_the_newest_entries_that_fit_are_kept(course: list[str]) -> None:
    written, kept = Journal(), list[Entry]()
    for number, step in enumerate(course):
        match step:
            case "small" | "large":
                entry = attempted(key="ab"[number % 2], body=LARGE if step == "large" else b"")
                written.record(entry)
                kept.append(entry)
                while sum(each.size for each in kept) > BYTES_KEPT:
                    del kept[0]
            case "clear one":
                written.clear("a")
                kept = [each for each in kept if each.key != "a"]
            case _:
                written.clear(None)
                kept = []
        assert list(written) == kept


def test_one_keys_entries_can_be_cleared() -> None:
    entries: list[Entry] = [
        requested(key="a"),
        requested(key="b"),
        attempted(key="a"),
        attempted(key="b"),
        requested(key=None),
    ]
    written = journal(*entries)
    written.clear("a")
    assert list(written) == [entries[1], entries[3], entries[4]]


def test_clearing_everything_clears_the_count() -> None:
    written = journal(attempted(body=bytes(BYTES_KEPT)), attempted())
    written.clear("key")
    assert (list(written), written.dropped) == ([], 1)
    written.clear(None)
    assert written.dropped == 0


def test_the_listener_hears_every_entry() -> None:
    heard: list[Entry] = []
    written, dropped, kept = Journal(heard.append), attempted(body=bytes(BYTES_KEPT)), requested()
    written.record(dropped)
    written.record(kept)
    assert heard == [dropped, kept]


async def test_what_has_come_is_not_waited_for() -> None:
    entries = [attempted(), attempted(stage="first"), attempted()]
    written = journal(*entries)
    for count in (0, 1, 2):
        assert await written.wait_for(STAGE_TEXT, count=count, within=0) == [entries[0], entries[2]]


async def test_only_what_matches_is_waited_for() -> None:
    written = journal(attempted())
    waiting = await begun(written.wait_for(STAGE_TEXT, count=3, within=LONG))
    for entry in (attempted(), attempted(stage="first"), requested()):
        written.record(entry)
        await settled()
        assert not waiting.done()
    written.record(attempted())
    assert [entry.id for entry in await waiting] == [1, 2, 5]


async def test_waiting_looks_at_each_entry_once() -> None:
    looked: list[int] = []

    def wanted(entry: Entry) -> bool:
        looked.append(entry.id)
        return True

    written = journal(*(attempted() for _ in range(100)))
    waiting = await begun(written.wait_for(wanted, count=200, within=LONG))
    for _ in range(100):
        written.record(attempted())
    assert looked == list(range(1, 201))
    assert len(await waiting) == 200


async def test_what_was_cleared_is_waited_for_again() -> None:
    written = journal(attempted())
    waiting = await begun(written.wait_for(STAGE_TEXT, count=2, within=LONG))
    written.clear(None)
    written.record(attempted())
    await settled()
    assert not waiting.done()
    written.record(attempted())
    assert [entry.id for entry in await waiting] == [2, 3]


async def test_several_wait_at_once() -> None:
    written = Journal()
    waiting = [await begun(written.wait_for(STAGE_TEXT, count=count, within=LONG)) for count in (1, 2)]
    written.record(attempted())
    assert len(await waiting[0]) == 1
    written.record(attempted())
    assert len(await waiting[1]) == 2


async def test_waiting_in_vain_shows_what_came() -> None:
    written = journal(attempted(), requested(refused(Maintenance("later"), edition())))
    with pytest.raises(TimeoutError) as error:
        await written.wait_for(STAGE_TEXT, count=2, within=0.01)
    assert str(error.value) == (
        "1 of 2 came within 0.01 s. Journal:\n"
        "  <-- text of 5c79 to http://127.0.0.1:3000/callback  accepted in 0 ms: HTTP 200\n"
        "  --> POST /api/v1/generate/extend  "
        "455 Service Unavailable - System is currently undergoing maintenance: later"
    )


@pytest.mark.parametrize("end", ["an entry", "time", "a cancellation"])
async def test_for_who_waits_no_longer_nothing_is_looked_at(end: str) -> None:
    looked: list[int] = []

    def wanted(entry: Entry) -> bool:
        looked.append(entry.id)
        return True

    written = Journal()
    waiting = asyncio.create_task(written.wait_for(wanted, count=1, within=0 if end == "time" else LONG))
    await settled()
    if end == "an entry":
        written.record(attempted())
    if end == "a cancellation":
        waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    looked.clear()
    written.record(attempted())
    assert looked == []


async def test_waiting_for_nothing_says_so() -> None:
    with pytest.raises(TimeoutError, match=r"^0 of 1 came within 0 s\. Journal: nothing$"):
        await Journal().wait_for(Match(), count=1, within=0)


async def test_what_came_after_an_entry_is_there_at_once() -> None:
    entries = [attempted(), attempted(stage="first"), attempted()]
    written = journal(*entries)
    assert await written.after(0, STAGE_TEXT, LONG) == [entries[0], entries[2]]
    assert await written.after(1, STAGE_TEXT, LONG) == [entries[2]]
    assert await written.after(3, STAGE_TEXT, 0) == []


async def test_what_comes_after_an_entry_is_waited_for() -> None:
    written = journal(attempted())
    following = await begun(written.after(1, STAGE_TEXT, LONG))
    written.record(attempted(stage="first"))
    await settled()
    assert not following.done()
    written.record(attempted())
    assert [entry.id for entry in await following] == [3]
    assert written.newest == 3


async def test_whoever_follows_is_let_go_when_the_mock_stops() -> None:
    written = Journal()
    following = await begun(written.after(0, STAGE_TEXT, LONG))
    written.close()
    assert await following == []
    assert await written.after(0, STAGE_TEXT, LONG) == []


def test_what_is_recorded_or_cleared_is_a_change() -> None:
    written = journal(attempted(), attempted())
    written.clear("key")
    assert written.changes.count == 3


async def test_a_long_journal_is_told_in_short() -> None:
    written = journal(*(attempted(number=number) for number in range(2, LISTED + 5)))
    with pytest.raises(TimeoutError) as caught:
        await written.wait_for(STAGE_TEXT, count=100, within=0)
    heading, *lines = str(caught.value).splitlines()
    assert heading == f"{LISTED + 3} of 100 came within 0 s. Journal: (3 older ones left out)"
    assert (len(lines), "(attempt 5)" in lines[0], f"(attempt {LISTED + 4})" in lines[-1]) == (LISTED, True, True)


async def test_what_is_not_sought_among_is_not_told() -> None:
    written = journal(attempted(key="mine", stage="first"), attempted(key="other"))
    with pytest.raises(TimeoutError) as caught:
        await written.wait_for(Match(stage="complete"), count=1, within=0, among=Match(key="mine"))
    assert [line.split()[:2] for line in str(caught.value).splitlines()[1:]] == [["<--", "first"]]


async def test_nobody_waits_for_a_mock_that_stops() -> None:
    written = journal(attempted())
    waiting = await begun(written.wait_for(STAGE_TEXT, count=2, within=LONG))
    written.close()
    with pytest.raises(TimeoutError, match=r"^1 of 2 came until the mock stopped\. Journal:\n  <-- text"):
        await waiting
    with pytest.raises(TimeoutError, match=r"^1 of 3 came until the mock stopped"):
        await written.wait_for(STAGE_TEXT, count=3, within=LONG)
    assert len(await written.wait_for(STAGE_TEXT, count=1, within=LONG)) == 1
