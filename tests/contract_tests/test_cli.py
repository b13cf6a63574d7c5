"""The command `suno-contract`, run to its end."""

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from contract_tests.receiver.http_server import Message, ThreadedServer
from contract_tests.run.folder import alone_in
from contract_tests.target.journal import read
from contract_tests.target.target import DENIALS, RETRIES
from contract_tests.targets import plain_server
from contract_tests.verdicts.results import Result
from tests.courses import SOURCES
from tests.scripted import ACCEPTED, REFUSED, Scripted, http, scripted
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

TRACK = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "198.44")
PAID = (*TRACK, "--budget", "99")
KEY = "sk-very-secret"
Output = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def key(monkeypatch: Patch) -> None:
    monkeypatch.setenv("SUNO_API_KEY", KEY)
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)


@pytest.fixture
def plain() -> Iterator[str]:
    with plain_server.Plain({**SOURCES, "e231": ("V4", 198.44)}, pause=0.01) as server:
        yield server.url


def test_the_mock_conforms(capsys: Output) -> None:
    assert status("run", "--only", "extend.title.*") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(" against apikley.openapi.yaml, profile apikley, seed 0")
    assert lines[-1].startswith("0 rules violated, ")
    assert {line.split()[1] for line in lines[1:-1]} >= {"extend.title.type", "extend.title.length"}


OWN = """
format: 1
extends: apikley
base_path: /suno
refusals: {invalid: 400}
codes: {400: Wrong.}
unknown_model: V5
"""


@pytest.mark.parametrize("profile", ["kie", "sunoapi", "own"])
def test_the_mock_conforms_to_each_provider_that_it_plays(profile: str, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "own.yaml").write_text(OWN, "utf-8")
    known = str(tmp_path / "own.yaml") if profile == "own" else profile
    assert status("run", "--profile", known, "--only", "extend.[at][ui]*") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("0 rules violated, 0 deviated from, ")
    tried = {line.split()[1] for line in lines[1:-1]}
    assert tried >= {"extend.title.type", "extend.audioId.known", "extend.auth.key", "refusal_status"}


def test_a_target_that_conforms_ends_with_0(plain: str, monkeypatch: Patch) -> None:
    monkeypatch.setenv("PLAIN_KEY", plain_server.KEY)
    assert status("run", "--base-url", plain, "--api-key-env", "PLAIN_KEY", "--only", "extend.example", *PAID) == 0


def test_a_violation_ends_with_1_and_its_line(capsys: Output) -> None:
    with scripted(http({"code": 418, "msg": "teapot"})) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.custom", *TRACK) == 1
    out, error = capsys.readouterr()
    assert "NO  answer.code.listed                 title is missing with defaultParamFlag true: expected one of " in out
    *_, summary = lines = out.splitlines()
    assert "rules violated" in summary
    violations = lines[lines.index("Violations:") + 1 : -2]
    assert violations == [line for line in lines if line.startswith("NO  ")]
    assert "next: add --only extend.title.custom to send the requests of the first violation alone" in error
    assert "next: add --report-dir report" in error


