"""Journeys client → proxy → server → proxy → receiver, over real sockets."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.probes.request import Reply
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.message import CALLBACK, LONGEST, REQUEST
from contract_tests.target.mock import KEY as MOCK_KEY
from contract_tests.target.mock import mock
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.plain_server import CREDIT, EXTEND, RECORD_INFO, Plain
from tests.certificates import Authority, listening
from tests.contract_tests.proxy.standing import standing
from tests.courses import TRACKS
from tests.scripted import http, scripted

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
REQUEST_BODY = {
    "defaultParamFlag": True,
    "audioId": "plain-track-4",
    "model": "V4",
    "prompt": "Extend the music",
    "style": "Classical",
    "title": "Peaceful Piano",
    "continueAt": 60,
}
STAGES = ["text", "first", "complete"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=20, headers={"Authorization": f"Bearer {KEY}"}) as made:
        yield made


def extend(client: httpx.Client, base: str, url: str, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(base + EXTEND, json={**REQUEST_BODY, "callBackUrl": url, **changes}).json()
    return answer


def stages(receiver: Receiver, url: str) -> list[str]:
    return [json.loads(arrival.body)["data"]["callbackType"] for arrival in receiver.arrived(url)]


def test_a_task_passes_with_its_callbacks_and_polls(client: httpx.Client, receiver: Receiver) -> None:
    url = receiver.url("me")
    with Plain(pause=0.02) as plain, standing(plain.url) as stood:
        task = extend(client, stood.proxy.url, url)["data"]["taskId"]
        receiver.settle({url: 3}, 10)
        record = client.get(stood.proxy.url + RECORD_INFO, params={"taskId": task}).json()["data"]
    assert stages(receiver, url) == STAGES
    assert record["status"] == "SUCCESS"
    in_order = sorted(stood.messages, key=lambda each: each.number)
    assert [(each.kind, each.course, each.status) for each in in_order] == [
        (REQUEST, 1, 200),
        *[(CALLBACK, 1, 200)] * 3,
        (REQUEST, 1, 200),
    ]
    assert KEY not in stood.file.getvalue()
    assert url not in stood.file.getvalue()


def test_the_mock_is_as_good_a_server(client: httpx.Client, receiver: Receiver) -> None:
    url, track = receiver.url("me"), TRACKS[0]
    client.headers["Authorization"] = f"Bearer {MOCK_KEY}"
    with mock("apikley") as target, standing(target) as stood:
        task = extend(client, stood.proxy.url, url, audioId=track.id, model=track.model)["data"]["taskId"]
        receiver.settle({url: 3}, 10)
    assert stages(receiver, url) == STAGES
    assert {json.loads(arrival.body)["data"]["task_id"] for arrival in receiver.arrived(url)} == {task}


def test_the_servers_retries_are_real(client: httpx.Client, receiver: Receiver) -> None:
    url = receiver.url("me", (Reply(500), Reply(204)))
    with Plain(pause=0.02) as plain, standing(plain.url) as stood:
        extend(client, stood.proxy.url, url)
        receiver.settle({url: 4}, 10)
    assert [arrival.status for arrival in receiver.arrived(url)][:2] == [500, 204]
    assert [each.status for each in stood.messages if each.kind == CALLBACK][:2] == [500, 204]


def test_fifty_tasks_at_the_same_time_stay_apart(client: httpx.Client, receiver: Receiver) -> None:
    urls = [receiver.url(f"{number}") for number in range(50)]
    with Plain(pause=0.02) as plain, standing(plain.url) as stood, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda url: extend(client, stood.proxy.url, url), urls))
        receiver.settle(dict.fromkeys(urls, 3), 30)
    for url, answer in zip(urls, answers, strict=True):
        named = [json.loads(arrival.body)["data"]["task_id"] for arrival in receiver.arrived(url)]
        assert set(named) == {answer["data"]["taskId"]}
        assert set(stages(receiver, url)) == {*STAGES}  # a busy machine may be too slow for one, which comes again
    courses = {each.course: each.exchange("").task_id for each in stood.messages if each.kind == REQUEST}
    for each in (each for each in stood.messages if each.kind == CALLBACK):
        assert json.loads(each.sent)["data"]["task_id"] == courses[each.course]


HEAD = b"pOsT /a%2Fb//c/?q=%41&q=+ HTTP/1.1\r\n"
LINES = [b"X-One: 1", b"x-TWO:  two  words ", b"X-One: again", b"Accept-Encoding: gzip", b"Content-Type: text/x"]


def raw(url: str, sent: bytes) -> bytes:
    """What comes back for bytes, until the connection ends."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(sent)
        came = b""
        while more := connection.recv(65536):
            came += more
        return came


def test_heads_and_bodies_pass_as_they_are() -> None:
    zipped = gzip.compress(b'{"code": 200}')
    answer = b"HTTP/1.1 299 All Fine\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    answer += b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(zipped) + zipped
    with scripted(answer) as server, standing(server.url) as stood:
        host = stood.proxy.url.removeprefix("http://").encode()
        hops = b"Connection: close, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\n"
        lines = b"\r\n".join(LINES)
        sent = b"POST" + HEAD[4:] + b"Host: " + host + b"\r\n" + lines + b"\r\n" + hops
        came = raw(stood.proxy.url, sent + b"Content-Length: 5\r\n\r\na\x00\xff\r\n")
        (got,) = server.heard
    head, _, body = got.partition(b"\r\n\r\n")
    first, *others = head.split(b"\r\n")
    assert (first, body) == (b"POST" + HEAD[4:-2], b"a\x00\xff\r\n")
    stripped = [line.replace(b":  ", b": ").rstrip() for line in LINES]
    assert [line for line in others if not line.startswith((b"Connection", b"Content-Length"))] == [
        b"Host: " + server.url.removeprefix("http://").encode(),
        *stripped,
    ]
    head, _, body = came.partition(b"\r\n\r\n")
    sent_head = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in head.split(b"\r\n") if not line.startswith(b"Connection")] == sent_head
    assert body == zipped
    assert stood.messages[0].body == b'{"code": 200}'


