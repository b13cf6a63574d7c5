"""`pytest contract_tests` as a process: against the mock, against others that conform, and against some that do not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest

from contract_tests.mutants.changes import accepts, data, on, record
from contract_tests.mutants.proxy import Mutant, Proxy
from contract_tests.options import PREFIX, given
from contract_tests.receiver.http_server import Message, ThreadedServer
from contract_tests.reports import kept
from contract_tests.run.command import run_command
from contract_tests.run.folder import alone_in
from contract_tests.run.inputs import CannotRun
from contract_tests.target import journal
from contract_tests.target.mock import KEY, mock
from contract_tests.targets import plain_server
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import SOURCES, TRACKS

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

ROOT = Path(__file__).parents[2]
TRACK = ("--audio-id", TRACKS[0].id, "--audio-model", TRACKS[0].model, "--audio-duration", str(TRACKS[0].duration))
PAID = (*TRACK, "--budget", "999")
FEW = ("--examples", "4", "--only", "extend.[em]*")
REFUSED = Message(headers={"Content-Type": "application/json"}).with_json({"code": 422, "msg": "wrong"})
PASSED = kept.line(Result(rule="extend.example", verdict=Verdict.PASSED))
Finished = subprocess.CompletedProcess[str]


def pytest_of(*arguments: str, cwd: Path = ROOT, key: str = KEY) -> Finished:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SUNO_API_KEY": key},
        check=False,
    )


def told(report: Path, outcome: str) -> dict[str, str]:
    """Of a JUnit report, the tests that ended so (`failure`, `skipped`) and what they say."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return {case.attrib["name"]: each.attrib["message"] for case in cases for each in case.iter(outcome)}


@pytest.fixture
def plain() -> Iterator[str]:
    with plain_server.Plain(SOURCES, pause=0.01) as server:
        yield server.url


def test_the_mock_passes_every_suite() -> None:
    ended = pytest_of("contract_tests", *FEW)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "skipped" not in ended.stdout


def test_a_server_of_the_documents_that_is_not_ours_passes(plain: str) -> None:
    suites = ("contract_tests/suites/test_probes.py", "contract_tests/suites/test_lifecycle.py")
    ended = pytest_of(*suites, *FEW, "--target", plain, *PAID, key=plain_server.KEY)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_server_with_a_fault_fails_in_every_suite_without_showing_the_key(tmp_path: Path) -> None:
    accepting = accepts("extend.styleWeight.maximum")
    without_msg = on(lambda code: code == 404, {"msg": ""})
    faults = Mutant(
        name="several",
        group="test",
        answer=lambda sent, came: without_msg(sent, accepting(sent, came)),
        callback=data("complete", {"task_id": "of-nobody"}),
        polled=record({"status": "PENDING"}),
    )
    report = tmp_path / "junit.xml"
    with mock("apikley") as url, Proxy(url, faults) as proxy:
        options = ("--examples", "20", "--only", "extend.[es]*", "--callback-timeout", "2", f"--junit-xml={report}")
        folder = ("--report-dir", str(tmp_path / "report"))
        ended = pytest_of("contract_tests", *options, *folder, "--target", proxy.url, *PAID)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    found = told(report, "failure")
    assert set(found) >= {  # no more requests are generated that break the rule: each could cost a task, too
        "test_rule[extend.styleWeight.maximum]",
        "test_requests_made_of_the_document[positive]",
        "test_lifecycle",
    }
    said = found["test_rule[extend.styleWeight.maximum]"]
    assert "styleWeight is 1.01: expected code 422, because styleWeight is 1.01; got HTTP 200" in said
    assert "Reproduce with, which may start a task and cost credits:" in ended.stdout
    assert KEY not in ended.stdout + ended.stderr
    whole = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    violated = [each for row in whole["rules"] for each in row["results"] if each["verdict"] == "violated"]
    numbers = {each["number"] for each in whole["requests"] if ": generated " in each["probe"]}
    assert {each["request"] for each in violated} & numbers