@pytest.mark.parametrize(("strict", "ended"), [((), 0), (("--strict",), 1)])
def test_a_deviation_stands_apart_and_counts_where_it_is_asked_to(
    strict: tuple[str, ...], ended: int, tmp_path: Path, capsys: Output
) -> None:
    with scripted(http({"code": 422, "msg": "wrong", "data": {}})) as server:
        arguments = ("--only", "extend.title.custom", "--report-dir", str(tmp_path), *strict, *TRACK)
        assert status("run", "--base-url", server.url, *arguments) == ended
    lines = capsys.readouterr().out.splitlines()
    apart = lines.index("Deviations, which the document does not forbid; with --strict they count:")
    assert lines[apart + 1].startswith(
        "~   refusal.data                       family: title is missing with defaultParam"
    )
    assert lines[-1].startswith("0 rules violated, 1 deviated from, ")
    suite = ElementTree.fromstring((tmp_path / "junit.xml").read_text("utf-8"))
    assert suite.get("failures") == f"{ended}"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--profile", "acme"], "profile 'acme' is unknown. Known: apikley, classic, kie, observed, sunoapi."),
        (
            ["--base-url", "localhost:80", *TRACK],
            "--base-url 'localhost:80' is no http:// or https:// URL with a host, such as http://127.0.0.1:3000.",
        ),
        (["--base-url", "http://[", *TRACK], "--base-url 'http://[' is no http:// or https:// URL with a host, "),
        (
            ["--base-url", "http://x/?a=1", *TRACK],
            "--base-url 'http://x/?a=1' has a query or a fragment, and paths are ",
        ),
        (
            ["--base-url", "http://me:secret@x", *TRACK],
            "--base-url holds a user name or a password, which every report ",
        ),
        (["--base-url", ""], "--base-url '' is no http:// or https:// URL with a host"),
        (["--callback-url", ""], "--callback-url '' is no http:// or https:// URL with a host"),
        (["--receiver-host", "0.0.0.0"], "--receiver-host '0.0.0.0' is no address that a target can call. Say by "),
        (["--base-url", "http://127.0.0.1:1", *TRACK, "--bad-key", KEY], "--bad-key is the key in SUNO_API_KEY: give "),
        (
            ["--audio-id", "\udcff", *TRACK[2:]],
            "--audio-id '\\udcff' holds what is no text: no request could carry it, ",
        ),
        (["--trigger", "404=audio:\udcff"], "--trigger '404=audio:\\udcff' holds what is no text"),
        (["--trigger", "401=header:Authorization=x"], "--trigger 401=header:Authorization=… sets a header that the "),
        (["--trigger", "422=header:Content-Length=3"], "--trigger 422=header:Content-Length=… sets a header that the "),
        (["--trigger", "402=key-env:own"], "--trigger 402=key-env:own: the variable needs another name."),
        (["--callback-url", "foo"], "--callback-url 'foo' is no http:// or https:// URL with a host"),
        (["--callback-url", "http://x/#here"], "--callback-url 'http://x/#here' has a query or a fragment"),
        (
            ["--base-url", "http://127.0.0.1:1", *TRACK, "--bad-key", "bad"],
            "--bad-key has fewer than 8 characters: no ",
        ),
        (
            ["--base-url", "http://127.0.0.1:1", *TRACK, "--bad-key", "не тот ключ"],
            "--bad-key holds a character that no header",
        ),
        (["--trigger", "999=audio:x"], "--trigger 999: apikley.openapi.yaml has no such failure. Known: 401, 402, "),
        (["--trigger", "200=audio:x"], "--trigger 200: apikley.openapi.yaml has no such failure."),
        (["--trigger", "callback-999=audio:x"], "has no such failure. Known: 401, 402, 404, 409, 422, 429, 451, 455, "),
        (["--trigger", "429=header:a b=c"], "--trigger 429=header:'a b=c' is no header that can be sent: a name of "),
        (["--trigger", "429=header:a=ü"], "--trigger 429=header:'a=ü' is no header that can be sent"),
        (["--report-dir", __file__], f"--report-dir {__file__}: File exists. Give a folder that can be made, or one "),
        (
            ["--receiver-host", "no-such-host.invalid"],
            "cannot listen on --receiver-host no-such-host.invalid --receiver-",
        ),
        (["--base-url", "http://127.0.0.1:1", *TRACK], "nothing answers at http://127.0.0.1:1: ConnectError: "),
        (["--base-url", "http://x", *TRACK, "--api-key-env", "NO_SUCH_KEY"], "no key: set the environment variable "),
        (["--base-url", "http://127.0.0.1:1"], "no source track: give --audio-id, --audio-model and "),
        (["--base-url", "http://127.0.0.1:1", *TRACK, "--trigger", "x"], "--trigger 'x' is not CODE=KIND:VALUE."),
        (["--audio-id", "x"], "--audio-id, --audio-model and --audio-duration belong together"),
        ([*TRACK[:3], "V9", *TRACK[4:]], "--audio-model 'V9' is unknown. Known: V4, "),
        (["--budget", "-1"], "Invalid value for '--budget': -1 is not in the range x>=0."),
        (["--colour"], "No such option"),
        (
            ["--base-url", "http://127.0.0.1:1", *TRACK, "--trigger", "402=key-env:NO_SUCH_KEY"],
            "--trigger 402=key-env:NO_SUCH_KEY: the environment variable NO_SUCH_KEY is not set. Set it to a key that ",
        ),
        (["--trigger", "402=key-env:NO_SUCH_KEY"], "the environment variable NO_SUCH_KEY is not set."),
        (["--resume"], "--resume needs --report-dir: the journal of the run that was interrupted is there."),
        (["--resume", "--report-dir", "nowhere"], "--resume needs --base-url: the mock of a run that was "),
        (["--resume", "--report-dir", "nowhere", "--base-url", "http://127.0.0.1:1"], "nothing to resume: nowhere"),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_what_to_give(arguments: list[str], text: str, capsys: Output) -> None:
    assert status("run", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("suno-contract: ")
    assert text in error


def test_a_receiver_port_that_is_taken_ends_with_2(capsys: Output) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert status("run", "--receiver-port", str(taken.getsockname()[1])) == 2
    error = capsys.readouterr().err
    assert "cannot listen on --receiver-host 127.0.0.1 --receiver-port " in error
    assert "Address already in use. Give an address of this machine, and a port that is free, or 0 for any." in error


def test_a_key_that_the_target_refuses_is_named_by_its_variable(capsys: Output) -> None:
    with scripted(http({"code": 401, "msg": f"{KEY} is unknown"})) as server:
        assert status("run", "--base-url", server.url, *TRACK) == 2
    assert len(server.heard) == 1
    error = capsys.readouterr().err
    assert f"{server.url} refuses the key in SUNO_API_KEY with 401. Set SUNO_API_KEY to a key of this server, " in error
    assert KEY not in error


def test_a_track_that_the_target_does_not_know_is_no_violation(tmp_path: Path, capsys: Output) -> None:
    with scripted(http({"code": 404, "msg": "no such track"})) as server:
        arguments = ("--base-url", server.url, "--only", "extend.[ew]*", "--report-dir", str(tmp_path), *TRACK)
        assert status("run", *arguments) == 2
    error = capsys.readouterr().err
    assert "the target accepted nothing, and answered 404 where only its track can be unknown, " in error
    assert (
        "times: give the --audio-id of a track that this key has, and give as --base-url what stands before /" in error
    )
    assert '<h1 class="none">Nothing was found out</h1>' in (tmp_path / "report.html").read_text("utf-8")
    assert "the target accepted nothing" in json.loads((tmp_path / "report.json").read_bytes())["about"]["nothing"]


def test_answers_that_take_too_long_are_not_taken_for_another_server(capsys: Output) -> None:
    with scripted(REFUSED, hangs) as server:
        arguments = ("--base-url", server.url, "--only", "extend.title.type", "--timeout", "0.1", *TRACK)
        assert status("run", *arguments) == 2
    error = capsys.readouterr().err
    assert "none of 1 request was answered in time. The first: ReadTimeout: " in error
    assert "base-url" not in error


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (402, "the key has no credits left: code 402"),
        (455, "the target is in maintenance: code 455"),
        (401, "the target refuses the key: code 401"),
    ],
)
def test_the_state_of_a_target_is_no_violation(code: int, why: str, capsys: Output) -> None:
    with scripted(REFUSED, http({"code": code, "msg": "x"})) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.example", *PAID) == 2
    assert f"no rule was tried: {why}." in capsys.readouterr().err