def test_a_header_in_latin_1_is_named_and_never_cut() -> None:
    answer = b"HTTP/1.1 200 OK\r\nX-B: caf\xe9\r\nX-C: \xc3\xa9\r\nContent-Length: 0\r\n\r\n"
    with scripted(answer) as server, standing(server.url) as stood:
        head = b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: caf\xe9\r\nX-D: \xc3\xa9\r\n\r\n"
        came = raw(stood.proxy.url, head)
        (got,) = server.heard
    assert (b"X-A" in got, b"X-D: \xc3\xa9\r\n" in got) == (False, True)
    assert (b"X-B" in came, b"X-C: \xc3\xa9\r\n" in came) == (False, True)
    (message,) = stood.messages
    assert {*message.headers} >= {("X-A", "caf\xe9"), ("X-D", "\xe9")}
    assert {*message.answer_headers} >= {("X-B", "caf\xe9"), ("X-C", "\xe9")}
    assert message.left_out == {
        "headers": "X-A came in another coding than UTF-8, and went no further",
        "answer_headers": "X-B came in another coding than UTF-8, and went no further",
    }


def test_an_answer_passes_as_it_comes() -> None:
    seen = threading.Event()

    def slowly(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        assert seen.wait(10)  # the second part is sent once the first has come
        connection.sendall(b"3\r\ntwo\r\n0\r\n\r\n")

    with (
        scripted(slowly) as server,
        standing(server.url) as stood,
        httpx.Client(trust_env=False) as client,
        client.stream("GET", stood.proxy.url) as answer,
    ):
        parts = answer.iter_raw()
        assert next(parts) == b"one"
        seen.set()
        assert b"".join(parts) == b"two"
    assert stood.messages[0].body == b"onetwo"


def test_a_body_too_long_to_be_looked_at_passes_whole() -> None:
    sent = b"x" * (LONGEST + 100_000)
    with scripted(http({"code": 200})) as server, standing(server.url) as stood:
        assert httpx.post(stood.proxy.url, content=sent, trust_env=False).json() == {"code": 200}
        assert server.heard[0].partition(b"\r\n\r\n")[2] == sent
    assert "sent" in stood.messages[0].left_out


def test_the_server_may_speak_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with listening(authority.server()) as place, standing(f"https://{place}") as stood:
        assert httpx.post(stood.proxy.url, content=b"{}", trust_env=False).status_code == 200
    monkeypatch.delenv("SSL_CERT_FILE")
    with listening(authority.server()) as place, standing(f"https://{place}") as stood:
        answer = httpx.post(stood.proxy.url, content=b"{}", trust_env=False)
    assert "its certificate is not trusted" in answer.json()["msg"]


def test_a_budget_ends_with_429_and_a_word(client: httpx.Client, receiver: Receiver) -> None:
    urls = [receiver.url(f"{number}") for number in range(6)]
    with Plain(pause=0.01) as plain, standing(plain.url, budget=2) as stood, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda url: extend(client, stood.proxy.url, url), urls))
        assert client.get(stood.proxy.url + CREDIT).json()["code"] == 200
        assert len(plain.tasks) == 2
    refused = [answer for answer in answers if answer["code"] == 429]
    assert len(refused) == 4
    assert "the budget of 2 tasks is spent; start it again with --resume and a larger --budget" in refused[0]["msg"]


def test_a_request_without_an_answer_counts_as_a_task(client: httpx.Client) -> None:
    with scripted(lambda connection: connection.close()) as server, standing(server.url, budget=1) as stood:
        assert extend(client, stood.proxy.url, "http://127.0.0.1:9/")["code"] == 502
        assert extend(client, stood.proxy.url, "http://127.0.0.1:9/")["code"] == 429


def test_a_refusal_and_nobody_there_cost_nothing(client: httpx.Client) -> None:
    with standing("http://127.0.0.1:9", budget=1) as stood:
        for _ in range(2):
            answer = client.post(stood.proxy.url + EXTEND, json={})
            assert answer.status_code == 502
            assert "suno-contract proxy: no answer: ConnectError" in answer.json()["msg"]


def test_a_receiver_that_is_gone_is_a_failed_callback(client: httpx.Client) -> None:
    with Plain(pause=0.01) as plain, standing(plain.url) as stood:
        extend(client, stood.proxy.url, "http://127.0.0.1:9/")
        (task,) = plain.tasks.values()
        while task.status != "SUCCESS":
            client.get(stood.proxy.url + CREDIT)
    failed = [each for each in stood.messages if each.kind == CALLBACK]
    assert failed
    assert {(each.status, each.error) for each in failed} == {(0, "ConnectError: the receiver cannot be reached")}


def test_nobody_is_called_back_who_did_not_ask(client: httpx.Client) -> None:
    with Plain() as plain, standing(plain.url) as stood:
        answer = client.post(f"{stood.proxy.public}/cb/1-0000", json={})
        assert answer.status_code == 404
        assert client.get(stood.proxy.public + CREDIT).status_code == 404


def test_an_answer_that_breaks_off_breaks_off_here(client: httpx.Client) -> None:
    broken = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    with scripted(broken) as server, standing(server.url) as stood, pytest.raises(httpx.RemoteProtocolError):
        client.get(stood.proxy.url + CREDIT)
    assert stood.messages[0].status == 0
    assert stood.messages[0].error.startswith("ClientPayloadError")
