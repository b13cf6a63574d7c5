"""Requests that wait for room, and room that is made while they look."""

import asyncio

import pytest

from mock_server.callbacks.waiting_room import WaitingRoom
from mock_server.core.settings import Settings
from mock_server.domain.proposal import Crowded
from mock_server.state.memory_store import MemoryStore
from tests.waiting import begun

pytestmark = pytest.mark.anyio


class CrowdedStore(MemoryStore):
    """Is crowded until it is not, and makes room once while it answers."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.full = True
        self.room: WaitingRoom | None = None

    async def crowded(self, receiver: str) -> Crowded | None:
        answer = Crowded("full") if self.full else None
        if self.room is not None:
            self.full = False
            self.room.let_in()
        return answer


async def test_room_that_is_made_while_the_store_answers_is_seen() -> None:
    store = CrowdedStore()
    store.room = WaitingRoom(store)
    async with asyncio.timeout(10):
        await store.room.wait("a", 60)


async def test_who_goes_in_takes_nobodys_turn() -> None:
    store = CrowdedStore()
    room = WaitingRoom(store)
    waiting = [await begun(room.wait("a", 60)) for _ in range(2)]
    store.full = False
    await room.wait("a", 60)
    room.let_in()
    await waiting[0]
    room.let_in()
    await waiting[1]


async def test_nobody_waits_once_it_is_closed() -> None:
    room = WaitingRoom(CrowdedStore())
    waiting = await begun(room.wait("a", 60))
    room.close()
    room.let_all_in()
    await waiting