def test_a_redirect_is_told_of_before_anything_is_sent(capsys: Output) -> None:
    with scripted(http(b"", 301, "Location: https://elsewhere.example.com/")) as server:
        assert status("run", "--base-url", server.url, *TRACK) == 2
    assert len(server.heard) == 1
    assert "redirects with HTTP 301, which is not followed. Give as --base-url where it leads to." in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("strange", [http(b"<html>", kind="text/html"), http(b"", 307, "Location: https://x/"), b""])
def test_what_never_looks_like_the_api_is_no_violation(strange: bytes, capsys: Output) -> None:
    """It polls as no redirect does, so that the run begins."""
    with scripted(http({"msg": "who?"}, 404), strange) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.*", *TRACK) == 2
    assert "this is not the API: " in (error := capsys.readouterr().err)
    assert "and no answer was JSON with a code. The first was " in error
    assert error.endswith("Give as --base-url what stands before /api/v1/generate/extend.\n")


def test_what_looked_like_the_api_once_is_held_to_it(capsys: Output) -> None:
    with scripted(REFUSED, REFUSED, http(b"<html>", kind="text/html")) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.type", *TRACK) == 1
    assert "NO  answer.json" in capsys.readouterr().out


def test_a_callback_url_that_leads_elsewhere_is_told_before_anything_is_spent(capsys: Output) -> None:
    with scripted(REFUSED) as server, ThreadedServer(lambda message: Message(status=404)) as elsewhere:
        tunnel = ("--callback-url", f"http://127.0.0.1:{elsewhere.port}/hook")
        assert status("run", "--base-url", server.url, *tunnel, *TRACK) == 2
        assert posted(server) == []
        assert "does not lead to the receiver: HTTP 404 came from there. Start the tunnel, " in capsys.readouterr().err
    with scripted(REFUSED) as server:
        assert status("run", "--base-url", server.url, "--callback-url", "http://127.0.0.1:9", *TRACK) == 2
        assert "does not lead to the receiver: ConnectError: " in capsys.readouterr().err


def test_a_callback_url_that_leads_to_the_receiver_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with scripted(REFUSED) as server:
        tunnel = ("--callback-url", f"http://127.0.0.1:{port}", "--receiver-port", port)
        assert status("run", "--base-url", server.url, *tunnel, "--only", "extend.title.type", *TRACK) == 0


def test_tls_that_fails_has_its_own_way_out(capsys: Output) -> None:
    with ThreadedServer(lambda message: Message()) as server:
        url = f"https://127.0.0.1:{server.port}"
        assert status("run", "--base-url", url, *TRACK) == 2
    assert capsys.readouterr().err == (
        f"suno-contract: {url}: ConnectError: TLS fails: it speaks http, without TLS; write http://.\n"
    )


def test_no_proxy_stands_before_this_machine(plain: str, monkeypatch: Patch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("PLAIN_KEY", plain_server.KEY)
    assert status("run", "--base-url", plain, "--api-key-env", "PLAIN_KEY", "--only", "extend.title.*", *TRACK) == 0


def test_reports_that_cannot_be_written_lose_no_verdict(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "report.json").mkdir()
    with scripted(REFUSED) as server:
        arguments = ("--only", "extend.title.*", "--report-dir", str(tmp_path), *TRACK)
        assert status("run", "--base-url", server.url, *arguments) == 2
    out, error = capsys.readouterr()
    assert "0 rules violated, " in out
    assert "the reports could not be written: " in error
    assert "The run is in the lines above, and in the journal." in error


def test_a_byte_order_mark_is_a_deviation_and_the_answer_is_read(capsys: Output) -> None:
    with scripted(http(b'\xef\xbb\xbf{"code": 422, "msg": "wrong"}')) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.custom", *TRACK) == 0
    assert "~   answer.bom                         inferred: title is missing" in capsys.readouterr().out


def hangs(connection: socket.socket) -> None:
    """Reads until the client gives up."""
    while connection.recv(4096):
        pass


def test_a_slow_target_is_given_the_time_that_the_user_says(capsys: Output) -> None:
    with scripted(hangs) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.custom", "--timeout", "0.3", *TRACK) == 2
    assert "ReadTimeout: the answer did not end within 0.3 s; --timeout waits longer." in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "calibrate", "drift", "judge", "proxy", "receiver"])
