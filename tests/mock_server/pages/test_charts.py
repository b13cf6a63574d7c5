"""The numbers that are drawn, and their page."""

import html
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.attempt import Outcome
from mock_server.domain.call import Call
from mock_server.pages.charts import LISTED, MOST_BARS, Bar, charts
from mock_server.pages.rendering import CHARTS
from mock_server.state.journal_entries import Attempted, Requested
from tests.builders import COMPLETE, TEXT
from tests.clients import Mock, client, extend, poll

pytestmark = pytest.mark.anyio
codes = st.sampled_from([200, 200, 422, 429, 0])
times = st.floats(0, 1e11)
waits = st.floats(0, 1e5)


def requested(at: float, code: int) -> Requested:
    return Requested(at, Call("POST", "/", b"", None, "", "", b""), 200, code, "", (), "", "", None)


def attempted(url: str, took: float, outcome: Outcome = Outcome.ACCEPTED) -> Attempted:
    return Attempted(
        at=0, key="", task_id="", stage="text", code=200, number=1, url=url, outcome=outcome, detail="", took=took
    )


@given(st.lists(st.tuples(times, codes)))
def test_every_request_is_in_one_span_and_one_code(came: list[tuple[float, int]]) -> None:
    made = charts([requested(*each) for each in came], [])
    refused = sum(code not in (0, 200) for _, code in came)
    assert len(made.spans) <= MOST_BARS
    for counted in (made.spans, made.codes):
        assert (sum(each.count for each in counted), sum(each.bad for each in counted)) == (len(came), refused)
    for at, _ in came:
        assert any(each.at <= at <= each.at + made.minutes * 60 and each.count for each in made.spans)


@given(st.lists(st.tuples(st.sampled_from(["http://a/", "http://b/"]), waits, st.sampled_from(Outcome))))
def test_every_attempt_that_was_made_is_counted_once(ended: list[tuple[str, float, Outcome]]) -> None:
    made = charts([], [attempted(*each) for each in ended])
    tried = [each for each in ended if each[2] is not Outcome.UNDELIVERED]
    missed = sum(outcome is not Outcome.ACCEPTED for _, _, outcome in tried)
    assert made.attempts == len(tried)
    for counted in (made.answers, made.waits, made.receivers):
        assert (sum(each.count for each in counted), sum(each.bad for each in counted)) == (len(tried), missed)
    for each in made.receivers:
        took = sorted(took for url, took, _ in tried if url == each.url)
        assert each.median <= each.most <= each.slowest == took[-1]
        assert sum(one <= each.median for one in took) >= len(took) / 2
        assert sum(one <= each.most for one in took) >= 0.95 * len(took)


def test_a_span_is_as_long_as_it_has_to_be() -> None:
    assert charts([requested(0, 200), requested(59, 200)], []).minutes == 1
    assert charts([requested(0, 200), requested(3600, 200)], []).minutes == 2
    assert len(charts([requested(0, 200), requested(1e10, 200)], []).spans) <= MOST_BARS


def test_what_is_too_much_is_one_bar_more() -> None:
    made = charts([requested(0, 1000 + each) for each in range(LISTED + 5)], [])
    assert made.codes[LISTED:] == [Bar(name="others", count=5, bad=5)]
    many = charts([], [attempted(f"http://h{each}/", 0.1) for each in range(LISTED + 5)])
    assert (len(many.receivers), many.more_receivers) == (LISTED, 5)


def test_a_password_of_a_receiver_is_left_out() -> None:
    assert charts([], [attempted("http://me:secret@h/", 0.1)]).receivers[0].url == "http://...@h/"


async def shown(http: httpx.AsyncClient, **query: str) -> dict[str, list[list[str]]]:
    """The tables by their headings, each a list of rows without the last cell, which is a drawing."""
    answer = await http.get(CHARTS, params=query)
    assert answer.status_code == 200
    sections = re.findall(r"<section.*?<h2>(.*?)</h2>(.*?)</section>", answer.text, re.S)
    rows = {name: re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", text, re.S) for name, text in sections}
    cells = re.compile(r"^(?:<code>)?([^<]+)|<td class=\"number\">([^<]+)")
    return {name: [["".join(cell) for cell in cells.findall(row)] for row in each] for name, each in rows.items()}


async def test_the_page_has_the_numbers_of_what_is_found() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.ACCEPTED, Outcome.REFUSED]
    async with client(mock.app) as http:
        task_id = (await extend(http, title="Found")).json()["data"]["taskId"]
        await mock.advance(COMPLETE)
        await extend(http, prompt=5)
        await poll(http, task_id)
        every = await shown(http)
        assert [row[1:] for row in every["Requests per minute"]] == [["1", "0"], ["0", "0"], ["0", "0"], ["1", "1"]]
        assert every["Codes"] == [["200", "1", "0"], ["422", "1", "1"]]
        ended = [each for each in await mock.control.entries() if isinstance(each, Attempted)]
        refused = sum(each.outcome is Outcome.REFUSED for each in ended)
        assert sum(int(row[2]) for row in every["Answers of receivers"]) == refused > 0
        assert every["Receivers"][0][2] == f"{refused}"
        one = await shown(http, q="found")
        assert one["Codes"] == [["200", "1", "0"]]
        assert one["Receivers"] == every["Receivers"]
        assert (await shown(http, q="code:422"))["Receivers"] == []
        assert (await shown(http, status="every request"))["Codes"][0] == ["200", "2", "0"]


async def test_the_inbox_leads_to_the_charts_of_what_it_finds_and_back() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await mock.advance(TEXT)
        inbox = html.unescape((await http.get("/__admin/", params={"q": "code:200", "key": "x"})).text)
        assert f'href="{CHARTS}?q=code%3A200&key=x"' in inbox
        charted = html.unescape((await http.get(CHARTS, params={"q": "code:200"})).text)
        assert 'href="/__admin/?q=code%3A200"' in charted


async def test_a_search_that_is_refused_is_told_and_kept() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await http.get(CHARTS, params={"q": "colour:red"})
    assert answer.status_code == 400
    assert "colour" in re.findall(r'<p class="problem">(.*?)</p>', answer.text, re.S)[0]
    assert 'value="colour:red"' in answer.text


async def test_before_anything_came_it_says_so() -> None:
    async with client(Mock().app) as http:
        assert set(map(len, (await shown(http)).values())) == {0}
