"""The command as a user runs it: as a process, by its output and its exit status."""

import dataclasses
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import httpx
import pytest

from mock_server import __version__
from mock_server.commands.cli import cli
from mock_server.commands.demo import EXTEND
from mock_server.commands.options import environment
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.http.server import listen
from mock_server.testing.mock_server import MockServer
from tests.builders import request
from tests.mock_server.contract.test_profile_files import written
from tests.processes import COMMAND, Run, serving, suno_mock

COMMANDS = cli.list_commands(click.Context(cli))


def introduction(process: subprocess.Popen[str]) -> list[str]:
    """The four lines that `serve` begins with."""
    assert process.stdout
    return [process.stdout.readline().rstrip("\n") for _ in range(4)]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_line(unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, "profiles"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment
        )
    assert (ended.returncode, ended.stderr) == (1, "suno-mock: cannot go on: [Errno 28] No space left on device\n")


def test_serve_introduces_itself() -> None:
    with serving("--pace", "manual") as process:
        assert process.stdout
        url, key, admin, curl = introduction(process)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert key == "key    test-key  (any other non-empty key works too)"
    assert admin == f"admin  {url}/__admin"
    assert curl.startswith(f"try    curl -s {url}{EXTEND} -H 'Authorization: Bearer test-key' ")


def test_the_curl_that_serve_prints_works() -> None:
    with serving("--pace", "manual") as process:
        assert process.stdout
        curl = introduction(process)[3].removeprefix("try    ")
        answer = subprocess.run(shlex.split(curl), capture_output=True, text=True, timeout=20, check=True).stdout
    assert json.loads(answer)["code"] == 200


def test_serve_prints_requests_and_attempts_and_what_it_still_owes(closed_url: str) -> None:
    with serving("--pace", "immediate", "--set", "retry_spacing=minutes") as process:
        assert process.stdout
        url = introduction(process)[0]
        body = {"callBackUrl": closed_url}
        httpx.post(url + EXTEND, json=body, headers={"Authorization": "Bearer key"})
        assert process.stdout.readline().startswith(f"--> POST {EXTEND}  422 Validation Error - ")
        httpx.post(url + EXTEND, json=request(**body), headers={"Authorization": "Bearer key"})
        accepted = process.stdout.readline()
        task_id = accepted.split()[-1]
        assert accepted == f"--> POST {EXTEND}  200 task {task_id}\n"
        assert process.stdout.readline().startswith(f"<-- text of {task_id} to {closed_url}  unreachable in ")


def test_interrupting_writes_down_owed_callbacks() -> None:
    with serving("--pace", "manual") as process:
        assert process.stdout
        url = introduction(process)[0]
        httpx.post(url + EXTEND, json=request(), headers={"Authorization": "Bearer key"})
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.strip() == ""
    assert output.count("  undelivered: the mock was stopped\n") == 3


def test_options_come_from_the_environment_too() -> None:
    with serving(
        SUNO_MOCK_PROFILE="classic", SUNO_MOCK_SEED="9", SUNO_MOCK_PACE="manual", SUNO_MOCK_SET="all=vary"
    ) as process:
        assert process.stdout
        health = httpx.get(process.stdout.readline().strip() + "/__admin/health").json()
    assert (health["profile"], health["seed"], health["pace"]) == ("classic", 9, "manual")


def test_every_option_names_its_environment_variable(run: Run) -> None:
    help_text = " ".join(run("serve", "--help")[1].split())
    flags = [field.metadata.get("flag", f"--{field.name.replace('_', '-')}") for field in dataclasses.fields(Settings)]
    for flag in [*flags, "--host", "--port"]:
        assert f"env var: {environment(flag)}" in help_text


def test_the_demo_shows_a_whole_journey() -> None:
    done = suno_mock("demo", "--pace", "100x")
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "--> POST",
        '"taskId"',
        "text      0 tracks",
        "first     1 track ",
        "complete  2 tracks",
        "status SUCCESS",
    ):
        assert text in done.stdout


@pytest.mark.parametrize("pace", ["manual", "realtime", "9x"])
def test_a_demo_that_would_not_end_is_refused(pace: str, run: Run) -> None:
    status, _, errors = run("demo", "--pace", pace)
    assert (status, errors) == (
        2,
        f"suno-mock: pace '{pace}' is too slow for the demo. Allowed: immediate, or 10x and faster.\n",
    )