def test_two_commands_do_not_share_a_folder(command: str, tmp_path: Path, capsys: Output) -> None:
    """Whatever the first has written there by then, such as of a run that spends."""
    (tmp_path / "journal.jsonl").write_text('{"run": {}}\n{"sending": "extend.example"}\n', "utf-8")
    profile = tmp_path / "live.yaml"
    profile.write_text("format: 1\nextends: apikley\n", "utf-8")
    url = "http://127.0.0.1:1"
    more = {
        "calibrate": ["--output", str(tmp_path / "new.yaml"), "--base-url", url, *TRACK],
        "drift": ["--profile", str(profile), "--base-url", url, *TRACK],
        "judge": [str(tmp_path / "live.jsonl")],
        "proxy": ["--to", url, "--record", str(tmp_path / "live.jsonl")],
        "receiver": [url],
        "run": ["--base-url", url, *TRACK],
    }[command]
    with alone_in(tmp_path):
        assert status(command, *more, "--report-dir", str(tmp_path)) == 2
    assert capsys.readouterr().err == (
        f"suno-contract: --report-dir {tmp_path} is in use by another command. Wait for its end, or give another "
        "folder.\n"
    )


def test_a_run_keeps_that_in_its_folder(tmp_path: Path, capsys: Output) -> None:
    run = ("run", "--only", "extend.title.length", "--report-dir", str(tmp_path))
    assert status(*run) == 0
    first = (tmp_path / "report.json").read_text("utf-8")
    assert status(*run) == 2
    assert "would replace. Give another folder, or --force." in capsys.readouterr().err
    assert (tmp_path / "report.json").read_text("utf-8") == first
    assert status(*run, "--force") == 0
    assert (tmp_path / "report.json").read_text("utf-8") != first


def test_a_journal_that_is_no_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    assert status("run", "--only", "extend.title.*", "--report-dir", str(tmp_path)) == 2
    assert "journal.jsonl is no file: remove it, or give another folder" in capsys.readouterr().err
    resumed = ("--resume", "--base-url", "http://127.0.0.1:1", *TRACK)
    assert status("run", *resumed, "--report-dir", str(tmp_path)) == 2
    assert "journal.jsonl is no file: remove it, or give another folder" in capsys.readouterr().err


def test_what_of_a_run_cannot_be_read_is_told_where_it_is_resumed(tmp_path: Path, capsys: Output) -> None:
    with scripted(REFUSED) as server:
        arguments = ("--base-url", server.url, "--only", "extend.title.*", "--report-dir", str(tmp_path), *TRACK)
        assert status("run", *arguments) == 0
        file = tmp_path / "journal.jsonl"
        noted = [each for each in file.read_text("utf-8").splitlines(keepends=True) if '"ended"' not in each]
        file.write_text("".join((*noted[:3], "dam{aged\n", *noted[3:])), "utf-8")
        status("run", "--resume", *arguments)
    assert "missing is line 4 of the journal, which cannot be read: it counts as a task" in capsys.readouterr().err


def test_a_run_that_came_to_its_end_is_not_resumed(tmp_path: Path, capsys: Output) -> None:
    with scripted(REFUSED) as server:
        arguments = ("--base-url", server.url, "--only", "extend.title.*", "--report-dir", str(tmp_path), *TRACK)
        assert status("run", *arguments) == 0
        assert status("run", "--resume", *arguments) == 2
    assert "journal.jsonl came to its end. Start another without --resume." in capsys.readouterr().err


def test_without_a_receiver_in_reach_no_delivery_is_tried(capsys: Output) -> None:
    with scripted(REFUSED) as server:
        url = server.url.replace("127.0.0.1", "127.1")
        arguments = ("--budget", "20", "--callback-timeout", "1600", "--only", "[de]*.[rm]et[rh]*", *TRACK)
        status("run", "--base-url", url, *arguments)
    assert "-   delivery.retry                     no --callback-url: the target cannot reach the receiver" in (
        capsys.readouterr().out
    )


def test_a_run_that_tries_nothing_ends_with_2(capsys: Output) -> None:
    with scripted(http({"code": 429, "msg": "slow down"}, 200, "Retry-After: 0")) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.*", *TRACK) == 2
    error = capsys.readouterr().err
    assert "no rule was tried: the target answered 2 requests in a row with 429, however long they waited." in error
    assert len(server.heard) == DENIALS * (RETRIES + 1)


def test_without_a_command_the_help_is_shown(capsys: Output) -> None:
    assert status() == 2
    assert "Commands:" in capsys.readouterr().err


