"""Clients that are slow, broken, many or impatient, over real sockets: each is its own affair, and nothing is lost."""

import json
import re
import signal
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import pytest

from mock_server import MockServer
from mock_server.commands.demo import EXTEND
from mock_server.domain.attempt import Outcome
from mock_server.testing.receiver import Receiver
from tests.builders import request
from tests.journeys import Journey
from tests.processes import serving

IDLE = 300
STAGES = ["text", "first", "complete"]
BODY = json.dumps(request()).encode()
HEAD = (
    b"POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\n" % EXTEND.encode()
)
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
TASK = re.compile(rb'"taskId":"([^"]+)"')


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer(seed=7, pace="manual", credits=10**9) as running:
        yield running


def connected(mock: MockServer) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(mock.url.rpartition(":")[2])), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def tasks(connection: socket.socket, count: int) -> list[bytes]:
    """The taskIds of so many answers."""
    came = b""
    while len(found := TASK.findall(came)) < count:
        more = connection.recv(65536)
        assert more, f"the connection ended after {len(found)} of {count} answers: {came[-300:]!r}"
        came += more
    return found


def test_a_request_that_comes_byte_by_byte_is_answered(mock: MockServer) -> None:
    with connected(mock) as slow:
        for byte in WHOLE:
            slow.send(bytes((byte,)))
        assert len(tasks(slow, 1)) == 1


@pytest.mark.parametrize(
    "begun", [b"", b"POST", HEAD, WHOLE[:-1]], ids=["nothing", "a method", "a head", "all but one"]
)
def test_connections_that_never_end_a_request_keep_nobody_waiting(begun: bytes, mock: MockServer) -> None:
    with ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(connected(mock)).sendall(begun)
        with connected(mock) as other:
            other.sendall(WHOLE)
            assert len(tasks(other, 1)) == 1
    assert len(mock.requests) == 1


def test_pipelined_requests_are_answered_in_order(mock: MockServer) -> None:
    titles = [f"title {number}" for number in range(100)]
    bodies = [json.dumps({**request(), "title": title}).encode() for title in titles]
    with connected(mock) as impatient:
        impatient.sendall(b"".join(HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies))
        found = tasks(impatient, len(bodies))
    assert len(set(found)) == len(found)
    assert [json.loads(entry.call.body or b"")["title"] for entry in mock.requests] == titles
    assert [entry.task_id for entry in mock.requests] == [task.decode() for task in found]


def test_a_client_that_asks_without_end_and_reads_nothing_is_not_read_either(mock: MockServer) -> None:
    with connected(mock) as deaf, connected(mock) as other:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        deaf.settimeout(1)
        with pytest.raises(TimeoutError):
            deaf.sendall(WHOLE * 200_000)
        other.sendall(WHOLE)
        assert len(tasks(other, 1)) == 1


def test_a_client_that_has_said_all_and_closes_its_half_gets_its_answer(mock: MockServer) -> None:
    with connected(mock) as half:
        half.sendall(WHOLE)
        half.shutdown(socket.SHUT_WR)
        assert len(tasks(half, 1)) == 1


@pytest.mark.parametrize("said", [HEAD, WHOLE[:-1], WHOLE], ids=["in the head", "in the body", "at the end"])
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_client_that_leaves_harms_nobody(said: bytes, reset: bool, mock: MockServer) -> None:
    for _ in range(20):
        with connected(mock) as leaving:
            leaving.sendall(said)
            if reset:
                leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with connected(mock) as other:
        other.sendall(WHOLE)
        assert len(tasks(other, 1)) == 1
    mock.wait_for(count=21 if said is WHOLE else 1, code=200)


def test_hours_without_a_receiver_loses_nothing(mock: MockServer) -> None:
    """A stage is tried for 21 minutes, one after another; what could not be delivered can be sent again by hand."""
    with Receiver() as gone:
        port = int(gone.url.split(":")[2].partition("/")[0])
    with httpx.Client(base_url=mock.url) as http:
        journey = Journey(http=http, receiver=gone, profile="apikley")
        task = journey.extend().json()["data"]["taskId"]
        journey.advance(2 * 3600)
        assert journey.record(task)["status"] == "CALLBACK_EXCEPTION"
        with Receiver(port=port) as back:
            for stage in STAGES:
                assert mock.redeliver(task, stage).outcome is Outcome.ACCEPTED
            assert [each.json()["data"]["callbackType"] for each in back.wait_for(3)] == STAGES


def test_what_is_owed_when_the_mock_is_ended_under_load_is_delivered_or_written_down() -> None:
    with Receiver() as receiver, serving("--pace", "2000x", "--credits", "1000000") as process, ExitStack() as stack:
        assert process.stdout
        url = process.stdout.readline().strip()
        clients = stack.enter_context(ThreadPoolExecutor(5))
        printed = clients.submit(process.stdout.read)

        def load(_: int) -> list[str]:
            """Post until the mock is gone; in the middle of it, end it."""
            accepted: list[str] = []
            with httpx.Client(base_url=url, headers={"Authorization": "Bearer key"}) as http, suppress(httpx.HTTPError):
                while True:
                    answer = http.post(EXTEND, json={**request(), "callBackUrl": receiver.url})
                    accepted.append(answer.json()["data"]["taskId"])
                    if len(accepted) == 50:
                        process.send_signal(signal.SIGTERM)
            return accepted

        answered = [task for tasks in clients.map(load, range(4)) for task in tasks]
        lines = printed.result()
        assert process.wait(20) == 128 + signal.SIGTERM
        received = Counter(each.json()["data"]["task_id"] for each in receiver.received)
    accepted = set(re.findall(r"200 task (\S+)", lines))
    undelivered = Counter(re.findall(r"of (\S+) to \S+  undelivered: the mock was stopped", lines))
    assert accepted >= set(answered)
    assert len(answered) >= 50
    assert {task: received[task] + undelivered[task] for task in accepted} == dict.fromkeys(accepted, 3)


def test_a_client_that_leaves_its_pipelined_requests_leaves_no_traceback(
    capfd: pytest.CaptureFixture[str], mock: MockServer
) -> None:
    with httpx.Client(headers={"Authorization": "Bearer key"}) as client:
        for _ in range(200):
            client.post(mock.url + EXTEND, json=request())
        for _ in range(4):
            with connected(mock) as leaving:
                leaving.sendall(b"GET /__admin/journal HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
                assert leaving.recv(1)
            for _ in range(20):
                client.get(f"{mock.url}/__admin/health")
    assert capfd.readouterr().err == ""


def test_nobody_has_to_read_what_the_mock_prints() -> None:
    with serving("--pace", "immediate", "--credits", "1000000") as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        with httpx.Client(headers={"Authorization": "Bearer key"}) as client:
            body = request(prompt=5, style="x" * 1500)
            codes = {client.post(url + EXTEND, json=body).json()["code"] for _ in range(500)}
    assert codes == {422}


def test_who_reads_what_the_mock_prints_may_leave() -> None:
    with serving("--pace", "immediate") as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        process.stdout.close()
        process.stdout = None
        assert [httpx.post(url + EXTEND, json={}).json()["code"] for _ in range(3)] == [401] * 3
