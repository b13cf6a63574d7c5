"""What a budget counts, and that nobody waits for ever."""

import asyncio
import json
import socket
import threading
from typing import Any

import httpx
import pytest

from contract_tests.proxy.courses import Courses, Spending
from contract_tests.proxy.forward import Forwarder
from contract_tests.proxy.ledger import Before, may_have_started
from contract_tests.targets.plain_server import EXTEND
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.messages import message
from tests.scripted import scripted


def answer(status: int, body: Any) -> dict[str, Any]:
    return {"status": status, "body": json.dumps(body).encode()}


COSTS = [
    (answer(200, {"code": 0, "data": {"task_id": "x"}}), 1),
    (answer(200, {"code": 422, "data": {"task_id": "x"}}), 1),
    (answer(200, {"code": 422, "data": None}), 0),
    (answer(200, {"code": 455}), 0),
    (answer(200, {"code": 500}), 1),
    (answer(200, {"code": 408}), 1),
    (answer(200, {"code": True}), 1),
    (answer(200, []), 1),
    (answer(404, "no"), 0),
    (answer(408, "no"), 1),
    (answer(499, "no"), 1),
    (answer(502, "no"), 1),
    ({"status": 0, "body": b"", "error": "ConnectError: refused"}, 0),
    ({"status": 0, "body": b"", "error": "ServerDisconnectedError"}, 1),
    ({"status": 0, "body": b'{"code": 422}', "error": "held back: x"}, 0),
]


@pytest.mark.parametrize(("changes", "tasks"), COSTS)
def test_what_nobody_knows_counts_as_a_task(changes: dict[str, Any], tasks: int) -> None:
    assert may_have_started(message(**changes)) == tasks


def test_the_tasks_that_began_first_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.proxy.courses.MOST", 2)
    courses = Courses("http://x")
    paths = [courses.address(number, "http://y")[0].removeprefix("http://x") for number in (1, 2, 3)]
    for number in (1, 2, 3):
        courses.started(message(number=number, **answer(200, {"code": 200, "data": {"taskId": f"{number}"}})))
    assert [courses.receiver(path) for path in paths] == [None, (2, "http://y"), (3, "http://y")]
    assert [courses.polled(f"/x?taskId={number}") for number in (1, 2, 3)] == [0, 2, 3]


def test_a_request_waits_for_one_that_may_be_the_last() -> None:
    async def both() -> tuple[bool, bool, bool]:
        spending = Spending(1, 30)
        first = await spending.reserve()
        waiting = asyncio.create_task(spending.reserve())
        await asyncio.sleep(0)
        spending.settle(0)
        second = await waiting
        waiting = asyncio.create_task(spending.reserve())
        await asyncio.sleep(0)
        spending.settle(1)
        return first, second, await waiting

    assert asyncio.run(both()) == (True, True, False)


def test_no_request_waits_longer_than_patience() -> None:
    async def both() -> tuple[bool, bool]:
        spending = Spending(1, 0.01)
        return await spending.reserve(), await spending.reserve()

    assert asyncio.run(both()) == (True, False)


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_what_breaks_off_in_the_proxy_counts_and_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Forwarder, "send", broken)
    with standing("http://127.0.0.1:9", budget=1) as stood, httpx.Client(trust_env=False, timeout=20) as client:
        assert client.post(stood.proxy.url + EXTEND, json={}).status_code == 500
        assert client.post(stood.proxy.url + EXTEND, json={}).status_code == 429
    broke, refused = (each.error for each in stood.messages)
    assert broke == "broke off: RuntimeError"
    assert refused.startswith("not handed on: suno-contract proxy: the budget of 1 task is spent;")


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_who_waited_for_a_task_that_goes_on_is_told_so() -> None:
    over = threading.Event()

    def dripping(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.wait(0.05):
            connection.sendall(b"1\r\n \r\n")

    with (
        scripted(dripping) as server,
        standing(server.url, budget=1, patience=0.5) as stood,
        httpx.Client(trust_env=False, timeout=20) as client,
        client.stream("POST", stood.proxy.url + EXTEND, json={}),
    ):
        told = httpx.post(stood.proxy.url + EXTEND, json={}, trust_env=False, timeout=20).json()
        over.set()
    assert told["code"] == 429
    assert "the last tasks of the budget of 1 are under way, and have no answer yet" in told["msg"]


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_a_budget_that_was_larger_before_is_spent() -> None:
    with standing("http://127.0.0.1:9", budget=2, before=Before(spent=3)) as stood:
        told = httpx.post(stood.proxy.url + EXTEND, json={}, trust_env=False, timeout=20).json()
    assert "the budget of 2 tasks is spent; start it again with --resume and a larger --budget" in told["msg"]
