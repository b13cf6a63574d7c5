"""`suno-mock extend`: at a mock, and what it does before it would reach a live server."""

import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import httpx
import pytest

from mock_server.commands import extend as command_extend
from mock_server.commands.client.api_client import Asking
from mock_server.contract.examples import documented_request
from mock_server.core.errors import BadSetting
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.mock_server.contract.test_profile_files import written
from tests.processes import Run

LIVE = "https://api.example.com/"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNO_API_KEY", raising=False)


def test_the_documented_request_is_waited_for_and_its_tracks_printed(run: Run) -> None:
    with MockServer(pace="immediate") as mock, Receiver() as receiver:
        status, output, errors = run("extend", "--url", mock.url, "--callback-url", receiver.url, "--title", "Night")
    task, finished, *tracks = output.splitlines()
    assert (status, errors, task) == (0, "", "task 1035b5204b2d407caeeace0fff7f1dcf")
    assert finished.endswith(" s  SUCCESS")
    assert [bool(re.search(r" s  Night  \S+\.mp3$", line)) for line in tracks] == [True] * 2


def test_the_record_as_json_is_all_that_is_printed(run: Run) -> None:
    with MockServer(pace="immediate") as mock, Receiver() as receiver:
        asked = ("--url", mock.url, "--callback-url", receiver.url, "--prefer", "scenario=callback-501", "--json")
        status, output, errors = run("extend", *asked)
    record = json.loads(output)
    assert (status, record["status"], record["errorCode"]) == (1, "GENERATE_AUDIO_FAILED", 501)
    assert errors.startswith("task ")


def test_a_failure_is_told(run: Run) -> None:
    with MockServer(pace="immediate") as mock, Receiver() as receiver:
        asked = ("--url", mock.url, "--callback-url", receiver.url, "--audio-id", "mock-callback-501")
        status, output, _ = run("extend", *asked)
    assert (status, output.splitlines()[2]) == (1, "501 Audio generation failed.")


def test_a_refusal_prints_code_and_msg(running: MockServer, run: Run) -> None:
    status, output, _ = run("extend", "--set", "continueAt=0", "--without", "style")
    assert (status, output.count("\n")) == (1, 1)
    assert output.startswith(
        "422 Validation Error - The request parameters failed validation checks: 2 rules are broken"
    )
    refused = json.loads(run("extend", "--key", "mock-500", "--json")[1])
    assert (refused["code"], refused["status"]) == (500, 500)
    assert run("extend", "--key", "mock-500")[1].startswith("HTTP 500, 500 Server Error")


def test_an_answer_that_is_none_is_told(running: MockServer, run: Run) -> None:
    running.fault("status")
    assert run("extend")[:2] == (
        1,
        "no answer of the API but HTTP 502 with a page of HTML: '<html><body><h1>Bad Gateway</h1></body></html>'\n",
    )


def test_a_clock_that_stands_still_is_told_and_the_wait_ends(running: MockServer, run: Run) -> None:
    status, output, errors = run("extend", "--timeout", "0")
    task_id = running.tasks()[0].task_id
    assert (status, output.splitlines()[0]) == (1, f"task {task_id}")
    assert errors.splitlines() == [
        f"suno-mock: the mock's clock stands still. Move it: suno-mock clock --url {running.url} advance 3m",
        f"suno-mock: not finished after 0s: PENDING, task {task_id}",
    ]


def test_it_need_not_wait(running: MockServer, run: Run) -> None:
    task_id = run("extend", "--no-wait")[1].strip()
    assert running.tasks()[0].task_id == task_id
    assert set(json.loads(run("extend", "--no-wait", "--json")[1])) == {"taskId"}


def test_the_control_plane_need_not_tell(run: Run) -> None:
    with MockServer(pace="immediate", admin_token="secret") as mock, Receiver() as receiver:
        assert run("extend", "--url", mock.url, "--callback-url", receiver.url)[::2] == (0, "")


