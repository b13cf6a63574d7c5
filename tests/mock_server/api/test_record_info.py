"""Polling: what it tells of a task, and how often it may be asked."""

import pytest

from tests.builders import COMPLETE, CREATED, FIRST, TEXT
from tests.clients import OTHER, Mock, client, extend, poll, refusal

pytestmark = pytest.mark.anyio


async def test_polling_keeps_step_with_the_stages() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        seen = []
        for moment in (0, TEXT, FIRST, COMPLETE):
            await mock.advance(CREATED + moment - mock.clock.now())
            seen.append((await poll(http, task_id)).json()["data"])
        assert [record["status"] for record in seen] == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]
        assert mock.delivery.stages == ["text", "first", "complete"]
        assert len(seen[-1]["response"]["sunoData"]) == 2


async def test_a_task_is_unknown_under_another_key() -> None:
    async with client(Mock().app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        response = await poll(http, task_id, OTHER)
        assert response.json() == {"code": 200, "msg": "success", "data": None}


@pytest.mark.parametrize(
    ("reading", "code", "text"),
    [("not_found", 404, "no task 'nothing' under this key"), ("invalid", 422, "recordInfo is null")],
)
async def test_an_unknown_task_follows_the_reading(reading: str, code: int, text: str) -> None:
    async with client(Mock(readings={"unknown_task": reading}).app) as http:
        assert text in refusal(await poll(http, "nothing"), code)


async def test_polling_without_a_task_id_is_422() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await poll(http, ""), 422)
        assert (
            "taskId is missing; allowed: the taskId that extend, generate, upload-cover or add-vocals answered, " in msg
        )


async def test_polling_needs_a_key_and_can_be_forced() -> None:
    async with client(Mock().app) as http:
        refusal(await poll(http, "any", {"Authorization": ""}), 401)
        refusal(await poll(http, "any", {"Prefer": "code=429"}), 429)


async def test_a_task_that_exists_keeps_its_readings() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.control.change_questions({"create_time": "epoch_ms", "error_data": "null"})
        assert (await poll(http, task_id)).json()["data"]["createTime"] == "2025-01-01 00:00:00"
        fresh = (await extend(http)).json()["data"]["taskId"]
        assert (await poll(http, fresh)).json()["data"]["createTime"] == 1735689600000


async def test_a_task_can_be_polled_three_times_a_second() -> None:
    mock = Mock(rate_limit="9/10")
    async with client(mock.app) as http:
        task_id, other = [(await extend(http)).json()["data"]["taskId"] for _ in range(2)]
        codes = [(await poll(http, task_id)).json()["code"] for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        limited = await poll(http, task_id)
        assert "the task had 3 requests within 1 s; the next is possible in 1.0 s" in refusal(limited, 429)
        assert limited.headers["retry-after"] == "1"
        assert (await poll(http, other)).json()["code"] == 200
        await mock.advance(1)
        assert (await poll(http, task_id)).json()["code"] == 200


async def test_polls_are_not_limited_where_nothing_is() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        assert {(await poll(http, task_id)).json()["code"] for _ in range(9)} == {200}
        await mock.control.change_account("key", {"rate_limit": "20/10"})
        assert [(await poll(http, task_id)).json()["code"] for _ in range(4)] == [200, 200, 200, 429]