def test_a_target_without_a_budget_is_only_asked_what_it_refuses(tmp_path: Path) -> None:
    heard: list[bytes] = []
    report = tmp_path / "junit.xml"

    def refuse(sent: Message) -> Message:
        heard.append(sent.body)
        return REFUSED

    with ThreadedServer(refuse) as server:
        url = f"http://127.0.0.1:{server.port}"
        options = ("--examples", "2", "--only", "extend.model.required", f"--junit-xml={report}")
        ended = pytest_of("contract_tests", *options, "--target", url, *TRACK)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    skipped = told(report, "skipped")
    reason = "no --budget: accepted requests cost"
    assert {name for name, why in skipped.items() if why == reason} == {
        "test_requests_made_of_the_document[positive]",
        "test_requests_made_of_the_document[negative]",
        "test_valid_requests_are_accepted",
        "test_lifecycle",
    }
    without_model = [body for body in heard if body and b'"model"' not in body]
    assert without_model == [body for body in heard if body]
    assert len(without_model) == 4  # two of the rule, and two examples


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--resume"], "--resume needs --report-dir: the journal of the run that was "),
        (["--target", "foo"], "--target 'foo' is no http:// or https:// URL with a host"),
        (["--target", "http://127.0.0.1:1", *TRACK], "nothing answers at http://127.0.0.1:1: ConnectError: "),
        (["--target", "http://127.0.0.1:1", "-n", "2"], "--target and -n do not go together: "),
        (["--report-dir", "nowhere", "-n", "2"], "--report-dir and -n do not go together: a folder holds one run"),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_what_to_give(arguments: list[str], text: str) -> None:
    ended = pytest_of("contract_tests/suites/test_probes.py", *arguments)
    assert ended.returncode == 2
    said = ended.stdout + ended.stderr
    assert f"suno-contract: {text}" in said
    assert "Traceback" not in said


def test_a_folder_is_for_one_at_a_time_and_keeps_a_run_that_was_made(tmp_path: Path) -> None:
    run = journal.begun({"base_url": "http://x", "profile": "apikley", "version": "0.1", "date": "today"})
    (tmp_path / "journal.jsonl").write_text(f"{run}{PASSED}{journal.ended(1.0)}", "utf-8")
    command = ("contract_tests/suites/test_probes.py", "--report-dir", str(tmp_path), "--only", "extend.title.length")
    ended = pytest_of(*command)
    assert ended.returncode == 2
    assert f"suno-contract: --report-dir {tmp_path} holds the run of today, which this one would" in ended.stderr
    with alone_in(tmp_path):
        ended = pytest_of(*command, "--force")
    assert ended.returncode == 2
    assert f"suno-contract: --report-dir {tmp_path} is in use by another command." in ended.stderr
    assert pytest_of(*command, "--force").returncode == 0


class Config:
    """What pytest read from its command line."""

    def __init__(self, **given: Any) -> None:
        self._given = {f"{PREFIX}{name}": value for name, value in given.items()}

    def getoption(self, name: str, default: Any = None) -> Any:
        return self._given.get(name, default)


def options(**values: Any) -> Mapping[str, Any]:
    return given(cast("pytest.Config", Config(**values)))


def test_the_options_are_those_of_a_run() -> None:
    taken = options(base_url="http://x", audio_id=["a", "b"], audio_duration=["9.5"], budget="3")
    assert set(taken) == {parameter.name for parameter in run_command.params} | {"examples", "command"}
    assert (
        taken["command"]
        == "pytest contract_tests --target http://x --audio-id a --audio-id b --audio-duration 9.5 --budget 3"
    )
    assert (taken["audio_id"], taken["audio_duration"], taken["budget"]) == (("a", "b"), (9.5,), 3)
    assert (taken["base_url"], taken["profile"], taken["seed"], taken["examples"]) == ("http://x", "apikley", None, 100)
    assert taken["resume"] is False
    assert options(resume=True, seed="7")["resume"] is True
    assert options(seed="7")["seed"] == 7
    assert (taken["timeout"], options(timeout="90")["timeout"]) == (20.0, 90.0)
    assert options(timeout="90")["command"] == "pytest contract_tests --answer-timeout 90.0"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"budget": "-1"}, "Invalid value for '--budget': -1 is not in the range x>=0."),
        ({"examples": 0}, "--examples 0 is too few: give 1 or more."),
        ({"callback_timeout": "soon"}, "Invalid value for '--callback-timeout': 'soon' is not a valid float range."),
    ],
)
def test_a_value_that_is_none_is_refused_as_by_a_run(values: dict[str, str], text: str) -> None:
    with pytest.raises(CannotRun) as refused:
        options(**values)
    assert refused.value.format_message() == text


def test_the_workers_of_xdist_cannot_share_a_budget() -> None:
    config = Config(base_url="http://x")
    config.workerinput = {}  # type: ignore[attr-defined] # as pytest-xdist does
    with pytest.raises(
        CannotRun, match=r"^--target and -n do not go together: each worker would spend the budget anew\."
    ):
        given(cast("pytest.Config", config))


@pytest.mark.parametrize(("plugin", "profile"), [([], "apikley"), (["-p", "contract_tests.options"], "classic")])
def test_an_installed_harness_is_run_by_its_name(plugin: list[str], profile: str, tmp_path: Path) -> None:
    options = ["--profile", profile] if plugin else []
    ended = pytest_of(
        *plugin, "--pyargs", "contract_tests.suites.test_probes", "--collect-only", *options, cwd=tmp_path
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ("test_rule[extend.prompt.length]" in ended.stdout) is True
    assert ("test_rule[extend.personaId.type]" in ended.stdout) is (profile == "apikley")