def test_the_curl_is_printed_and_nothing_sent(running: MockServer, run: Run) -> None:
    words = shlex.split(run("extend", "--curl", "--continue-at", "42.5", "--prefer", "code=402")[1])
    body = json.loads(words[words.index("--data-raw") + 1])
    assert body["callBackUrl"] == "http://127.0.0.1:3000/callback"
    assert body == documented_request("apikley") | {"callBackUrl": body["callBackUrl"], "continueAt": 42.5}
    assert {"Authorization: Bearer test-key", "Prefer: code=402", f"{running.url}/api/v1/generate/extend"} <= set(words)
    assert running.requests == []


def test_a_profile_of_ones_own_has_its_own_paths(tmp_path: Path, run: Run) -> None:
    paths = "operations: {extend: {path: /v2/extend}, record-info: {path: /v2/record}}"
    mine = written(tmp_path, f"format: 1\nextends: apikley\nbase_path: /suno\n{paths}")
    assert "/suno/v2/extend" in run("extend", "--curl", "--profile", mine)[1]
    with MockServer(pace="immediate", profile=mine) as mock, Receiver() as receiver:
        asked = ("--url", mock.url, "--callback-url", receiver.url, "--profile", mine)
        assert run("extend", *asked)[0] == 0
        assert {each.call.path for each in mock.requests} == {"/suno/v2/extend", "/suno/v2/record"}


@pytest.mark.parametrize("key", [(), ("--key", "sk-secret-key")])
def test_the_curl_of_a_live_server_shows_no_key(key: tuple[str, ...], run: Run) -> None:
    shown = run("extend", "--curl", "--url", LIVE, *key)[1]
    assert "https://api.example.com/api/v1/generate/extend" in shown
    assert '"Authorization: Bearer $SUNO_API_KEY"' in shown
    assert "secret" not in shown


def test_a_live_server_asks_for_a_key(run: Run) -> None:
    status, _, errors = run("extend", "--url", LIVE)
    assert (status, errors) == (
        2,
        f"suno-mock: {LIVE} asks for a key of yours: set SUNO_API_KEY, or give --key.\n",
    )