def test_the_demo_waits_for_the_stages_that_a_profile_tells(tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley\nstages: {text: {skipped: 1}, first: {skipped: 1}}")
    status, output, _ = run("demo", "--pace", "immediate", "--profile", path)
    assert (status, output.count("<-- ")) == (0, 1)


def test_the_demo_says_why_its_example_is_refused(tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley\nmodels: {V4: null}")
    status, _, errors = run("demo", "--pace", "immediate", "--profile", path)
    assert status == 2
    assert errors.startswith("suno-mock: the example is refused under this profile: Validation Error - ")
    assert "model.enum" in errors


@pytest.mark.parametrize(
    "asked",
    [
        ("tracks", "--profile"),
        ("profiles", "show", "--resolved"),
        ("demo", "--profile"),
        ("extend", "--curl", "--profile"),
    ],
)
def test_a_profile_of_ones_own_is_checked_before_it_is_read(asked: Sequence[str], tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, "format: 1")
    status, _, errors = run(*asked, path)
    assert (status, errors[: len(path) + 13]) == (2, f"suno-mock: {path}:1")
    assert "document is missing. Allowed: " in errors


@pytest.mark.parametrize("profile", ["apikley", "classic", "observed"])
def test_tracks_has_one_of_each_model(profile: str, run: Run) -> None:
    tracks = json.loads(run("tracks", "--profile", profile, "--json")[1])
    profiles = {each["name"]: each for each in json.loads(run("profiles", "--json")[1])}
    assert {track["model"] for track in tracks} == set(profiles[profile]["models"])
    assert {"id", "model", "duration", "title"} <= set(tracks[0])


def test_tracks_as_lines(run: Run) -> None:
    assert "3d0c4db2-86e5-4f3c-a047-9d5ebf203c04  V4_5PLUS   312.48 s  Glass Mountain" in run("tracks")[1]


def test_scenarios_say_what_causes_them(run: Run) -> None:
    listed = run("scenarios", "409")[1]
    assert "by itself: a second POST /api/v1/wav/generate for one track" in listed
    assert "on demand: Prefer: code=409 | Prefer: scenario=409 | audioId mock-409 | key mock-409" in listed
    assert "never by itself: the text belongs to sibling endpoints that take an image" in run("scenarios", "451")[1]


def test_profiles_say_what_they_serve(run: Run) -> None:
    endpoints = {each["name"]: each["endpoints"] for each in json.loads(run("profiles", "--json")[1])}
    assert endpoints["apikley"][:6] == ["extend", "generate", "persona", "wav", "record-info", "chat-credit"]
    assert "persona" not in endpoints["classic"]


def test_media_urls_lead_to_the_address_that_was_printed() -> None:
    with serving("--pace", "manual") as process:
        url = introduction(process)[0]
        assert httpx.get(url + "/__admin/health").json()["base_url"] == url


def test_media_urls_can_lead_elsewhere() -> None:
    with serving("--pace", "manual", SUNO_MOCK_BASE_URL="http://suno-mock:4010/") as process:
        url = introduction(process)[0]
        assert httpx.get(url + "/__admin/health").json()["base_url"] == "http://suno-mock:4010"


def test_a_base_url_that_others_reach_brings_a_token() -> None:
    with serving("--pace", "manual", "--base-url", "https://mock.example.com/suno") as process:
        assert process.stdout
        url, _, _, told = (process.stdout.readline().strip() for _ in range(4))
        found = re.fullmatch(r"token  (\S+)  \(others can reach the mock, so /__admin asks for .*\)", told)
        assert found
        assert httpx.get(url + "/__admin/journal").status_code == 401
        headers = {"Authorization": f"Bearer {found[1]}"}
        assert httpx.get(url + "/__admin/journal", headers=headers).status_code == 200


def test_a_quiet_mock_prints_no_requests() -> None:
    with serving("--pace", "manual", "--quiet") as process:
        url = introduction(process)[0]
        httpx.post(url + EXTEND, json=request(), headers={"Authorization": "Bearer key"})
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert (output, errors.strip()) == ("", "")


def test_keys_that_are_strict_are_introduced_so() -> None:
    with serving("--pace", "manual", "--strict-keys") as process:
        assert introduction(process)[1] == "key    test-key"


def test_questions_and_profiles_are_printed(run: Run) -> None:
    assert "first_items  How many tracks does the first callback list?" in run("questions")[1]
    assert "both: both, the second unfinished  <- observed" in run("questions", "first_items")[1]
    assert "models: V3_5, V4, V4_5, V4_5PLUS, V5" in run("profiles")[1]
    assert json.loads(run("questions", "create_time", "--json")[1])[0]["picks"]["observed"] == "epoch_ms"


WRONG = {
    ("tail", "--url", "http://../"): "Invalid value for '--url' (env var: 'SUNO_MOCK_URL'): 'http://../' is no URL.",
    (
        "tail",
        "--url",
        "http://\udcff/",
    ): "Invalid value for '--url' (env var: 'SUNO_MOCK_URL'): 'http://\\udcff/' is no",
    ("extend", "--timeout", "nan"): "'nan' is no length of time. Allowed: seconds, or such as 90s, 2m, 1h30m, 14d.",
    ("receive", "--delay", "2d"): "Invalid value for '--delay': '2d' is too long. Allowed: at most 1d.",
    ("extend", "--without", "titel"): "field of the request 'titel' is unknown. Nearest: title. Known: audioId, ",
    ("serve", "--prot", "3"): "No such option '--prot'. (Did you mean one of: '--host', '--port', '--profile'?)",
    (
        "serve",
        "--port",
        "70000",
    ): "Invalid value for '--port' (env var: 'SUNO_MOCK_PORT'): 70000 is not in the range 0<=x<=65535.",
    (
        "serve",
        "--port",
        "0",
        "--profile",
        "clasic",
    ): "profile 'clasic' is unknown. Nearest: classic. Known: apikley, classic, kie, observed, sunoapi.",
    (
        "serve",
        "--pace",
        "manuel",
    ): "pace 'manuel' is unknown. Allowed: immediate, time, realtime, manual, or a factor such as 10x.",
    ("serve", "--port", "0", "--set", "first_item=both"): "question 'first_item' is unknown. Nearest: first_items. ",
    ("serve", "--port", "0", "--set", "first_items=tow"): "reading of first_items 'tow' is unknown. Nearest: ",
    (
        "serve",
        "--set",
        "first_items",
    ): "--set 'first_items' is not QUESTION=READING. Example: --set refusal_status=mirror.",
    ("serve", "--rate-limit", "20"): "rate limit '20' is not REQUESTS/SECONDS, both above 0. Example: 20/10.",
    (
        "serve",
        "--credits",
        "-1",
    ): "credits is -1. Allowed: 0 to 10000000000000. Example: 1000000.",
    (
        "serve",
        "--retention-days",
        "-1",
    ): "retention days is -1. Allowed: 0 to 36500 days. Leave it out for the documented time.",
    ("serve", "--base-url", "mock"): "base URL 'mock' is no URL. Example: http://suno-mock:4010.",
    ("serve", "--epoch", "yesterday"): "epoch 'yesterday' is neither a date nor a number of seconds. ",
    ("serve", "--seed", "x"): "Invalid value for '--seed' (env var: 'SUNO_MOCK_SEED'): 'x' is not a valid integer.",
    ("scenarios", "out-off-order"): "scenario 'out-off-order' is unknown. Nearest: out-of-order. ",
    ("questions", "create_tim"): "question 'create_tim' is unknown. Nearest: create_time. ",
    ("explain", "403"): "'403' is no code, scenario, rule, stage, question, operation, profile, field, model, status, ",
    ("tail", "--tsk", "x"): "No such option '--tsk'. (Did you mean one of: '--key', '--task'?)",
    ("clock", "advnace", "2m"): "action 'advnace' is unknown. Nearest: advance. Known: advance, freeze, run, show.",
    ("clock", "advance"): "advance needs a DURATION. Example: suno-mock clock advance 2m.",
    ("clock", "run", "2m"): "run takes no DURATION, and '2m' came. Example: suno-mock clock run.",
    (
        "clock",
        "advance",
        "2 weeks",
    ): "'2 weeks' is no length of time. Allowed: seconds, or such as 90s, 2m, 1h30m, 14d.",
    ("completion", "bsh"): "shell 'bsh' is unknown. Nearest: bash. Known: bash, fish, zsh.",
    ("queue",): "give a SCENARIO, or --clear. `suno-mock scenarios` lists them.",
    ("queue", "429", "--clear"): "--clear stands alone: it takes no SCENARIO.",
    ("queue", "429", "--always", "--times", "2"): "--times and --always exclude each other.",
    ("trigger",): "give a SCENARIO and --to URL. `suno-mock trigger --list` lists the scenarios.",
    ("trigger", "--to", "http://localhost"): "give a SCENARIO. `suno-mock trigger --list` lists the scenarios.",
    (
        "trigger",
        "callback-501",
    ): "give --to URL, your receiver. Example: suno-mock trigger callback-501 --to http://127.0.0.1:3000/callback.",
    ("trigger", "200", "--to", "localhost"): "Invalid value for '--to': 'localhost' is no URL. Example: http://",
    ("tail", "--url", "http:///"): "Invalid value for '--url' (env var: 'SUNO_MOCK_URL'): 'http:///' is no URL.",
    (
        "receive",
        "--answer",
        "500,7",
    ): "Invalid value for '--answer': '500,7' is no HTTP status. Allowed: 200 to 599, or ",
    (
        "receive",
        "--answer",
        "500",
        "--forward-to",
        "http://localhost:1",
    ): "--answer and --forward-to exclude each other: with --forward-to the target answers.",
    ("srvee",): "No such command 'srvee'. (Did you mean one of: 'reset', 'serve'?)",
    ("tial",): "No such command 'tial'. Did you mean",
    ("srve",): "No such command 'srve'. Did you mean 'serve'?",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_what_the_user_got_wrong_is_one_line(arguments: tuple[str, ...], run: Run) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert errors.startswith("suno-mock: " + WRONG[arguments])
    assert errors.count("\n") == 1


def test_a_taken_port_is_one_line(run: Run) -> None:
    with listen("127.0.0.1", 0) as taken:
        status, _, errors = run("serve", "--port", str(taken.getsockname()[1]))
    assert (status, errors.count("\n")) == (2, 1)
    assert "Choose another port, or --port 0 for a free one." in errors


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_can_be_typed(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command
    example = re.search(r"suno-mock ([^)\"]+)", command.epilog or "")
    assert example
    assert (command.epilog or "").startswith("Example:  ")
    asked, _, rest = cli.resolve_command(context, shlex.split(example[1]))
    assert asked == name
    command.make_context(name, rest)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_has_a_help(name: str, run: Run) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.name for each in options if not each.help] == (["host"] if name == "serve" else [])


def test_what_a_command_does_not_need_is_not_imported() -> None:
    code = "import sys, mock_server.commands.cli; print({'httpx', 'mock_server.commands.tail'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"


def test_a_stream_that_has_not_every_letter_is_written_to_nevertheless() -> None:
    done = suno_mock("tracks", PYTHONIOENCODING="ascii:strict")
    assert (done.returncode, done.stderr) == (0, "")


def test_no_command_prints_the_help(run: Run) -> None:
    status, _, errors = run()
    assert status == 2
    assert all(command in errors for command in COMMANDS)


def admin_status(url: str, token: str) -> int:
    port = url.strip().rpartition(":")[2]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"http://127.0.0.1:{port}/__admin/journal", headers=headers).status_code


def test_where_others_can_reach_it_a_token_is_printed_that_works() -> None:
    with serving("--host", "0.0.0.0") as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(4)]
        token = lines[3].split()[1]
        assert lines[2:] == [
            f"admin  {lines[0].strip()}/__admin\n",
            f"token  {token}  (others can reach the mock, so /__admin asks for 'Authorization: Bearer {token}')\n",
        ]
        assert (admin_status(lines[0], token), admin_status(lines[0], "other")) == (200, 401)


def test_a_token_that_was_given_is_not_printed() -> None:
    with serving("--host", "0.0.0.0", SUNO_MOCK_ADMIN_TOKEN="given-token") as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(4)]
        assert lines[3].startswith("try    curl ")
        assert "given-token" not in "".join(lines)
        assert admin_status(lines[0], "given-token") == 200


def test_a_typo_is_told_before_a_busy_port(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        status, _, error = run("serve", "--port", port, "--profile", "clasic")
        assert (status, error.partition(". ")[0]) == (2, "suno-mock: profile 'clasic' is unknown")
        status, _, error = run("serve", "--port", port, "--profile", "classic")
        assert (status, error.startswith(f"suno-mock: cannot listen on 127.0.0.1 port {port}: ")) == (2, True)
        with pytest.raises(BadSetting, match=r"^question 'first_item' is unknown"):
            MockServer(port=int(port), readings="first_item=both")


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == (0, f"suno-mock, version {__version__}\n", "")


def test_a_variable_of_no_option_is_told_at_the_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNO_MOCK_PACEE", "time")
    _, _, error = run("serve", "--host", "nowhere.invalid")
    assert error.startswith("suno-mock: SUNO_MOCK_PACEE is the variable of no option. Nearest: SUNO_MOCK_PACE.\n")
