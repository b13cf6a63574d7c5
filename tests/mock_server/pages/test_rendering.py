"""The URLs of the pages, and how times are written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.pages.filters import Filter
from mock_server.pages.rendering import ASSETS, HOME, KINDS, MOST, ROWS, Selection
from tests.builders import CREATED, attempted
from tests.clients import Mock, client, extend

pytestmark = pytest.mark.anyio
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
SELECTIONS = st.builds(
    Selection,
    filter=st.builds(Filter, key=TEXTS, code=TEXTS, status=TEXTS),
    task=TEXTS,
    entry=TEXTS,
    rows=st.integers(0, MOST),
)


@given(SELECTIONS)
def test_a_url_leads_to_its_selection(selection: Selection) -> None:
    from starlette.datastructures import URL, QueryParams

    assert Selection.of(QueryParams(URL(selection.url()).query)) == selection


@pytest.mark.parametrize(
    ("rows", "shown"), [("", ROWS), ("x", ROWS), ("-1", ROWS), ("²", ROWS), ("7", 7), ("9" * 8, MOST), ("9" * 9, ROWS)]
)
def test_a_number_of_rows_that_is_none_is_the_first_one(rows: str, shown: int) -> None:
    assert Selection.of({"rows": rows}).rows == shown


def test_the_plain_inbox_has_a_plain_url() -> None:
    assert Selection().url() == HOME
    assert not Selection().chosen
    assert Selection(entry="1").chosen


async def test_every_file_has_its_content_in_its_url() -> None:
    async with client(Mock().app) as http:
        urls = set(re.findall(r'"/__admin/pages/files/([^"]*)\?([0-9a-f]{12})"', (await http.get(HOME)).text))
    assert {name for name, _ in urls} == set(ASSETS) == set(KINDS)
    assert len({digest for _, digest in urls}) == len(urls)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "+0.00 s"), (59.994, "+59.99 s"), (60, "+1:00"), (105, "+1:45"), (3600, "+1:00:00"), (90061, "+25:01:01")],
)
async def test_seconds_are_written_as_they_are_read(seconds: float, text: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.store.journal.append(attempted(at=CREATED + seconds, task_id=task_id))
        page = (await http.get(HOME, params={"task": task_id})).text
    assert f">{text}</time><i></i><b>text callback accepted</b>" in page
