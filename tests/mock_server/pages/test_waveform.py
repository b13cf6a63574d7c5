"""The waveforms of a task's tracks."""

import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.source_tracks import Track
from mock_server.pages.waveform import HALF, WIDTH, waveforms
from tests.builders import COMPLETE
from tests.clients import Mock, client, extend

pytestmark = pytest.mark.anyio
LINE = re.compile(r"M([0-9]+) ([0-9]+)V([0-9]+)")


def track(duration: float, name: str = "one") -> Track:
    return Track(id=name, model="V4", duration=duration, title="Road", style="", prompt="")


@given(st.lists(st.floats(0, 600), max_size=3))
def test_every_track_has_lines_within_its_drawing(durations: list[float]) -> None:
    found = waveforms([track(each, f"{number}") for number, each in enumerate(durations)])
    assert len(found) == len(durations)
    for path in found:
        lines = [tuple(map(int, each)) for each in LINE.findall(path)]
        assert "".join(f"M{x} {top}V{bottom}" for x, top, bottom in lines) == path
        assert [x for x, _, _ in lines] == [*range(len(lines))]
        assert all(0 <= top < HALF < bottom <= 2 * HALF for _, top, bottom in lines)


def test_tracks_share_an_axis() -> None:
    half, whole = waveforms([track(60), track(120, "other")])
    assert (half.count("M"), whole.count("M")) == (WIDTH // 2, WIDTH)


async def test_the_page_has_a_drawing_of_each_track_once_it_can_be_heard() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        assert await drawn(http, task_id) == []
        await mock.advance(COMPLETE)
        one, other = await drawn(http, task_id)
    assert one != other
    assert max(one.count("M"), other.count("M")) == WIDTH


async def drawn(http: httpx.AsyncClient, task_id: str) -> list[str]:
    page = (await http.get("/__admin/", params={"task": task_id})).text
    return re.findall(r'<svg class="waveform".*?<path d="([^"]+)"/>', page)
