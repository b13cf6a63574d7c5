"""Changes are counted, and waited for without polling."""

import asyncio
import gc

import pytest

from mock_server.state.change_signal import Changes
from tests.waiting import begun

pytestmark = pytest.mark.anyio


def events() -> int:
    """How many of what tasks wait for there are."""
    gc.collect()
    return sum(isinstance(each, asyncio.Event) for each in gc.get_objects())


async def test_what_has_changed_is_not_waited_for() -> None:
    changes = Changes()
    changes.note()
    await changes.past(0)
    assert changes.count == 1


async def test_the_next_change_is_waited_for() -> None:
    changes = Changes()
    waiting = await begun(changes.past(0))
    changes.note()
    await waiting


async def test_nobody_waits_once_there_will_be_no_more() -> None:
    changes = Changes()
    waiting = await begun(changes.past(0))
    changes.close()
    await waiting
    await changes.past(0)
    assert changes.closed


@pytest.mark.parametrize("end", ["change", "cancel"])
async def test_who_waits_no_longer_is_forgotten(end: str) -> None:
    changes, before = Changes(), events()
    waiting = await begun(changes.past(0))
    assert events() == before + 1
    if end == "change":
        changes.note()
    else:
        waiting.cancel()
    await asyncio.wait({waiting})
    del waiting
    assert events() == before
    changes.note()
