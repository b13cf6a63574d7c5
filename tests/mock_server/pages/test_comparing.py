"""Two callbacks or two answers, compared."""

import html
import re

import httpx
import pytest

from mock_server.pages.rendering import COMPARE
from tests.builders import COMPLETE
from tests.clients import Mock, client, extend

pytestmark = pytest.mark.anyio


async def compared(http: httpx.AsyncClient, query: str = "", status: int = 200) -> str:
    answer = await http.get(f"{COMPARE}?{query}")
    assert answer.status_code == status
    return html.unescape(answer.text)


def chosen(text: str) -> list[str]:
    """What is chosen in each list."""
    return re.findall(r'<option value="\d+" selected>([^,<]*)', text)


async def told(mock: Mock, http: httpx.AsyncClient) -> str:
    task_id: str = (await extend(http)).json()["data"]["taskId"]
    await mock.advance(COMPLETE)
    return task_id


async def test_the_first_and_the_last_callback_of_a_task_are_compared() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await compared(http, f"task={await told(mock, http)}")
        assert chosen(text) == ["callback text", "callback complete"]
        assert '<del>    "callbackType": "text",</del>' in text
        assert '<ins>    "callbackType": "complete",</ins>' in text


async def test_a_callback_that_is_sent_once_more_is_compared_with_the_last_stage() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = await told(mock, http)
        await mock.control.redeliver(task_id, "text")
        assert chosen(await compared(http, f"task={task_id}")) == ["callback text", "callback complete"]


async def test_two_polls_of_a_task_are_compared() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id: str = (await extend(http)).json()["data"]["taskId"]
        for _ in range(2):
            await http.get(f"/api/v1/generate/record-info?taskId={task_id}")
            await mock.advance(COMPLETE)
        text = await compared(http, f"task={task_id}&one=2&other=6")
        assert chosen(text) == ["answer 200 to GET /api/v1/generate/record-info?taskId=" + task_id] * 2
        assert '<ins>    "status": "SUCCESS",</ins>' in text


async def test_the_two_newest_answers_are_compared_where_nothing_is_chosen() -> None:
    async with client(Mock().app) as http:
        for prompt in (5, "x", "x"):
            await extend(http, prompt=prompt)
        text = await compared(http)
        assert chosen(text) == ["answer 200 to POST /api/v1/generate/extend"] * 2
        assert "Lines that are new: 1, that are gone: 1" in text
        assert "answer 422 to POST" in text
        assert chosen(await compared(http, "one=1"))[0] == "answer 422 to POST /api/v1/generate/extend"


async def test_an_answer_is_no_other_than_itself() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        assert "They are the same." in await compared(http, "one=1&other=1")


async def test_what_is_not_there_is_told() -> None:
    async with client(Mock().app) as http:
        assert "The journal has no callback and no answer yet." in await compared(http)
        assert "the journal has no entry '7'" in await compared(http, "one=7", 404)
        assert "The journal has no callback and no answer of it yet." in await compared(http, "task=nobody")
