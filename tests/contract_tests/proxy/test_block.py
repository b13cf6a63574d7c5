"""What violates a rule is held back, however soon it comes."""

import json
import threading
from collections.abc import Sequence

import httpx
import pytest

from contract_tests.receiver.http_server import Message as Heard
from contract_tests.receiver.http_server import ThreadedServer
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.live import LiveJudge
from contract_tests.recording.message import CALLBACK, Message
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.plain_server import EXTEND
from contract_tests.verdicts.course import Finding
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.proxy.test_proxy import REQUEST_BODY
from tests.courses import PUBLISHED

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]


def test_a_callback_before_the_answer_waits_for_it() -> None:
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    calls: list[threading.Thread] = []
    statuses: list[int] = []

    async def judge(message: Message) -> Sequence[Finding]:
        return live.before(message)

    def server(came: Heard) -> Heard:
        def call() -> None:
            body = {"code": 200, "msg": "x", "data": {"callbackType": "text", "task_id": "another", "data": []}}
            statuses.append(httpx.post(url, json=body, trust_env=False, timeout=20).status_code)

        url = json.loads(came.body)["callBackUrl"]
        calls.append(threading.Thread(target=call))
        calls[0].start()
        answer = {"code": 200, "msg": "success", "data": {"taskId": "one"}}
        return Heard(headers={"Content-Type": "application/json"}, body=json.dumps(answer).encode())

    with (
        ThreadedServer(server) as target,
        Receiver() as receiver,
        standing(f"http://127.0.0.1:{target.port}", judge=judge) as stood,
    ):
        url = receiver.url("me")
        body = {**REQUEST_BODY, "callBackUrl": url}
        httpx.post(stood.proxy.url + EXTEND, json=body, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False)
        calls[0].join(20)
    assert statuses == [502]
    assert receiver.arrived(url) == []
    (callback,) = [each for each in stood.messages if each.kind == CALLBACK]
    assert "callback.task_id" in callback.error
