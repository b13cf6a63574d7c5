"""How many attempts are under way at once."""

import asyncio
from collections import Counter
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.places import IN_ALL, PER_RECEIVER, Places

pytestmark = pytest.mark.anyio


class Yard:
    """Attempts that hold their places until they are let go."""

    def __init__(self) -> None:
        self.places = Places()
        self.held: Counter[str] = Counter()
        self.let_go = asyncio.Event()

    async def attempt(self, url: str) -> None:
        async with self.places.place(url):
            self.held[url] += 1
            await self.let_go.wait()
            self.held[url] -= 1

    async def begin(self, *urls: str) -> list[asyncio.Task[None]]:
        """Begin attempts, and return when each holds a place or waits for one."""
        begun = [asyncio.create_task(self.attempt(url)) for url in urls]
        await asyncio.wait(begun, timeout=0)
        return begun


async def test_one_receiver_has_its_places() -> None:
    yard = Yard()
    begun = await yard.begin(*["http://a/"] * 1000)
    assert yard.held.total() == PER_RECEIVER
    yard.let_go.set()
    await asyncio.gather(*begun)


async def test_a_crowded_receiver_takes_no_place_of_another() -> None:
    yard = Yard()
    begun = await yard.begin(*["http://a/"] * 1000, "http://b/")
    assert yard.held == {"http://a/": PER_RECEIVER, "http://b/": 1}
    yard.let_go.set()
    await asyncio.gather(*begun)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param("http://a:1/other?x=y", True, id="another path"),
        pytest.param("http://a:2/", False, id="another port"),
        pytest.param("http://b:1/", False, id="another host"),
    ],
)
async def test_a_receiver_is_a_host_and_port(other: str, same: bool) -> None:
    yard = Yard()
    begun = await yard.begin(*["http://a:1/"] * PER_RECEIVER, other)
    assert yard.held[other] == (0 if same else 1)
    yard.let_go.set()
    await asyncio.gather(*begun)


async def test_who_waits_comes_next() -> None:
    yard = Yard()
    begun = await yard.begin(*["http://a/"] * (PER_RECEIVER + 1))
    begun[0].cancel()
    await asyncio.wait(begun[:1])
    await asyncio.wait(begun, timeout=0)
    assert yard.held["http://a/"] == PER_RECEIVER + 1
    yard.let_go.set()
    await asyncio.gather(*begun[1:])


async def test_who_is_cut_off_leaves_nothing_behind() -> None:
    yard = Yard()
    begun = await yard.begin(*["http://a/"] * (PER_RECEIVER + 5))
    for each in begun:
        each.cancel()
    await asyncio.gather(*begun, return_exceptions=True)
    assert (yard.places._receivers, yard.places._interested) == ({}, {})
    assert (await yard.begin("http://a/"))[0].cancel()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 120), min_size=1, max_size=20))
def test_no_bound_is_passed_and_no_place_left_empty(attempts: list[int]) -> None:
    """Every receiver has as many places as it needs up to its bound, unless all places are taken."""

    async def run() -> None:
        yard = Yard()
        urls = chain.from_iterable(repeat(f"http://{name}/", each) for name, each in enumerate(attempts))
        begun = await yard.begin(*urls, "http://last/")
        wanted = [min(each, PER_RECEIVER) for each in [*attempts, 1]]
        assert yard.held.total() == min(sum(wanted), IN_ALL)
        assert max(yard.held.values()) <= PER_RECEIVER
        yard.let_go.set()
        await asyncio.gather(*begun)
        assert yard.held.total() == 0
        assert (yard.places._receivers, yard.places._interested) == ({}, {})

    asyncio.run(run())
