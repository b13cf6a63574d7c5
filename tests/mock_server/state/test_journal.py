"""What the journal keeps, what it forgets, and how it is waited for."""

import asyncio

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_server.state.change_signal import Changes
from mock_server.state.journal import BYTES_KEPT, ENTRIES_KEPT, MemoryJournal
from mock_server.state.journal_entries import Entry
from mock_server.state.journal_match import Match
from mock_server.state.steps import IN_STEP
from tests.builders import attempted, requested
from tests.waiting import begun, settled, turns

pytestmark = pytest.mark.anyio

LARGE = bytes(BYTES_KEPT // 3)
STAGE_TEXT = Match(stage="text")
LONG = 60.0
"""Seconds that nobody waits for in full."""


def journal(*entries: Entry, changes: Changes | None = None) -> MemoryJournal:
    written = MemoryJournal(changes or Changes())
    for entry in entries:
        written.record(entry)
    return written


async def test_entries_keep_their_order() -> None:
    entries = [attempted(number=number) for number in range(3)]
    written = journal(*entries)
    assert await written.page() == entries
    assert written.dropped == 0


async def test_entries_are_numbered_from_1() -> None:
    written = MemoryJournal(Changes())
    entries: list[Entry] = [requested(), attempted(), requested()]
    assert [await written.append(entry) for entry in entries] == [1, 2, 3]
    assert [entry.id for entry in entries] == [1, 2, 3]
    assert written.newest == 3


async def test_a_number_never_comes_again() -> None:
    written = journal(attempted(), attempted())
    await written.clear(None)
    assert await written.append(attempted()) == 3


def test_each_journal_tells_that_its_numbers_begin_anew() -> None:
    assert journal().started != journal().started


async def test_an_entry_is_found_by_its_number() -> None:
    entries: list[Entry] = [requested(), attempted()]
    written = journal(*entries)
    assert [await written.entry(id) for id in range(4)] == [None, *entries, None]


@given(
    st.lists(st.sampled_from(["text", "first"]), max_size=12),
    st.integers(0, 13),
    st.none() | st.integers(1, 13),
    st.booleans(),
)
def test_a_page_has_the_oldest_after_an_entry(stages: list[str], after: int, limit: int | None, every: bool) -> None:
    written = journal(*(attempted(stage=stage) for stage in stages))
    page = asyncio.run(written.page(after, limit, None if every else STAGE_TEXT))
    wanted = [id for id, stage in enumerate(stages, 1) if id > after and (every or stage == "text")]
    assert [entry.id for entry in page] == wanted[:limit]


async def test_the_oldest_entries_are_forgotten() -> None:
    entries = [attempted(number=number) for number in range(ENTRIES_KEPT + 2)]
    written = journal(*entries)
    assert await written.page() == entries[2:]
    assert (written.dropped, await written.entry(2)) == (2, None)


async def test_large_bodies_push_entries_out() -> None:
    entries: list[Entry] = [requested(body=LARGE), attempted(body=LARGE), attempted(), attempted(body=LARGE)]
    written = journal(*entries)
    assert await written.page() == entries[1:]
    assert written.dropped == 1


async def test_an_entry_that_is_too_large_is_not_kept() -> None:
    written = journal(attempted(body=bytes(BYTES_KEPT)))
    assert (await written.page(), written.dropped) == ([], 1)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["small", "large", "clear one", "clear"]), max_size=25))
@example(["large", "clear one", *["large"] * 3])
def test_the_newest_entries_that_fit_are_kept(course: list[str]) -> None:
    async def run() -> None:
        written, kept = journal(), list[Entry]()
        for number, step in enumerate(course):
            match step:
                case "small" | "large":
                    entry = attempted(key="ab"[number % 2], body=LARGE if step == "large" else b"")
                    written.record(entry)
                    kept.append(entry)
                    while sum(each.size for each in kept) > BYTES_KEPT:
                        del kept[0]
                case "clear one":
                    written.forget("a")
                    kept = [each for each in kept if each.key != "a"]
                case _:
                    written.forget(None)
                    kept = []
            assert await written.page() == kept

    asyncio.run(run())


async def test_one_keys_entries_can_be_cleared() -> None:
    entries: list[Entry] = [
        requested(key="a"),
        requested(key="b"),
        attempted(key="a"),
        attempted(key="b"),
        requested(key=None),
    ]
    written = journal(*entries)
    await written.clear("a")
    assert await written.page() == [entries[1], entries[3], entries[4]]


async def test_clearing_everything_clears_the_count() -> None:
    written = journal(attempted(body=bytes(BYTES_KEPT)), attempted())
    await written.clear("key")
    assert (await written.page(), written.dropped) == ([], 1)
    await written.clear(None)
    assert written.dropped == 0


async def test_every_listener_hears_every_entry() -> None:
    heard: list[list[Entry]] = [[], []]
    written, dropped, kept = journal(), attempted(body=bytes(BYTES_KEPT)), requested()
    for each in heard:
        written.listen(each.append)
    written.record(dropped)
    await written.append(kept)
    assert heard == [[dropped, kept]] * 2