def test_a_plan_is_listed_and_nothing_is_sent(capsys: Output) -> None:
    with scripted(REFUSED) as server:
        assert status("plan", "--base-url", server.url, "--only", "extend.weights", *TRACK) == 0
    lines = capsys.readouterr().out.splitlines()
    assert server.heard == []
    assert lines[0].startswith("1 extend.weights                     weights 0, 0, 0 ")
    assert lines[-1] == "15 tasks at most"


def test_every_rule_is_listed_with_where_it_stands(capsys: Output) -> None:
    assert status("rules", "--only", "callback.track.[im]*") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "document callback.track.id                  a finished track has an id  apikley.openapi."
    )
    assert lines[0].endswith(": description: Audio unique identifier (audioId)")
    assert lines[-1] == "3 document, 0 sense, 1 family, 0 inferred, 0 open; 4 rules"


def test_a_rule_of_which_no_document_says_anything_has_no_line(capsys: Output) -> None:
    assert status("rules", "--only", "answer.given") == 0
    line, _ = capsys.readouterr().out.splitlines()
    assert line == "sense    answer.given                       an answer comes, and can be read to its end"


def test_rules_that_there_are_not_are_told(capsys: Output) -> None:
    assert status("rules", "--only", "nothing.*") == 2
    assert "--only 'nothing.*' matches no rule. `suno-contract rules` lists all." in capsys.readouterr().err


def test_a_plan_of_refusals_costs_nothing(capsys: Output) -> None:
    assert status("plan", "--only", "extend.title.*") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 tasks at most"


@pytest.mark.parametrize("budget", [(), ("--budget", "0")])
def test_without_a_budget_no_task_is_started_also_on_this_machine(budget: tuple[str, ...], capsys: Output) -> None:
    with scripted(REFUSED) as server:
        assert status("run", "--base-url", server.url, *budget, "--only", "extend.example", *TRACK) == 2
    assert posted(server) == []
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "no task is started: only what must be refused is sent; --budget N lets the run start N tasks"
    assert lines[2].startswith(
        "-   extend.example                     no task is started without --budget N, the number"
    )


def test_what_a_lenient_server_cost_is_told(capsys: Output) -> None:
    with scripted(REFUSED, REFUSED, ACCEPTED) as server:
        assert status("run", "--base-url", server.url, "--only", "extend.title.type", *TRACK) == 1
    assert len(posted(server)) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3] == "may have started a task each, although they had to be refused: extend.title.type"
    assert lines[-1].endswith("; 1 task started at most")


def test_the_help_names_the_exception(capsys: Output) -> None:
    assert status("run", "--help") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "one request at a time; the first that the server accepts starts one task, the only exception, and " in told


def test_the_reports_are_written_and_hold_no_key(tmp_path: Path, capfd: Output) -> None:
    folder = tmp_path / "new" / "report"
    echoing = http({"code": 401, "msg": f"{KEY} is unknown", "data": KEY})
    with scripted(ACCEPTED, echoing, b"", ACCEPTED) as server:
        arguments = ("--only", "extend.[ts]*", "--callback-timeout", "0.1", "--report-dir", str(folder), *TRACK)
        assert status("run", "--base-url", server.url, *arguments) == 1
    assert KEY.encode() in server.heard[0]
    written = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    assert {"report.json", "junit.xml", "journal.jsonl", "report.html"} <= set(written)
    assert KEY not in "".join([*written.values(), *capfd.readouterr()])
    assert {row["verdict"] for row in json.loads(written["report.json"])["rules"]} >= {"violated"}
    assert ElementTree.fromstring(written["junit.xml"]).tag == "testsuite"
    lines = filter(None, written["journal.jsonl"].splitlines())
    exchanges = [line for line in map(json.loads, lines) if "headers" in line]
    assert exchanges[0]["headers"]["Authorization"] == "Bearer ***"


