"""`suno-mock receive`, as a process and in this one."""

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server.commands.client.arrivals import Answered
from mock_server.commands.receive import Inbox, responding
from mock_server.http.server import listen
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received, Reply
from tests.processes import COMMAND, Run

TEXT = b'{"code": 200, "msg": "Text generation completed.\x1b", "data": {"callbackType": "text", "task_id": "1035b5"}}'


@contextmanager
def receiving(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [*COMMAND, "receive", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_prints_what_comes_and_ends_when_it_is_interrupted() -> None:
    with receiving("--answer", "500,200") as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert [httpx.post(url, content=body).status_code for body in (TEXT, b"\xff", b"{}")] == [500, 200, 200]
        assert (
            process.stdout.readline()
            == "<-- POST /callback  is no callback, no JSON: "
            + TEXT.decode()[:80].replace("\x1b", "\\x1b")
            + f"... ({len(TEXT)} characters)  answered 500\n"
        )
        assert process.stdout.readline() == "<-- POST /callback  is no callback, no JSON: \\xff  answered 200\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr
        assert process.stderr.read().strip() == ""


def test_it_goes_on_when_nobody_reads_what_it_prints() -> None:
    with receiving("--json") as process, Receiver(lambda received: 202):
        assert process.stdout
        url = json.loads(process.stdout.readline())["url"]
        process.stdout.close()
        assert [httpx.post(url, content=b"{}").status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr
        assert process.stderr.read().strip() == ""
        process.stdout = None


def test_a_taken_port_is_one_line(run: Run) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        for options in ([], ["--forward-to", "http://127.0.0.1:1/"]):
            status, _, errors = run("receive", "--port", port, *options)
            assert (status, errors.count("\n")) == (2, 1)
            assert "Choose another --port." in errors


def received(body: bytes = b"") -> Received:
    return Received(method="POST", path="/cb", headers={}, body=body)


def test_the_last_status_holds_on() -> None:
    respond = responding([500, 500, 200])
    assert [respond(received())[0].status for _ in range(5)] == [500, 500, 200, 200, 200]


@pytest.mark.parametrize("as_json", [False, True])
def test_each_callback_is_one_line_with_its_answer(as_json: bool) -> None:
    said: list[str] = []
    inbox = Inbox(lambda came: (Reply(status=502), Answered(status=502)), said.append, delay=0.001, as_json=as_json)
    reply = inbox(received(TEXT.replace(b"\x1b", b"")))
    assert (reply.status, said) == (502, [])
    reply.sent(True)
    inbox.refused("GET /cb", 405, "no")
    if as_json:
        first, second = map(json.loads, said)
        assert (first["stage"], first["task_id"], first["status"]) == ("text", "1035b5", 502)
        assert second == {"request": "GET /cb", "problem": "no", "status": 405}
    else:
        assert said == [
            "<-- text      1035b5  200 Text generation completed.  0 tracks  answered 502",
            "<-- GET /cb  answered 405: no",
        ]


def test_an_answer_that_nobody_waits_for_says_so() -> None:
    said: list[str] = []
    came, left, printed = threading.Event(), threading.Event(), threading.Event()

    def respond(callback: Received) -> tuple[Reply, Answered]:
        came.set()
        assert left.wait(20)
        return Reply(status=200), Answered(status=200)

    def say(line: str) -> None:
        said.append(line)
        printed.set()

    with Receiver(Inbox(respond, say, delay=0, as_json=False)) as receiver:
        with socket.create_connection(("127.0.0.1", urlsplit(receiver.url).port or 0)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
            assert came.wait(20)
        left.set()
        assert printed.wait(20)
    assert said[0].endswith("  answered 200, but the client had hung up")
