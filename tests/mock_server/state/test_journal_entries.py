"""Entries of the journal: their sizes, and their curls, which work when pasted."""

import gc
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.errors import Maintenance
from mock_server.domain.answer import Answer, accepted, refused
from mock_server.domain.call import HEADER_OVERHEAD
from mock_server.domain.curl import ARGUMENT_LIMIT
from mock_server.domain.kept_answer import BODY_KEPT, KeptAnswer
from mock_server.domain.owed import owed_first
from mock_server.domain.tasks import Task, TaskRecord
from mock_server.domain.timeline import plan
from mock_server.http.read_request import call as read
from mock_server.state.journal_entries import OVERHEAD, Attempted, Requested, line
from tests.builders import CREATED, EXTENDING, attempted, edition, requested, task

URL = "http://127.0.0.1:4010"
EXTEND = f"{URL}/api/v1/generate/extend"
UNKNOWN_KEY = '-H "Authorization: Bearer ${SUNO_MOCK_KEY:-test-key}"'


CALL_TEXTS: dict[str, Any] = {
    "path": "/p",
    "query": b"q=1",
    "key": "key",
    "content_type": "text/x",
    "prefer": "code=200",
    "body": b"12345",
}


@pytest.mark.parametrize("name", CALL_TEXTS)
def test_the_size_counts_everything_that_a_client_sends(name: str) -> None:
    value = CALL_TEXTS[name]
    empty = type(value)()
    assert requested(**{name: value}).size - requested(**{name: empty}).size == len(value)
    assert requested(body=None).size == requested(body=b"").size


def test_the_size_counts_the_answers_text_and_body() -> None:
    short, long = (refused(Maintenance(text), edition()) for text in ("a", "a" * 101))
    assert requested(long).size - requested(short).size == 200


def test_the_size_counts_the_answers_headers() -> None:
    answer = accepted(task().record, edition(), "")
    assert requested(replace(answer, headers={"x-why": "12345"})).size - requested(answer).size == 5


def test_only_the_beginning_of_a_long_answer_is_kept() -> None:
    entry = requested(replace(accepted(task().record, edition(), ""), body=b"x" * 9999))
    assert (entry.answer.body, entry.answer.size) == (b"x" * BODY_KEPT, 9999)
    assert entry.size < OVERHEAD + 2 * BODY_KEPT


def test_every_header_of_a_request_is_kept_and_counted() -> None:
    headers = [(b"host", b"mock"), (b"authorization", b"Bearer secret-key"), (b"x-odd", b"\xff")]
    call = read("POST", "/", b"", headers, b"")
    entry = Requested.answered(CREATED, call, accepted(task().record, edition(), ""))
    assert (
        entry.size - requested(path="/", key="secret-key", content_type="", body=b"").size == 22 + 3 * HEADER_OVERHEAD
    )


def test_the_size_counts_what_a_receiver_answered_and_was_sent() -> None:
    answer = KeptAnswer(status=200, headers=(("Server", "me"),), body=b"12345", size=5)
    entry = attempted(url="", sent=(("Host", "a"),), answer=answer)
    assert entry.size == OVERHEAD + 5 + 2 + 1 + 2 * HEADER_OVERHEAD


def test_an_entry_keeps_no_answer_alive() -> None:
    """The bodies of answers, such as records of large tasks, would otherwise take room that nobody counts."""
    assert not [each for each in gc.get_referents(requested()) if isinstance(each, Answer | Task | TaskRecord)]