def test_the_reports_are_written_anew_from_the_journal_alone(plain: str, monkeypatch: Patch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUNO_API_KEY", plain_server.KEY)
    arguments = ("--base-url", plain, "--only", "extend.example", "--report-dir", str(tmp_path), *PAID)
    assert status("run", *arguments) == 0
    written = {name: (tmp_path / name).read_text("utf-8") for name in ("report.json", "report.html", "junit.xml")}
    whole = json.loads(written["report.json"])
    (task,) = [each for each in whole["requests"] if each["probe"].startswith("extend.example")]
    assert [json.loads(came["body"])["data"]["callbackType"] for came in task["callbacks"]] == [
        "text",
        "first",
        "complete",
    ]
    assert {came["headers"]["Content-Type"] for came in task["callbacks"]} == {"application/json"}
    assert json.loads(task["polls"][-1]["body"])["data"]["status"] == "SUCCESS"
    command, *words = shlex.split(whole["about"]["command"])
    assert (command, sorted(words)) == ("suno-contract", sorted(["run", *arguments]))
    for name in written:
        (tmp_path / name).unlink()
    assert status("report", str(tmp_path)) == 0
    assert {name: (tmp_path / name).read_text("utf-8") for name in written} == written


def test_what_an_older_journal_does_not_hold_is_told(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "journal.jsonl").write_text('{"run": {"base_url": "http://x", "profile": "apikley"}}\n')
    assert status("report", str(tmp_path)) == 2
    out, error = capsys.readouterr()
    missing = "callbacks, headers of answers and verdicts: the journal was written by an older version"
    assert out.splitlines()[-1] == f"missing: {missing}"
    assert f"no verdict in the journal, which is missing {missing}." in error
    assert (tmp_path / "report.html").is_file()


def test_a_trigger_takes_its_key_from_the_environment(monkeypatch: Patch, capsys: Output) -> None:
    monkeypatch.setenv("EMPTY_KEY", "sk-empty-key")
    with scripted(http({"code": 402, "msg": "no credits"})) as server:
        arguments = ("--trigger", "402=key-env:EMPTY_KEY", "--only", "code.402", *TRACK)
        assert status("run", "--base-url", server.url, *arguments) == 0
    (sent,) = (heard for heard in server.heard if heard.startswith(b"POST"))
    assert b"Bearer sk-empty-key" in sent
    assert "sk-empty" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rule", "shown"),
    [("extend.title.custom", "$MY_KEY"), ("extend.auth.key", "$BAD_KEY"), ("code.402", "$EMPTY_KEY")],
)
def test_the_curl_names_the_variable_that_held_the_key(
    rule: str, shown: str, monkeypatch: Patch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-my-own-key")
    monkeypatch.setenv("EMPTY_KEY", "sk-empty-key")
    keys = ("--api-key-env", "MY_KEY", "--bad-key", "sk-bad-key", "--trigger", "402=key-env:EMPTY_KEY")
    with scripted(http({"code": 418, "msg": "teapot"})) as server:
        status("run", "--base-url", server.url, *keys, "--only", rule, "--report-dir", str(tmp_path), *TRACK)
    assert f"Bearer {shown}" in (tmp_path / "report.json").read_text("utf-8")


# What is drawn.


def planned(capsys: Output, *options: str) -> str:
    assert status("plan", "--only", "extend.weights", *options) == 0
    return capsys.readouterr().out


def test_the_seed_decides_what_is_drawn_and_is_printed(capsys: Output) -> None:
    assert planned(capsys, "--seed", "7") == planned(capsys, "--seed", "7") != planned(capsys)
    assert status("run", "--seed", "7", "--only", "extend.title.custom") == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(", profile apikley, seed 7")


# A run that was interrupted.

SOME = ("--only", "extend.[mt]*", "--callback-timeout", "0.1", *PAID)


class Interrupted:
    """Ends a run after so many results."""

    def __init__(self, after: int) -> None:
        self.left = after

    def hear(self, result: Result) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def interrupted(monkeypatch: Patch, after: int, *arguments: str) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("contract_tests.run.command.progress", lambda *_, **__: nullcontext(Interrupted(after)))
        assert status("run", *arguments) == 130


def posted(server: Scripted) -> list[bytes]:
    """The bodies of what was sent, without what is of one receiver alone."""
    bodies = [heard.partition(b"\r\n\r\n")[2] for heard in server.heard if heard.startswith(b"POST")]
    return [re.sub(rb"127\.0\.0\.1:\d+/cb/\w+", b"", body) for body in bodies]


def verdicts(capsys: Output) -> list[str]:
    """What was printed, without the lines that name the target."""
    return [line for line in capsys.readouterr().out.splitlines() if not line.startswith("http://")]


@pytest.mark.parametrize("after", [1, 10, 15])
def test_a_resumed_run_sends_what_was_not_answered_and_counts_what_was_spent(
    after: int, monkeypatch: Patch, tmp_path: Path, capsys: Output
) -> None:
    folder = ("--report-dir", str(tmp_path), "--seed", "7")
    with scripted(REFUSED) as server:
        status("run", "--base-url", server.url, *SOME, "--seed", "7")
        whole, shown = posted(server), verdicts(capsys)
    with scripted(REFUSED) as server:
        interrupted(monkeypatch, after, "--base-url", server.url, *SOME, *folder)
        assert "interrupted; the same command with --resume goes on where this one ended" in capsys.readouterr().err
        begun = len(posted(server))
        assert 0 < begun < len(whole)
        assert status("run", "--base-url", server.url, "--resume", *SOME, *folder[:2]) == 1
    assert posted(server) == whole
    assert verdicts(capsys) == shown


def test_a_run_that_spent_and_was_interrupted_is_not_begun_anew_in_its_folder(tmp_path: Path, capsys: Output) -> None:
    journal = '{"run": {}}\n{"sending": "extend.example"}\n'
    (tmp_path / "journal.jsonl").write_text(journal, "utf-8")
    with scripted(REFUSED) as server:
        assert status("run", "--base-url", server.url, "--budget", "9", "--report-dir", str(tmp_path), *TRACK) == 2
    assert posted(server) == []
    assert capsys.readouterr().err == (
        f"suno-contract: --report-dir {tmp_path} holds a run that was interrupted, and that may have started 1 task. "
        "Way out: --resume goes on with it, and another folder begins anew.\n"
    )
    assert (tmp_path / "journal.jsonl").read_text("utf-8") == journal


def test_a_run_that_is_killed_is_resumed_at_its_own_server(tmp_path: Path, capsys: Output) -> None:
    journal = '{"run": {"base_url": "http://127.0.0.1:9", "profile": "apikley"}}\n{"sending": "extend.example"}\n'
    (tmp_path / "journal.jsonl").write_text(journal, "utf-8")
    assert status("run", "--report-dir", str(tmp_path)) == 2
    assert "Way out: --resume with --base-url http://127.0.0.1:9 goes on with it, and" in capsys.readouterr().err


def test_a_run_against_the_mock_that_was_killed_begins_anew_and_is_not_resumed(tmp_path: Path, capsys: Output) -> None:
    journal = '{"run": {"profile": "apikley", "mock": true}}\n{"sending": "extend.example"}\n'
    (tmp_path / "journal.jsonl").write_text(journal, "utf-8")
    folder = ("--report-dir", str(tmp_path))
    assert status("run", "--resume", *folder) == 2
    assert "ended with it. Without --resume such a run begins anew." in capsys.readouterr().err
    assert status("run", "--resume", *folder, "--base-url", "http://127.0.0.1:1", *TRACK) == 2
    assert "nothing to resume: the mock of the run in" in capsys.readouterr().err
    assert status("run", *folder, "--only", "extend.title.length") == 0


def test_an_interrupted_run_is_told_what_the_same_command_does(
    monkeypatch: Patch, tmp_path: Path, capsys: Output
) -> None:
    folder = ("--report-dir", str(tmp_path), "--only", "extend.title.length")
    interrupted(monkeypatch, 1, *folder)
    assert "interrupted; the same command begins anew\n" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        patch.setattr("contract_tests.run.session.mock", terminated)
        assert status("run", *folder) == 143
    assert "interrupted before anything was sent; give the same command again\n" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        patch.setattr("contract_tests.run.session.write", terminated)
        assert status("run", *folder) == 143
    assert "interrupted after the run had come to its end; `suno-contract report` of" in capsys.readouterr().err


def terminated(*_: object) -> None:
    raise SystemExit(143)


def test_a_resumed_run_keeps_to_the_budget_of_both(monkeypatch: Patch, tmp_path: Path, capsys: Output) -> None:
    arguments = ("--budget", "2", "--only", "extend.weights", "--callback-timeout", "0.1", *TRACK)
    folder = ("--report-dir", str(tmp_path))
    accepted = [http({"code": 200, "msg": "success", "data": {"taskId": f"task{number}"}}) for number in range(9)]
    with scripted(*accepted) as server:
        interrupted(monkeypatch, 1, "--base-url", server.url, *arguments, *folder)
        goes_on = r"interrupted; of (\d) tasks? started at most, \1 goe?s? on at the server, and .*task\d; the same "
        assert re.search(goes_on, capsys.readouterr().err)
        status("run", "--base-url", server.url, "--resume", *arguments, *folder)
    assert len(posted(server)) == 2
    out = capsys.readouterr().out
    assert "budget: 2 of 2 tasks are spent" in (tmp_path / "report.json").read_text("utf-8")
    assert "; 2 tasks started" in out.splitlines()[-1]
    assert "its callbacks went to the run that this one resumes" in (tmp_path / "report.json").read_text("utf-8")


def test_a_resumed_run_keeps_the_budget_that_it_does_not_name(
    monkeypatch: Patch, tmp_path: Path, capsys: Output
) -> None:
    arguments = ("--only", "extend.weights", "--callback-timeout", "0.1", "--report-dir", str(tmp_path), *TRACK)
    accepted = [http({"code": 200, "msg": "success", "data": {"taskId": f"task{number}"}}) for number in range(9)]
    with scripted(*accepted) as server:
        interrupted(monkeypatch, 1, "--base-url", server.url, "--budget", "2", *arguments)
        status("run", "--base-url", server.url, "--resume", *arguments)
    assert len(posted(server)) == 2
    told = "the budget is that of the run that goes on, 2 tasks; --budget N gives another\n"
    assert told in capsys.readouterr().out


def test_a_resumed_run_keeps_the_budget_of_the_last_that_named_one(monkeypatch: Patch, tmp_path: Path) -> None:
    arguments = ("--only", "extend.weights", "--callback-timeout", "0.1", "--report-dir", str(tmp_path), *TRACK)
    accepted = [http({"code": 200, "msg": "success", "data": {"taskId": f"task{number}"}}) for number in range(9)]
    with scripted(*accepted) as server:
        interrupted(monkeypatch, 1, "--base-url", server.url, "--budget", "1", *arguments)
        interrupted(monkeypatch, 1, "--base-url", server.url, "--resume", "--budget", "2", *arguments)
        told = read((tmp_path / "journal.jsonl").read_text("utf-8").splitlines())
        assert (told.run["budget"], told.ended) == (2, False)
        status("run", "--base-url", server.url, "--resume", *arguments)
    assert "of 2 tasks are spent" in (tmp_path / "report.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (("--seed", "8"), "--seed 8 is not that of the run in "),
        (("--profile", "observed"), "--profile 'observed' is not that of the run in "),
        (("--audio-id", "f342", *TRACK[2:]), "--audio-id ['e231', 'f342'] is not that of the run in "),
    ],
)
def test_another_run_cannot_be_resumed(
    changes: tuple[str, str], text: str, monkeypatch: Patch, tmp_path: Path, capsys: Output
) -> None:
    folder = ("--report-dir", str(tmp_path))
    with scripted(REFUSED) as server:
        interrupted(monkeypatch, 3, "--base-url", server.url, *SOME, *folder)
        assert status("run", "--base-url", server.url, "--resume", *SOME, *folder, *changes) == 2
    assert text in capsys.readouterr().err


