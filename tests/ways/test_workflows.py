"""The workflows that are there to be copied: what they use is there, and none can do more than it must."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.environment import ROOT, unconnected
from tests.ways.runner import Runner
from tests.ways.workflows import WORKFLOWS, own_action

STEPS = [
    (name, step)
    for name, text in WORKFLOWS.items()
    for job in yaml.safe_load(text)["jobs"].values()
    for step in job["steps"]
]
PINNED = re.compile(r"uses: (?!OWNER/)(?!\./)\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


@pytest.mark.parametrize(("name", "step"), [each for each in STEPS if own_action(each[1])])
def test_an_action_of_ours_is_there_and_takes_what_is_given(name: str, step: dict[str, Any]) -> None:
    file = own_action(step)
    assert file is not None
    assert file.is_file()
    assert step.get("with", {}).keys() <= yaml.safe_load(file.read_text("utf-8"))["inputs"].keys()


def test_what_a_workflow_takes_of_an_action_is_an_output() -> None:
    taken = set(re.findall(r"steps\.suno\.outputs\.(\w+)", "".join(WORKFLOWS.values())))
    assert taken <= yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["outputs"].keys()
    assert taken == {"url", "key", "receiver", "command"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_no_more(name: str) -> None:
    assert yaml.safe_load(WORKFLOWS[name])["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("file", [*WORKFLOWS, "actions/journal/action.yml", "actions/contract/action.yml"])
def test_actions_of_others_are_pinned_by_their_hash(file: str) -> None:
    text = WORKFLOWS.get(file) or (ROOT / file).read_text("utf-8")
    others = [
        line for line in text.splitlines() if "uses: " in line and "OWNER/" not in line and "uses: ./" not in line
    ]
    assert [line for line in others if not PINNED.search(line)] == []


def test_a_live_run_is_asked_for_bounded_and_kept_from_pull_requests() -> None:
    live = yaml.safe_load(WORKFLOWS["live.yml"])
    assert live[True].keys() == {"schedule", "workflow_dispatch"}  # YAML 1.1 reads `on` as true
    assert len(live[True]["schedule"]) == 1
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", live[True]["schedule"][0]["cron"])
    (job,) = live["jobs"].values()
    assert job["if"] == "vars.SUNO_LIVE == 'true'"
    (step,) = job["steps"]
    assert int(step["with"]["budget"]) > 0
    assert step["with"]["key"] == "${{ secrets.SUNO_API_KEY }}"


CHECK = yaml.safe_load(WORKFLOWS["check.yml"])
JOBS: dict[str, Any] = CHECK["jobs"]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_the_tests_of_the_workflow_are_those_of_ci() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    ours = [command.replace("python -m pip", "pip").replace(" $LEFT_OUT", "") for command in commands("test")]
    assert [command for command in ours if f".venv/bin/{command}" not in script] == []
    assert len(ours) == script.count("\n.venv/bin/")


def test_every_python_that_is_allowed_is_tried_on_linux_and_one_elsewhere() -> None:
    matrix = JOBS["test"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f">={matrix['python'][0]}" == project["requires-python"]
    nightly = re.search(r"PYTHONS=\((.+)\)", (ROOT / ".ci" / "nightly").read_text("utf-8"))
    assert nightly
    assert matrix["python"][1:] == nightly[1].split()
    assert {each["os"] for each in matrix["include"]} == {"macos-latest", "windows-latest"}
    for each in matrix["include"]:
        assert all((ROOT / name).is_file() for name in each["left-out"].replace("--ignore", "").split())


def test_a_section_of_the_workflow_is_one_of_nightly() -> None:
    text = (ROOT / ".ci" / "nightly").read_text("utf-8")
    assert all(
        re.search(rf"^{each}\(\) {{", text, re.M) for each in JOBS["dependencies"]["strategy"]["matrix"]["section"]
    )


@pytest.mark.parametrize("job", JOBS)
def test_no_job_lasts_for_ever_or_puts_a_value_into_its_script(job: str) -> None:
    assert JOBS[job]["timeout-minutes"] <= 120
    assert [command for command in commands(job) if "${{" in command] == []


@pytest.mark.parametrize(
    ("results", "passes"), [("success skipped", True), ("success failure", False), ("cancelled", False)]
)
def test_the_last_job_passes_where_no_other_has_failed(results: str, passes: bool) -> None:
    assert sorted(JOBS["check"]["needs"]) == sorted(JOBS.keys() - {"check"})
    (command,) = commands("check")
    ran = subprocess.run(["bash", "-ec", command], env={"RESULTS": results}, timeout=30, check=False)
    assert (ran.returncode == 0) is passes


@pytest.mark.nightly
@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="needs bash and curl")
def test_the_steps_of_the_wheel_run_here(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    variables = unconnected(tmp_path_factory.mktemp("links") / "packages", "suno-mock")
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    runner = Runner(folder=tmp_path, workspace=ROOT, environment=variables)
    try:
        ran, _ = runner.steps(JOBS["wheel"]["steps"], {"matrix": {"python": "3.11"}}, {})
    finally:
        runner.end()
    assert ran.succeeded, ran.printed
    assert "status SUCCESS" in ran.printed
    assert [step["uses"].partition("@")[0] for step in ran.used] == ["actions/checkout", "actions/setup-python"]