def test_the_size_counts_the_body() -> None:
    assert attempted(url="http://a", body=b"12345").size == OVERHEAD + 8 + 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A request as a server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def seen() -> Iterator[tuple[str, list[Came]]]:
    """The URL of a server, and every request that it gets."""
    came: list[Came] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            came.append(Came(method=self.command, path=self.path, headers=headers, body=body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    for method in ("GET", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.do_POST)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", came
        finally:
            server.shutdown()
            serving.join()


SHELLS = [each for each in ("bash", "zsh", "dash") if shutil.which(each)]


def paste(command: str, shell: str = "bash", **variables: str) -> None:
    """Run a command as if it were typed into a shell, with these variables and no others."""
    assert not CONTROLS.search(command)
    env = {"PATH": os.environ["PATH"], **variables}
    done = subprocess.run([shell], input=command.encode(), env=env, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


runs_curl = pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs bash and curl")

CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What a terminal obeys."""
HOSTILE = [
    pytest.param(b"=ls", id="a command's path, to zsh"),
    pytest.param("\x9b31m\x85\u202e".encode(), id="controls beyond ASCII"),
    pytest.param(b'{"prompt": "A calm piano"}', id="JSON"),
    pytest.param(b'it\'s "quoted" and `run` $(too) $HOME !!', id="quotes"),
    pytest.param("Zażółć\n\ngęślą 🎵 jaźń\n".encode(), id="unicode and newlines"),
    pytest.param(b"\r\n\t\x1b[31m\x7f", id="control characters"),
    pytest.param(b"a\0b\0", id="NUL"),
    pytest.param(bytes(range(256)), id="every byte"),
    pytest.param(b"100%d %s %% %n \\n \\\\ \\045", id="percent signs and backslashes"),
    pytest.param(b"\0%d%s%%\\n", id="percent signs after a NUL"),
    pytest.param(b"@/etc/passwd", id="a file's name"),
    pytest.param(b"@-", id="the name of standard input"),
    pytest.param(b"-H\n--next", id="an option"),
    pytest.param(b"x" * ARGUMENT_LIMIT, id="as long as an argument can be"),
    pytest.param("ż".encode() * 100_000, id="200 kB"),
]


@runs_curl
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("body", HOSTILE)
def test_a_pasted_request_sends_the_same_body(body: bytes, shell: str) -> None:
    with seen() as (url, came):
        paste(requested(key="test-key", body=body).curl(url), shell)
    assert [(each.method, each.path, each.body) for each in came] == [("POST", "/api/v1/generate/extend", body)]


@runs_curl
@pytest.mark.parametrize("body", HOSTILE)
def test_a_pasted_callback_sends_the_same_body(body: bytes) -> None:
    with seen() as (url, came):
        paste(attempted(url=f"{url}/cb?token=a%2Bb&empty=", body=body).curl())
    assert [(each.method, each.path, each.body) for each in came] == [("POST", "/cb?token=a%2Bb&empty=", body)]
    assert came[0].headers["content-type"] == "application/json"


@runs_curl
@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1) | st.text(min_size=1).map(str.encode))
def test_any_body_survives_the_shell(body: bytes) -> None:
    with seen() as (url, came):
        paste(requested(body=body).curl(url))
        paste(attempted(url=f"{url}/cb", body=body).curl())
    assert [each.body for each in came] == [body, body]


@runs_curl
def test_a_pasted_request_sends_the_same_headers() -> None:
    entry = requested(key="mock-it's", prefer='scenario="late" $HOME', content_type="application/json; charset=utf-8")
    with seen() as (url, came):
        paste(entry.curl(url))
    headers = {name: came[0].headers[name] for name in ("authorization", "prefer", "content-type")}
    assert headers == {
        "authorization": "Bearer mock-it's",
        "prefer": 'scenario="late" $HOME',
        "content-type": "application/json; charset=utf-8",
    }


@runs_curl
def test_a_header_that_was_not_sent_is_not_sent() -> None:
    with seen() as (url, came):
        paste(requested(key=None, content_type="", method="GET", body=b"").curl(url))
    assert not {"authorization", "prefer", "content-type"} & set(came[0].headers)


@runs_curl
def test_a_missing_content_type_stays_missing() -> None:
    with seen() as (url, came):
        paste(requested(content_type="").curl(url))
    assert "content-type" not in came[0].headers


@runs_curl
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_pasted_request_has_its_method_and_query(method: str) -> None:
    with seen() as (url, came):
        paste(requested(method=method, path="/a b/{1}/?#é", query=b"q='&x=%27;&y[]=$HOME\xe9\x9b", body=None).curl(url))
    expected = "/a%20b/%7B1%7D/%3F%23%C3%A9?q='&x=%27;&y[]=$HOME%E9%9B"
    assert [(each.method, each.path) for each in came] == [(method, expected)]


@runs_curl
@pytest.mark.parametrize("shell", SHELLS)
def test_a_pasted_header_has_the_same_bytes(shell: str) -> None:
    with seen() as (url, came):
        paste(requested(prefer="wait=\x9b31m\xe9 %d\\").curl(url), shell)
    assert came[0].headers["prefer"] == "wait=\x9b31m\xe9 %d\\"


@runs_curl
@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        pytest.param({}, "Bearer test-key", id="the first key by default"),
        pytest.param({"SUNO_MOCK_KEY": "my own"}, "Bearer my own", id="a key of one's own"),
    ],
)
def test_a_hidden_key_is_a_variable(variables: dict[str, str], sent: str) -> None:
    with seen() as (url, came):
        paste(requested(key="secret-key").curl(url), **variables)
    assert came[0].headers["authorization"] == sent


@given(st.text("abcxyz-0189", min_size=12))
def test_a_curl_never_tells_a_key(key: str) -> None:
    curl = requested(key=key, body=b"").curl(URL)
    assert key not in curl
    assert UNKNOWN_KEY in curl


@pytest.mark.parametrize("key", ["test-key", "empty-key", "mock-402"])
def test_a_public_key_stands_in_the_curl(key: str) -> None:
    assert f"-H 'Authorization: Bearer {key}'" in requested(key=key).curl(URL)


def test_a_request_without_a_key_has_a_curl_without() -> None:
    assert "Authorization" not in requested(key=None).curl(URL)


def test_media_have_no_envelope() -> None:
    entry = Requested.downloaded(CREATED, EXTENDING, 206, "bytes 0-99 of 1000", {})
    assert (entry.at, entry.status, entry.code, entry.task_id) == (CREATED, 206, 0, None)
    assert line(entry) == "--> POST /api/v1/generate/extend  HTTP 206, bytes 0-99 of 1000"


def test_what_is_left_of_a_tasks_callbacks_is_told_as_undelivered() -> None:
    mine = task(scenario="callback-531", key="mine", id="5c79")
    owed = owed_first(mine.record, plan(mine))
    assert owed is not None
    entries = Attempted.undelivered(owed.turned().changed(retries=2), CREATED, "the mock was stopped")
    assert [(each.stage, each.code, each.number, each.outcome) for each in entries] == [
        ("first", 200, 3, "undelivered"),
        ("complete", 531, 1, "undelivered"),
    ]
    assert {(each.at, each.key, each.task_id, each.detail, each.body) for each in entries} == {
        (CREATED, "mine", "5c79", "the mock was stopped", b"")
    }
