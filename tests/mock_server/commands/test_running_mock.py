"""The commands that steer a running mock: tasks, clock, queue, reset, tail."""

import json
import signal
import subprocess

import click
import httpx
import pytest

from mock_server.commands.demo import EXTEND
from mock_server.commands.tasks import listed
from mock_server.http.server import listen
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Reply
from tests.builders import request
from tests.processes import COMMAND, Run


def extended(mock: MockServer, **changes: object) -> str:
    answer = httpx.post(mock.url + EXTEND, json=request(**changes), headers=mock.headers).json()
    return str(answer["data"]["taskId"]) if answer["code"] == 200 else str(answer["code"])


def test_the_clock_is_shown_and_moved(running: MockServer, run: Run) -> None:
    assert run("clock") == (0, "2025-01-01T00:00:00+00:00  stands still\n", "")
    moved = "2025-01-01T01:30:00+00:00  stands still, moved by 1h30m: 0 callbacks were attempted\n"
    assert run("clock", "advance", "90m") == (0, moved, "")
    assert json.loads(run("clock", "--json")[1])["frozen"] is True


def test_a_callback_that_moving_sent_is_counted(running: MockServer, run: Run) -> None:
    with Receiver() as receiver:
        running.trigger("only-complete", receiver.url)
        assert "moved by 3m: 1 callback was attempted" in run("clock", "advance", "3m")[1]


def test_the_clock_runs_and_is_frozen(running: MockServer, run: Run) -> None:
    assert run("clock", "run")[1].endswith("  runs\n")
    status, _, errors = run("clock", "advance", "2m")
    assert (status, errors) == (
        2,
        f"suno-mock: the clock runs by itself. Freeze it first: suno-mock clock --url {running.url} freeze\n",
    )
    assert run("clock", "freeze")[1].endswith("  stands still\n")


def test_tasks_are_listed_and_one_is_told(running: MockServer, run: Run) -> None:
    assert run("tasks")[1] == "no tasks\n"
    task_id = extended(running)
    assert run("tasks")[1] == f"{task_id}  PENDING                extend    200           2025-01-01 00:00:00\n"
    lines = run("tasks", task_id)[1].splitlines()
    assert lines[0] == f"{task_id}  PENDING  extend, scenario 200, key test-key"
    assert lines[2] == "     +0.0 s  accepted             extend, 200"
    assert lines[-1] == "   +180.0 s  owed       complete  attempt 1"
    assert json.loads(run("tasks", "--json")[1])[0]["task_id"] == task_id
    assert json.loads(run("tasks", task_id, "--json")[1])["timeline"]


def test_the_beginning_of_an_id_names_its_task(running: MockServer, run: Run) -> None:
    one, other = extended(running), extended(running)
    assert run("tasks", other[:8])[1] == run("tasks", other)[1] != run("tasks", one[:8])[1]
    listed = run("tail", "--no-follow", "--task", other[:8])[1].splitlines()
    assert [line.endswith(other) for line in listed] == [True]
    assert run("tail", "--no-follow", "--task", "nobody")[1] == ""


def test_a_task_shows_what_its_receiver_answered(running: MockServer, run: Run) -> None:
    with Receiver(lambda received: 500) as receiver:
        task_id = running.trigger("only-complete", receiver.url)
        run("clock", "advance", "180s")
    lines = run("tasks", task_id)[1].splitlines()
    attempted = next(number for number, line in enumerate(lines) if "attempt 1: refused, HTTP 500" in line)
    assert lines[attempted + 1] == f"{'':13}< HTTP 500"
    assert any(line.startswith(f"{'':13}< Content-Length: ") for line in lines[attempted:])


def test_no_answer_of_a_receiver_forges_a_line(running: MockServer, run: Run) -> None:
    body = "\x1b[2J\r\n<-- forged\u2028--> forged\u202e".encode()
    hostile = Reply(status=302, body=body, headers={"Location": "http://a/\x9b31m", "X-Why": "\xe2\x80\xae"})
    with Receiver(lambda received: hostile) as receiver:
        task_id = running.trigger("only-complete", receiver.url)
        run("clock", "advance", "180s")
    for command in (["tasks", task_id], ["tail", "--no-follow", "-v"]):
        lines = run(*command)[1].removesuffix("\n").split("\n")
        assert all(line.isprintable() for line in lines)
        assert len([line for line in lines if "forged" in line and line.lstrip().startswith("<")]) == 2
        assert any("HTTP 302 to http://a/" in line and "which is not followed" in line for line in lines)


