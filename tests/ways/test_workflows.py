"""The workflows that are there to be copied: what they use is there, and none can do more than it must."""

import re
from typing import Any

import pytest
import yaml

from tests.packaging.environment import ROOT
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
    assert taken == {"url", "key", "receiver"}


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