def test_nothing_is_sent_to_a_live_server_without_a_yes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNO_API_KEY", "sk-secret-key")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    status, _, errors = run("extend", "--url", LIVE)
    assert status == 2
    assert f"A task at {LIVE} costs credits of the key sk-…. Start one?" in errors
    assert errors.endswith("suno-mock: nothing was sent. --yes agrees beforehand.\n")


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 130), (EOFError, 2)])
def test_who_interrupts_the_question_leaves(
    error: type[BaseException], status: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(prompt: str) -> str:
        raise error

    monkeypatch.setattr(click.termui, "visible_prompt_func", interrupt)
    assert run("extend", "--url", LIVE, "--key", "sk-secret-key")[0] == status


STARTED = {"code": 200, "msg": "success", "data": {"taskId": "5c79"}}


def live(polled: Any, started: Any = STARTED, *, as_json: bool = False) -> tuple[int, list[str]]:
    """What a live server is asked, and the exit status."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=started if request.method == "POST" else polled)

    options = {"as_json": as_json, "no_wait": False, "timeout": 600.0, "admin_token": "", "profile": "apikley"}
    with Asking(LIVE, "sk-secret-key", httpx.MockTransport(answer)) as asking:
        return command_extend.extended(asking, b"{}", {}, options), asked


def test_a_live_server_is_asked_for_nothing_of_the_mock(capsys: pytest.CaptureFixture[str]) -> None:
    record = {"status": "SUCCESS", "response": {"sunoData": [{"id": "e231"}]}}
    status, asked = live({"code": 200, "msg": "success", "data": record})
    assert (status, asked) == (0, ["/api/v1/generate/extend", "/api/v1/generate/record-info"])
    assert capsys.readouterr().out.endswith("\ne231  unfinished  None  None\n")


def test_a_poll_that_is_refused_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert live({"code": 401, "msg": "expired", "data": None})[0] == 1
    assert capsys.readouterr().err == "suno-mock: task 5c79: polling is refused: 401 expired.\n"


ODD = {
    '{"errorMessage": "no", "errorCode": 501}': "status is null; allowed: a string",
    '{"status": "SUCCESS", "response": []}': "response is []; allowed: a JSON object",
    '{"status": "SUCCESS", "response": {"sunoData": {}}}': "response.sunoData is {}; allowed: a list",
    '{"status": "SUCCESS", "response": {"sunoData": [null]}}': "a track is null; allowed: a JSON object",
    '{"status": "SUCCESS", "response": {"sunoData": [{"id": "e2", "duration": "3"}]}}': (
        'duration is "3"; allowed: seconds'
    ),
    '{"status": "SUCCESS", "response": {"sunoData": [{"id": "e2", "duration": 1e308}]}}': (
        "duration is 1e+308; allowed: seconds"
    ),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_can_be_told_of_an_odd_record_is_told(odd: str, as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert live({"code": 200, "msg": "success", "data": json.loads(odd)}, as_json=as_json)[0] == 1
    output, errors = capsys.readouterr()
    assert errors.splitlines()[-1] == f"suno-mock: the record of task 5c79 is not as documented: {ODD[odd]}."
    assert not as_json or json.loads(output) == json.loads(odd)
    assert as_json or ('"id": "e2"' in odd) is ("\ne2  " in output)


@pytest.mark.parametrize("data", [None, [], {}, {"taskId": None}, {"taskId": ""}], ids=repr)
def test_an_answer_without_a_task_is_told(data: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert live({}, {"code": 200, "msg": "ok", "data": data}) == (1, ["/api/v1/generate/extend"])
    output, errors = capsys.readouterr()
    assert output == "200 ok\n"
    assert errors == (
        "suno-mock: the answer has no taskId, so nobody can ask what becomes of the request; "
        "a task may have been started.\n"
    )


def test_an_option_that_cannot_be_sent_is_one_line(run: Run) -> None:
    assert run("extend", "--prefer", "\xe4")[2] == (
        "suno-mock: --prefer cannot be sent. "
        "Allowed: letters, digits and signs of ASCII, at most 1000, and no blank at its ends.\n"
    )
    assert run("extend", "--continue-at", "soon")[2].startswith("suno-mock: --continue-at 'soon' is not a number. ")


def test_a_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    command_extend.agree(LIVE, "sk-secret-key", yes=False)
    command_extend.agree(LIVE, "sk-secret-key", yes=True)


def test_a_lost_standard_input_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(BadSetting, match=r"^nothing was sent\."):
        command_extend.agree(LIVE, "sk-secret-key", yes=False)


@pytest.mark.parametrize("more", [(), ("--curl",), ("--key", "sk-secret-key")], ids=" ".join)
def test_a_password_in_the_url_is_not_shown(more: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    _, output, errors = run("extend", "--url", "https://me:hush@api.example.com", *more)
    assert "hush" not in output + errors
    assert "https://...@api.example.com" in output + errors


@pytest.mark.parametrize("more", [(), ("--curl",)], ids=" ".join)
def test_a_key_that_cannot_be_sent_is_not_shown(more: tuple[str, ...], run: Run) -> None:
    status, output, errors = run("extend", "--key", "hush ", *more)
    assert (status, output) == (2, "")
    assert errors.startswith("suno-mock: the key cannot be sent. Allowed: ")
    assert "hush" not in errors


def test_a_field_can_be_left_out_though_it_is_null(run: Run) -> None:
    words = shlex.split(run("extend", "--curl", "--set", "title:=null", "--without", "title")[1])
    assert "title" not in json.loads(words[words.index("--data-raw") + 1])
    assert "'tittle' is unknown. Nearest: title." in run("extend", "--curl", "--without", "tittle")[2]


def test_an_admin_token_that_cannot_be_sent_is_refused_before_anything_is_sent(running: MockServer, run: Run) -> None:
    status, output, errors = run("extend", "--admin-token", "hush ")
    assert (status, output, running.requests) == (2, "", [])
    assert errors.startswith("suno-mock: the admin token cannot be sent. Allowed: ")
    assert "hush" not in errors
