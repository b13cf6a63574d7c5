"""The commands against servers that mean harm: one clear line and the documented status, no traceback, nothing that a
terminal obeys, in bounded time and memory."""

import threading
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

import orjson
import pytest

from mock_server.commands.client.caller import ANSWER_LIMIT, Caller, Unreadable
from tests.admin_answers import CLOCK, HEALTH, TASK, WHOLE_TASK, Said, attempt, entry, page, task_page
from tests.hostile import BROKEN, ENDLESS, ESCAPES, NO_ANSWER, TOO_LONG, spoilt
from tests.processes import Run
from tests.scripted import Script, http, scripted

RECEIVER = "http://127.0.0.1:1/callback"
COMMANDS = {
    "tasks": ["tasks"],
    "one task": ["tasks", "5c79"],
    "tail": ["tail"],
    "the whole journal": ["tail", "--no-follow", "-v"],
    "an entry": ["tail", "--no-follow", "-v"],
    "clock": ["clock"],
    "advance": ["clock", "advance", "1s"],
    "reset": ["reset"],
    "queue": ["queue", "429"],
    "trigger": ["trigger", "200", "--to", RECEIVER],
}
SECONDS = 0.5
"""That a server which may never answer has for its answer. One that does answer has as long as users have."""
ENOUGH = 10.0
"""Seconds that are far more than that, and far less than for ever."""


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNO_API_KEY", raising=False)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.commands.client.admin_client.PATIENCE", SECONDS)
    monkeypatch.setattr("mock_server.commands.client.api_client.TIMEOUT", SECONDS)
    monkeypatch.setattr("mock_server.commands.clock.ADVANCING", SECONDS)


def ended(run: Run, command: list[str], *scripts: Script) -> tuple[int, str, str]:
    """How a command ended against a server of scripts, and that nothing of it is obeyed by a terminal."""
    began = time.monotonic()
    with scripted(*scripts) as server:
        status, output, errors = run(*command, "--url", server.url)
    assert time.monotonic() - began < ENOUGH
    assert all(line.isprintable() for line in (output + errors).split("\n"))
    return status, output, errors


SOME = ("an endless body", "a bomb in gzip", "more and more heads of 1xx", "half a body", "a list")
HARM = {**TOO_LONG, **ENDLESS, **BROKEN, **NO_ANSWER}


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("harm", HARM)
def test_who_is_no_mock_is_one_line(harm: str, run: Run) -> None:
    status, output, errors = ended(run, ["tasks"], HARM[harm])
    assert (status, output, errors.count("\n")) == (2, "", 1), errors
    assert " at http://127.0.0.1:" in errors


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("harm", SOME)
def test_who_looks_like_a_mock_is_trusted_no_more(harm: str, command: str, run: Run) -> None:
    status, output, errors = ended(run, COMMANDS[command], http(HEALTH), HARM[harm])
    assert (status, output, errors.count("\n")) == (2, "", 1), errors


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("harm", HARM)
def test_an_extend_that_gets_no_answer_is_one_line(harm: str, run: Run) -> None:
    status, output, errors = ended(run, ["extend"], HARM[harm])
    assert (status in (1, 2), (output + errors).count("\n")) == (True, 1), errors


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("harm", HARM)
def test_a_poll_that_gets_no_answer_is_told_and_the_task_named(harm: str, run: Run) -> None:
    accepted = http({"code": 200, "msg": "success", "data": {"taskId": "5c79"}})
    status, output, errors = ended(run, ["extend", "--timeout", "0"], accepted, HARM[harm])
    assert (status, output) == (1, "task 5c79\n")
    assert errors.splitlines()[-1].startswith("suno-mock: not finished after 0s: no status came; ")
    assert errors.endswith(", task 5c79\n")


@pytest.mark.parametrize("harm", TOO_LONG)
def test_what_is_too_long_takes_no_more_memory_than_is_read(harm: str) -> None:
    with scripted(TOO_LONG[harm]) as server:
        caller = Caller(server.url, headers={})
        tracemalloc.start()
        try:
            with pytest.raises(Unreadable):
                caller.ask("GET", server.url, ENOUGH).json_object()
            assert tracemalloc.get_traced_memory()[1] < 3 * ANSWER_LIMIT
        finally:
            tracemalloc.stop()
            caller.close()


class Answers(BaseHTTPRequestHandler):
    """Answers each path with what the test has set for it."""

    server: "Liar"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urlsplit(self.path).path.removeprefix("/__admin/")
        said = orjson.dumps(self.server.says.get(path, HEALTH))
        self.send_response(201 if path == "trigger" else 200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Liar(ThreadingHTTPServer):
    """A control plane that says what it is told to. A context manager."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.says: Mapping[str, Any] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown()
        self.server_close()


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    with Liar() as server:
        yield server


FINISHED: Said = {**WHOLE_TASK, "timeline": WHOLE_TASK["timeline"][:1]}
JOURNAL: Said = {**page(2), "entries": [entry(1), attempt(2)]}
EVERY: Mapping[str, tuple[str, Said]] = {
    "tasks": ("tasks", task_page(TASK)),
    "one task": ("tasks/5c79", WHOLE_TASK),
    "the whole journal": ("journal", JOURNAL),
    "an entry": ("journal/entries/1", entry(1)),
    "clock": ("clock", CLOCK),
    "advance": ("clock/advance", {**CLOCK, "attempts": 1}),
    "trigger": ("trigger", {"task_id": "5c79"}),
}
"""What each command is answered, and where."""
ENTRIES = {"journal": JOURNAL, "journal/entries/1": entry(1), "journal/entries/2": attempt(2)}
WELL = {"tasks/5c79": FINISHED, "clock": CLOCK, "trigger": {"task_id": "5c79"}, **ENTRIES}


@pytest.mark.parametrize("command", EVERY)
def test_no_part_of_an_answer_is_trusted(command: str, liar: Liar, run: Run) -> None:
    path, answer = EVERY[command]
    asked = [*COMMANDS[command], "--url", liar.url]
    liar.says = {**WELL, path: answer}
    assert run(*asked)[0] == 0
    for lie in spoilt(answer):
        liar.says = {**WELL, path: lie}
        status, output, errors = run(*asked)
        assert all(line.isprintable() for line in (output + errors).split("\n")), lie
        assert "\n-->  forged" not in output + errors
        assert status == 0 or errors.count("\n") == 1, lie
        assert status == 0 or f" from {liar.url} is not as admin.openapi.yaml says, " in errors


@pytest.mark.parametrize("part", HEALTH)
def test_no_part_of_the_health_is_trusted(part: str, liar: Liar, run: Run) -> None:
    lies: list[Any] = [None, 7, ESCAPES, []]
    for lie in lies:
        liar.says = {**WELL, "health": {**HEALTH, part: lie}}
        status, output, errors = run("trigger", "200", "--to", RECEIVER, "--url", liar.url)
        assert all(line.isprintable() for line in (output + errors).split("\n"))
        assert status == 0 or errors.count("\n") == 1


@pytest.mark.parametrize(
    "command", [name for name in EVERY if name not in ("one task", "the whole journal", "an entry")]
)
def test_no_json_is_obeyed(command: str, liar: Liar, run: Run) -> None:
    path, answer = EVERY[command]
    for lie in spoilt(answer):
        liar.says = {**WELL, path: lie}
        status, output, errors = run(*COMMANDS[command], "--json", "--url", liar.url)
        assert (output + errors).replace("\n", "").isprintable()
        assert status == 0 or errors.count("\n") == 1
