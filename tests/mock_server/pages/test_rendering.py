"""The URLs of the pages, and how times are written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.pages.inbox import Filter
from mock_server.pages.rendering import ASSETS, HOME, KINDS, MOST, ROWS, Selection, _after, _environment

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


def test_every_file_has_its_content_in_its_url() -> None:
    of: Any = _environment().globals["file"]
    assert len({of(name) for name in ASSETS}) == len(KINDS) == 3
    assert of("page.js").startswith("/__admin/pages/files/page.js?")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "+0.00 s"), (59.994, "+59.99 s"), (60, "+1:00"), (105, "+1:45"), (3600, "+1:00:00"), (90061, "+25:01:01")],
)
def test_seconds_are_written_as_they_are_read(seconds: float, text: str) -> None:
    assert _after(seconds) == text