def test_an_answer_that_says_nothing_is_shown_when_asked_for(running: MockServer, run: Run) -> None:
    with Receiver() as receiver:
        task_id = running.trigger("only-complete", receiver.url)
        run("clock", "advance", "180s")
    assert "< HTTP 200" not in run("tasks", task_id)[1]
    assert "< HTTP 200" in run("tasks", task_id, "-v")[1]


def test_the_journal_is_printed_with_what_went_over_the_wire(running: MockServer, run: Run) -> None:
    with Receiver(lambda received: 204) as receiver:
        task_id = extended(running, callBackUrl=receiver.url)
        run("clock", "advance", "30s")
    lines = run("tail", "--no-follow", "-v")[1].splitlines()
    request = ["> POST /api/v1/generate/extend", "> authorization: Bearer test-key", "< HTTP 200"]
    answered = f'< {{"code":200,"msg":"success","data":{{"taskId":"{task_id}"}}}}'
    callback = [f"> POST {receiver.url}", "> User-Agent: suno-mock", "< HTTP 204"]
    assert [line for line in lines if line in [*request, answered, *callback]] == [*request, answered, *callback]
    assert lines[0].startswith("--> POST")
    assert any("unless --set received_statuses=any_2xx" in line for line in lines)
    assert json.loads(run("tail", "--no-follow", "-v", "--json")[1].splitlines()[1])["answer"]["status"] == 204


def test_an_attempt_without_an_answer_is_printed(running: MockServer, run: Run, closed_url: str) -> None:
    running.trigger("only-complete", closed_url)
    run("clock", "advance", "180s")
    lines = run("tail", "--no-follow", "-v")[1].splitlines()
    assert [line[:3] for line in lines[:2]] == ["<--", "> P"]
    assert not [line for line in lines if line.startswith("< ")]
    httpx.get(f"{running.url}/api/v1/generate/record-info")
    lines = run("tail", "--no-follow", "-v", "--kind", "request")[1].splitlines()
    assert (lines[1], "> " in lines) == ("> GET /api/v1/generate/record-info", False)


def test_a_task_that_is_not_there_is_one_line(running: MockServer, run: Run) -> None:
    kept = f"`suno-mock tasks --url {running.url}` lists those that are kept.\n"
    assert run("tasks", "no/such") == (2, "", f"suno-mock: there is no task 'no/such'. {kept}")
    assert run("tasks", "\udcff")[2] == f"suno-mock: there is no task '\\udcff'. {kept}"
    for name in ("", ".", "..", "..."):
        assert run("tasks", name) == (2, "", f"suno-mock: {name!r} is no task id. {kept}")


def test_a_token_is_asked_for_before_a_task(run: Run) -> None:
    with MockServer(admin_token="secret") as mock:
        status, _, errors = run("tasks", "nope", "--url", mock.url)
        assert run("clock", "freeze", "--url", mock.url)[2] == errors
    assert (status, errors) == (
        2,
        f"suno-mock: the mock at {mock.url} has an admin token, and none came; "
        "give it with --admin-token or SUNO_MOCK_ADMIN_TOKEN.\n",
    )


def test_a_length_that_is_too_long_is_named(running: MockServer, run: Run) -> None:
    assert run("clock", "advance", "999999999999d")[::2] == (
        2,
        "suno-mock: '999999999999d' is too long. Allowed: at most 366d at once.\n",
    )
    assert run("clock", "advance", "366d")[0] == 0
    assert run("clock", "advance", "")[2].startswith("suno-mock: '' is no length of time. ")


KEYED = (["tasks"], ["reset"], ["queue", "429"], ["tail", "--no-follow"], ["trigger", "200", "--to", "http://a"])


