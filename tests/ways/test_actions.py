"""The actions, run as a runner runs them, from this folder and without a download."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from mock_server.contract.operations import path
from mock_server.testing.mock_server import MockServer
from tests.builders import request
from tests.packaging.environment import ROOT, unconnected
from tests.ways.runner import Runner

pytestmark = pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="needs bash and curl")
START, JOURNAL, CONTRACT = (
    ROOT / "action.yml",
    *(ROOT / "actions" / each / "action.yml" for each in ("journal", "contract")),
)


@pytest.fixture(scope="module")
def without_downloads(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return unconnected(tmp_path_factory.mktemp("links") / "packages", "suno-mock[contract]")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, without_downloads: dict[str, str]) -> dict[str, str]:
    """What the step that installs has said; the action of the harness installs all that the others need."""
    temp = tmp_path_factory.mktemp("installed")
    runner = Runner(folder=temp, workspace=temp, environment=without_downloads)
    action = yaml.safe_load(CONTRACT.read_text("utf-8"))
    steps = [each for each in action["runs"]["steps"] if each.get("id") == "install"]
    ran, done = runner.steps(
        steps, {"inputs": {"python": sys.executable}}, {"GITHUB_ACTION_PATH": str(CONTRACT.parent)}
    )
    assert ran.succeeded, ran.printed
    said: dict[str, str] = done["install"]["outputs"]
    return said


@pytest.fixture
def runner(tmp_path: Path, without_downloads: dict[str, str], installed: dict[str, str]) -> Iterator[Runner]:
    """A runner whose workspace is somebody's project."""
    runner = Runner(
        folder=tmp_path / "temp", workspace=tmp_path / "project", environment=without_downloads, installed=installed
    )
    runner.folder.mkdir()
    runner.workspace.mkdir()
    yield runner
    runner.end()


def test_a_job_has_a_mock_a_receiver_and_their_journal(runner: Runner) -> None:
    started = runner.action(START, options="--pace immediate --seed 7")
    assert started.succeeded, started.printed
    url, receiver = started.outputs["url"], started.outputs["receiver"]
    headers = {"Authorization": f"Bearer {started.outputs['key']}"}
    answer = httpx.post(url + path("extend"), json=request(callBackUrl=receiver), headers=headers).json()
    assert answer["code"] == 200
    awaited = {"task_id": answer["data"]["taskId"], "count": 3}
    httpx.post(f"{url}/__admin/wait", json=awaited).raise_for_status()

    ended = runner.action(JOURNAL, report="results.xml")
    assert ended.succeeded, ended.printed
    (upload,) = ended.used
    patterns = upload["with"]["path"].split()
    assert patterns[2:] == ["results.xml"]
    files = {file.name: file for each in patterns[:2] for file in Path(each).parent.glob(Path(each).name)}
    assert sorted(files) == ["journal.jsonl", "receive.log", "serve.log"]
    entries = [json.loads(each) for each in files["journal.jsonl"].read_text("utf-8").splitlines()]
    (sent,) = [each for each in entries if each["kind"] == "request"]
    assert (sent["path"], json.loads(sent["body"])["callBackUrl"]) == (path("extend"), receiver)
    assert files["serve.log"].read_text("utf-8").startswith(f"{url}\nkey ")
    assert files["receive.log"].read_text("utf-8").startswith(f"{receiver}\n")


def test_a_mock_that_does_not_start_says_why_and_fails_the_step(runner: Runner) -> None:
    started = runner.action(START, options="--pace backwards", receiver="false")
    assert not started.succeeded
    ((level, title, text),) = started.told
    assert (level, title) == ("error", "suno-mock")
    assert "serve did not start: suno-mock: " in text
    assert "backwards" in text


def test_a_journal_without_a_mock_says_what_to_do(runner: Runner) -> None:
    ended = runner.action(JOURNAL)
    assert not ended.succeeded
    assert ended.told == [
        ("error", "suno-mock", "no mock was started in this job: use the action suno-mock before this one")
    ]


def test_a_python_that_is_too_old_is_named(runner: Runner, tmp_path: Path) -> None:
    old = tmp_path / "python2"
    old.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    old.chmod(0o755)
    runner.installed = None
    assert runner.action(START, python=str(old)).told == [
        (
            "error",
            "suno-mock",
            f"{old} is no Python of 3.11 or newer: set one up before, or name it with 'python'",
        )
    ]


def test_a_server_that_conforms_is_annotated_nowhere(runner: Runner) -> None:
    ran = runner.action(CONTRACT, options="--only extend.prompt.*")
    assert ran.succeeded, ran.printed
    assert (ran.outputs["status"], ran.told, ran.used) == ("0", [], [])
    assert (runner.workspace / "suno-contract-report" / "report.html").is_file()


def test_a_violation_is_an_error_of_the_job_and_a_row_of_its_summary(runner: Runner) -> None:
    with MockServer(adopt_unknown_tracks=True) as mock:
        track = "--audio-id e231****-****-****-****-****8cadc7dc --audio-model V4 --audio-duration 198.44"
        options = f"{track} --only extend.audioId.*"
        ran = runner.action(CONTRACT, key="a-secret-key", budget="20", options=options, **{"base-url": mock.url})
    assert not ran.succeeded
    assert ran.outputs["status"] == "1"
    ((level, title, text),) = ran.told
    assert (level, title) == ("error", "extend.audioId.known")
    assert "expected code 404 or 422, because audioId is" in text
    assert re.search(r"\(apikley\.openapi\.yaml:\d+\)$", text)
    assert "a-secret-key" not in ran.printed
    summary = (runner.folder / "GITHUB_STEP_SUMMARY").read_text("utf-8").splitlines()
    assert summary[:2] == ["| violated rule | what came | document |", "| --- | --- | --- |"]
    assert summary[2].startswith("| `extend.audioId.known` | `audioId is")
    (upload,) = ran.used
    assert upload["with"]["path"] == "suno-contract-report"


def test_a_run_that_could_not_be_made_is_an_error_too(runner: Runner) -> None:
    ran = runner.action(CONTRACT, options="--only no.such.rule")
    assert not ran.succeeded
    assert ran.outputs["status"] == "2"
    assert ran.told == [("error", "suno-contract", "it made no report and ended with 2: its last lines say why")]
