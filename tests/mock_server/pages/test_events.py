"""What tells a page when to look again."""

from collections.abc import AsyncIterator

import pytest

from mock_server.pages.events import changed
from mock_server.state.change_signal import Changes
from tests.waiting import begun

pytestmark = pytest.mark.anyio


async def heard(stream: AsyncIterator[str]) -> str:
    return await anext(stream, "the end")


async def test_a_page_hears_of_each_change() -> None:
    changes = Changes()
    stream = changed(changes, quiet=0, alive=60)
    assert await heard(stream) == "data: changed\n\n"
    hearing = await begun(heard(stream))
    changes.note()
    assert await hearing == "data: changed\n\n"


async def test_a_page_hears_that_the_mock_is_alive() -> None:
    stream = changed(Changes(), quiet=0, alive=0)
    assert [await heard(stream) for _ in range(3)] == ["data: changed\n\n", ": alive\n\n", ": alive\n\n"]


async def test_a_page_is_let_go_when_the_mock_stops() -> None:
    changes = Changes()
    stream = changed(changes, quiet=0, alive=60)
    await heard(stream)
    hearing = await begun(heard(stream))
    changes.close()
    assert await hearing == "the end"