@pytest.mark.parametrize("command", KEYED, ids=lambda command: command[0])
@pytest.mark.parametrize("key", ["hush ", "hush\xe9", "hush" * 1250], ids=["blank", "é", "long"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(
    command: list[str], key: str, running: MockServer, run: Run
) -> None:
    status, output, errors = run(*command, "--key", key)
    assert (status, output) == (2, "")
    assert errors.startswith("suno-mock: the key cannot be sent. Allowed: ")
    assert "hush" not in errors


def test_an_empty_key_is_none(running: MockServer, run: Run) -> None:
    extended(running)
    assert run("tasks", "--key", "")[1].startswith("1035b5204b2d407caeeace0fff7f1dcf")
    assert run("tail", "--no-follow", "--key", "")[1].startswith("--> POST")
    assert run("queue", "429", "--key", "")[1] == "the next POST request of test-key: 429\n"
    assert run("trigger", "200", "--to", "http://127.0.0.1:1", "--no-wait", "--key", "")[0] == 0
    assert [task.key for task in running.tasks()] == ["test-key"] * 2
    assert run("reset", "--key", "")[1] == "everything is forgotten\n"


def test_the_next_requests_get_a_scenario(running: MockServer, run: Run) -> None:
    assert run("queue", "429", "--times", "2")[1] == "the next 2 POST requests of test-key: 429\n"
    assert [extended(running) for _ in range(3)][:2] == ["429", "429"]
    assert run("queue", "402", "--always")[1] == "the next POST requests of test-key: 402\n"
    assert extended(running) == "402"
    assert run("queue", "--clear")[1] == "nothing is queued for test-key\n"
    assert extended(running) not in ("402", "429")
    said = json.loads(run("queue", "402", "--key", "secret", "--json")[1])
    assert said == {"key": "sec…", "scenario": "402", "times": 1}


def test_a_scenario_that_does_not_exist_names_the_nearest(running: MockServer, run: Run) -> None:
    status, _, errors = run("queue", "out-off-order")
    assert status == 2
    assert errors.startswith("suno-mock: scenario 'out-off-order' is unknown. Nearest: out-of-order.")


def test_all_is_forgotten_or_one_key(running: MockServer, run: Run) -> None:
    extended(running)
    assert run("reset", "--key", "secret")[1] == "what sec… did is forgotten\n"
    assert running.tasks()
    assert json.loads(run("reset", "--json")[1]) == {"reset": "all"}
    assert running.tasks() == []


def test_the_journal_is_printed(running: MockServer, run: Run) -> None:
    task_id = extended(running)
    running.queue("429")
    extended(running)
    lines = run("tail", "--no-follow")[1].splitlines()
    assert [line.split()[3] for line in lines] == ["200", "429"]
    assert run("tail", "--no-follow", "--last", "1", "--task", task_id)[1] == f"{lines[0]}\n"
    coloured = run("tail", "--no-follow", "--color", "always")[1]
    assert [line[9:] for line in click.unstyle(coloured).splitlines()] == lines
    assert coloured.count("\x1b[") > len(lines)
    assert [json.loads(line)["code"] for line in run("tail", "--no-follow", "--json")[1].splitlines()] == [200, 429]
    assert run("tail", "--no-follow", "--last", "0")[1] == ""


def test_the_journal_is_followed_past_a_mock_that_goes_away() -> None:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    command = [*COMMAND, "tail", "--url", f"http://127.0.0.1:{port}"]
    with MockServer(port=port, pace="manual") as mock:
        extended(mock)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(f"--> POST {EXTEND}  200 task ")
        extended(mock)
        assert process.stdout.readline().startswith(f"--> POST {EXTEND}  200 task ")
    lines = iter(process.stderr.readline, "")
    assert next(lines) == f"suno-mock: the mock at http://127.0.0.1:{port} went away; waiting until it is back\n"
    with MockServer(port=port, pace="manual") as mock:
        assert next(lines) == "suno-mock: the mock is back\n"
        extended(mock)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
    assert "Traceback" not in process.communicate(timeout=20)[1]


@pytest.mark.parametrize(
    "command", [["tail"], ["tasks"], ["clock"], ["reset"], ["queue", "429"], ["extend"]], ids=" ".join
)
def test_nobody_there_is_one_line_with_the_way_out(
    command: list[str], run: Run, closed_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUNO_MOCK_URL", closed_url)
    status, output, errors = run(*command)
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert f"answers at {closed_url}: " in errors
    assert "`suno-mock serve" in errors


def test_a_narrow_terminal_has_as_much_of_each_id_as_tells_it_apart() -> None:
    task = {"status": "SUCCESS", "operation": "extend", "scenario": "200", "created": 0.0}
    tasks = [{**task, "task_id": each} for each in ("1035b520aa", "1035b520ab", "5c79")]
    ids = ["1035b520aa", "1035b520ab", "5c79"]
    assert [line.split()[0] for line in listed(tasks, 80)] == ids
    assert [line.split()[0] for line in listed(tasks[1:], 80)] == ["1035b520", "5c79"]
    assert [line.split()[0] for columns in (120, None) for line in listed(tasks[1:], columns)] == ids[1:] * 2