def test_a_run_that_is_terminated_ends_its_mock() -> None:
    command = [sys.executable, "-u", "-m", "contract_tests", "run", "--only", "delivery.*"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[0]
        assert httpx.get(url).status_code == 404
        process.terminate()
        assert process.wait(30) == 128 + signal.SIGTERM
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_run_that_is_killed_leaves_no_mock_behind() -> None:
    command = [sys.executable, "-u", "-m", "contract_tests", "run", "--only", "delivery.*"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[0]
        assert httpx.get(url).status_code == 404
        process.kill()
        process.communicate(timeout=30)  # the mock has its standard error, too: that ends when both have
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


# Keys that a target sends back.


class Echoing(plain_server.Plain):
    """Conforms, but for the key of the request in its callbacks: as a text, and as JSON may write it too."""

    def track(self, name: str, number: int, body: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().track(name, number, body), "title": plain_server.KEY, "tags": f"{plain_server.KEY}!"}

    def work(self, task: plain_server.Task) -> None:
        super().work(replace(task, url=f"{task.url}&key={plain_server.KEY}"))
        spelled = "".join(f"\\u{ord(character):04x}" for character in plain_server.KEY)
        httpx.post(task.url, content=f'{{"code": 200, "msg": "x", "data": {{"callbackType": "{spelled}"}}}}')
        super().work(task)


def test_a_key_in_callbacks_is_in_no_report(monkeypatch: Patch, tmp_path: Path, capfd: Output) -> None:
    monkeypatch.setenv("SUNO_API_KEY", plain_server.KEY)
    with Echoing({"e231": ("V4", 198.44)}, pause=0.01) as server:
        arguments = ("--only", "extend.example", "--callback-timeout", "2", "--report-dir", str(tmp_path), *PAID)
        assert status("run", "--base-url", server.url, *arguments) == 1
    written = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert "callback.echo.title" in written
    assert "&key=***" in written
    assert "one of text, first, complete" in written
    assert plain_server.KEY not in written + "".join(capfd.readouterr())


def test_what_no_rule_matches_is_not_run(capsys: Output) -> None:
    for command in ("run", "plan"):
        assert status(command, "--only", "extend.titel.type") == 2
        error = capsys.readouterr().err
        assert "--only 'extend.titel.type' matches no rule. Nearest: extend.title.type, " in error
        assert "`suno-contract plan` lists all." in error
        assert status(command, "--only", "extend.valid") == 2
        told = (
            "--only 'extend.valid' matches rules for which a run sends no request of their own, extend.valid. Nearest: "
        )
        assert told in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-5", "1e12", "soon"])
@pytest.mark.parametrize("option", ["--callback-timeout", "--audio-duration", "--timeout"])
def test_seconds_are_seconds(option: str, seconds: str, capsys: Output) -> None:
    assert status("run", option, seconds) == 2
    error = capsys.readouterr().err
    assert f"Invalid value for '{option}': " in error
    assert re.search(
        r"not a valid float|in the range (0<x|4<=x)<=86400\.|'nan' is no number of seconds\. Allowed: ", error
    )


def test_what_is_no_number_is_told_what_is_allowed(capsys: Output) -> None:
    assert status("run", "--audio-duration", "nan") == 2
    text = "'nan' is no number of seconds. Allowed: at least 4, at most 86400."
    assert capsys.readouterr().err == f"suno-contract: Invalid value for '--audio-duration': {text}\n"


def test_what_cannot_be_written_is_escaped_in_every_report(tmp_path: Path, capsys: Output) -> None:
    body = b'{"code":200,"msg":"success","data":{"taskId":"\\ud800"}}'
    with scripted(http(body)) as server:
        arguments = ["--base-url", server.url, "--only", "extend.parallel", "--callback-timeout", "0.1"]
        assert status("run", *arguments, "--report-dir", str(tmp_path), *PAID) == 1
    assert "\\ud800" in capsys.readouterr().out
    assert {each.name for each in tmp_path.iterdir()} == {"journal.jsonl", "junit.xml", "report.html", "report.json"}


def test_the_reports_are_there_though_nobody_reads_the_lines(tmp_path: Path, monkeypatch: Patch) -> None:
    def closed(*_: object, **__: object) -> None:
        if (tmp_path / "journal.jsonl").stat().st_size > 1000:
            raise BrokenPipeError

    monkeypatch.setattr("click.echo", closed)
    assert status("run", "--only", "extend.title.*", "--report-dir", str(tmp_path)) == 2
    assert (tmp_path / "report.json").is_file()


def test_the_version_is_told(capsys: Output) -> None:
    assert status("--version") == 0
    assert capsys.readouterr().out == f"suno-contract, version {version('suno-mock')}\n"
