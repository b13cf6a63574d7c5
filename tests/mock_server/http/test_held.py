"""Requests that a fault holds up, until their time is over or a reset comes."""

import asyncio

import pytest

from mock_server.http.held import HeldRequests
from tests.waiting import begun

pytestmark = pytest.mark.anyio

LONG = 60.0
"""Seconds that nobody waits for in full."""


async def test_who_is_held_up_goes_on_after_the_delay() -> None:
    assert await HeldRequests().hold("key", 0.001)


async def test_who_has_gone_on_is_not_let_go() -> None:
    held = HeldRequests()
    await held.hold("key", 0)
    held.let_go("key")


@pytest.mark.parametrize("key", ["key", None])
async def test_a_reset_lets_nobody_go_on(key: str | None) -> None:
    held = HeldRequests()
    waiting = [await begun(held.hold(each, LONG)) for each in (key, key)]
    held.let_go(key)
    held.let_go(key)
    assert [await each for each in waiting] == [False, False]


async def test_a_reset_of_one_key_leaves_the_others_waiting() -> None:
    held = HeldRequests()
    mine, other, nobodys = [await begun(held.hold(key, LONG)) for key in ("key", "other", None)]
    held.let_go("key")
    assert await mine is False
    assert not other.done()
    assert not nobodys.done()
    held.let_go(None)
    assert [await other, await nobodys] == [False, False]


async def test_who_leaves_is_held_up_no_longer() -> None:
    held = HeldRequests()
    waiting = await begun(held.hold("key", LONG))
    waiting.cancel()
    await asyncio.wait({waiting})
    held.let_go(None)
    assert waiting.cancelled()