async def test_what_has_come_is_not_waited_for() -> None:
    written = journal(attempted(), attempted(stage="first"), attempted())
    for count in (0, 1, 2):
        assert await written.wait(STAGE_TEXT, count=count, within=0) == 2


async def test_only_what_matches_is_waited_for() -> None:
    written = journal(attempted())
    waiting = await begun(written.wait(STAGE_TEXT, count=3, within=LONG))
    for entry in (attempted(), attempted(stage="first"), requested()):
        written.record(entry)
        await settled()
        assert not waiting.done()
    written.record(attempted())
    assert await waiting == 3


def looking() -> tuple[Match, list[int]]:
    """A match of everything, and the ids of what it is asked about."""
    looked: list[int] = []

    class Looking(Match):
        def __call__(self, entry: Entry) -> bool:
            looked.append(entry.id)
            return True

    return Looking(), looked


async def test_waiting_looks_at_each_entry_once() -> None:
    match, looked = looking()
    written = journal(*(attempted() for _ in range(100)))
    waiting = await begun(written.wait(match, count=200, within=LONG))
    for _ in range(100):
        written.record(attempted())
    assert looked == list(range(1, 201))
    assert await waiting == 200


async def test_others_are_served_while_the_journal_is_looked_through() -> None:
    looked: list[int] = []
    written = journal(*(attempted() for _ in range(5 * IN_STEP)))
    async with turns() as turn:

        class Looking(Match):
            def __call__(self, entry: Entry) -> bool:
                looked.append(turn())
                return True

        assert len(await written.page(match=Looking())) == 5 * IN_STEP
        assert await written.wait(Looking(), count=1, within=0) == 5 * IN_STEP
    assert max(map(looked.count, looked)) <= IN_STEP


@pytest.mark.parametrize("key", ["key", "other"])
async def test_what_is_cleared_while_it_is_counted_is_counted_anew(key: str) -> None:
    written = journal(*(attempted() for _ in range(5 * IN_STEP)))
    waiting = asyncio.create_task(written.wait(STAGE_TEXT, count=6 * IN_STEP, within=0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    written.forget(key)
    written.record(attempted())
    assert await waiting == (1 if key == "key" else 5 * IN_STEP + 1)


async def test_what_was_cleared_is_waited_for_again() -> None:
    written = journal(attempted())
    waiting = await begun(written.wait(STAGE_TEXT, count=2, within=LONG))
    await written.clear(None)
    written.record(attempted())
    await settled()
    assert not waiting.done()
    written.record(attempted())
    assert await waiting == 2


async def test_several_wait_at_once() -> None:
    written = journal()
    waiting = [await begun(written.wait(STAGE_TEXT, count=count, within=LONG)) for count in (1, 2)]
    written.record(attempted())
    assert await waiting[0] == 1
    written.record(attempted())
    assert await waiting[1] == 2


@pytest.mark.parametrize("within", [0, 0.01])
async def test_who_waits_in_vain_is_told_how_many_came(within: float) -> None:
    assert await journal(attempted(), requested()).wait(STAGE_TEXT, count=2, within=within) == 1


@pytest.mark.parametrize("end", ["an entry", "time", "a cancellation"])
async def test_for_who_waits_no_longer_nothing_is_looked_at(end: str) -> None:
    match, looked = looking()
    written = journal()
    waiting = asyncio.create_task(written.wait(match, count=1, within=0 if end == "time" else LONG))
    await settled()
    if end == "an entry":
        written.record(attempted())
    if end == "a cancellation":
        waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    looked.clear()
    written.record(attempted())
    assert looked == []


@pytest.mark.parametrize(("after", "found"), [(0, 2), (1, 1), (3, 0)])
async def test_what_came_after_an_entry_is_there_at_once(after: int, found: int) -> None:
    written = journal(attempted(), attempted(stage="first"), attempted())
    assert await written.wait(STAGE_TEXT, count=1, after=after, within=0) == found


async def test_what_comes_after_an_entry_is_waited_for() -> None:
    written = journal(attempted())
    following = await begun(written.wait(STAGE_TEXT, count=1, after=1, within=LONG))
    written.record(attempted(stage="first"))
    await settled()
    assert not following.done()
    written.record(attempted())
    assert await following == 1


async def test_nobody_waits_for_a_mock_that_stops() -> None:
    written = journal(attempted())
    waiting = await begun(written.wait(STAGE_TEXT, count=2, within=LONG))
    written.close()
    assert await waiting == 1
    assert [await written.wait(STAGE_TEXT, count=count, within=LONG) for count in (3, 1)] == [1, 1]


async def test_what_is_recorded_or_cleared_is_a_change() -> None:
    changes = Changes()
    written = journal(attempted(), attempted(), changes=changes)
    await written.clear("key")
    assert changes.count == 3
