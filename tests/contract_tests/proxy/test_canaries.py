"""Secrets in every place of real traffic, of which none reaches the file, while all of them pass."""

import base64
import json
import re
from pathlib import Path

import httpx
import pytest

from contract_tests.receiver.http_server import Message, ThreadedServer
from contract_tests.recording.message import CALLBACK
from contract_tests.targets.plain_server import EXTEND
from tests.contract_tests.proxy.standing import standing

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
CANARIES = {
    place: f"c4nary-{number}-{place.replace(' ', '')}"
    for number, place in enumerate(
        (
            *("key", "api key", "cookie", "query", "referer", "member", "callback user", "callback query"),
            *("callback path", "answer cookie", "answer member", "answer location", "callback header"),
            *("receiver cookie", "receiver member"),
        )
    )
}
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/cb/[\w-]+")


def server(came: Message) -> Message:
    """Calls back at once, and says everything again that it was sent, secrets of its own too."""
    url = ADDRESS.search(came.body.decode())
    assert url
    key = came.headers["Authorization"]
    called = {"code": 200, "data": {"callbackType": "text", "task_id": "5c79", "key": key}}
    httpx.post(url[0], json=called, headers={"X-Auth-Token": CANARIES["callback header"]}, trust_env=False)
    told: dict[str, object] = {"code": 200, "data": {"taskId": "5c79", "access_token": CANARIES["answer member"]}}
    told |= {
        "again": [came.body.decode(), dict(came.headers), came.path],
        "coded": base64.b64encode(key.encode()).decode(),
    }
    location = f"https://login.example.com/?token={CANARIES['answer location']}"
    headers = {"Set-Cookie": f"sid={CANARIES['answer cookie']}; Path=/", "Location": location}
    return Message(headers=headers, body=json.dumps(told).encode())


def receiver(came: Message) -> Message:
    cookie = {"Set-Cookie": f"me={CANARIES['receiver cookie']}"}
    return Message(headers=cookie, body=json.dumps({"password": CANARIES["receiver member"]}).encode())


def test_no_canary_is_in_the_file_and_each_passes(tmp_path: Path) -> None:
    seen: list[str] = []

    def remembered(came: Message) -> Message:
        seen.append(f"{came.path} {dict(came.headers)} {came.body.decode()}")
        return receiver(came)

    with (
        ThreadedServer(server) as target,
        ThreadedServer(remembered) as mine,
        standing(f"http://127.0.0.1:{target.port}") as stood,
    ):
        hook = f"/hooks/{CANARIES['callback path']}?sign={CANARIES['callback query']}"
        body = {
            "callBackUrl": f"http://{CANARIES['callback user']}:x@127.0.0.1:{mine.port}{hook}",
            "client_secret": CANARIES["member"],
        }
        headers = {
            "Authorization": f"Bearer {CANARIES['key']}",
            "X-Api-Key": CANARIES["api key"],
            "Cookie": f"session={CANARIES['cookie']}",
            "Referer": f"https://me:{CANARIES['referer']}@example.com/",
        }
        url = f"{stood.proxy.url}{EXTEND}?token={CANARIES['query']}"
        answer = httpx.post(url, json=body, headers=headers, trust_env=False)
    passed = [*answer.headers.multi_items(), answer.text, *seen]
    passing = {place for place, canary in CANARIES.items() if canary in str(passed)}
    user = base64.b64encode(f"{CANARIES['callback user']}:x".encode()).decode()
    assert f"Basic {user}" in seen[0]
    assert {*CANARIES} - passing == {"callback user", "receiver cookie", "receiver member"}  # for the server alone
    text = stood.file.getvalue()
    coded = base64.b64encode(f"Bearer {CANARIES['key']}".encode()).decode()
    assert [canary for canary in (*CANARIES.values(), coded, user) if canary in text] == []
    assert [each.status for each in stood.messages if each.kind == CALLBACK] == [200]
    assert text.count("***") > len(CANARIES)


REFUSED_SO = {
    "a scheme that nobody can call": lambda url: json.dumps({"callBackUrl": url.replace("http", "ftp")}),
    "a list": lambda url: json.dumps({"callBackUrl": [url]}),
    "below a member": lambda url: json.dumps({"x": {"callBackUrl": url}}),
    "a form": lambda url: f"title=x&callBackUrl={url}",
    "a URL like any other": lambda url: json.dumps({"callBackUrl": url}),
}


@pytest.mark.parametrize("place", REFUSED_SO)
@pytest.mark.parametrize("budget", [None, 0])
def test_where_to_call_back_is_in_no_file_whoever_refuses(place: str, budget: int | None) -> None:
    def refuses(came: Message) -> Message:
        told = {"code": 400, "msg": f"cannot call {came.body.decode()}"}
        return Message(headers={}, body=json.dumps(told).encode())

    canary = "c4nary-0f-a-receiver"
    sent = REFUSED_SO[place](f"http://me:{canary}@hooks.example.com/{canary}?code={canary}")
    with (
        ThreadedServer(refuses) as target,
        standing(f"http://127.0.0.1:{target.port}", budget=budget) as stood,
    ):
        answer = httpx.post(f"{stood.proxy.url}{EXTEND}", content=sent, trust_env=False)
    assert (answer.status_code == 429) == (budget == 0)
    assert stood.file.getvalue().count('"message"') == 1
    assert canary not in stood.file.getvalue()
    assert "hooks.example.com" not in stood.messages[0].sent.decode()
