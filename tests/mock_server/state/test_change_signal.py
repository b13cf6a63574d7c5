"""Changes are counted, and waited for without polling."""

import asyncio

import pytest

from mock_server.state.change_signal import Changes

pytestmark = pytest.mark.anyio


async def waiting_past(changes: Changes, count: int) -> asyncio.Task[None]:
    """Somebody who waits, and has begun to."""
    waiting = asyncio.create_task(changes.past(count))
    while not changes._waiting:
        await asyncio.wait({waiting}, timeout=0)
    return waiting


async def test_what_has_changed_is_not_waited_for() -> None:
    changes = Changes()
    changes.note()
    await changes.past(0)
    assert changes.count == 1


async def test_the_next_change_is_waited_for() -> None:
    changes = Changes()
    waiting = await waiting_past(changes, 0)
    changes.note()
    await waiting
    assert not changes._waiting


async def test_nobody_waits_once_there_will_be_no_more() -> None:
    changes = Changes()
    waiting = await waiting_past(changes, 0)
    changes.close()
    await waiting
    await changes.past(0)
    assert changes.closed


async def test_who_stops_waiting_is_forgotten() -> None:
    changes = Changes()
    waiting = await waiting_past(changes, 0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not changes._waiting
