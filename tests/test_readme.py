"""What the README, the changelog and CI promise."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import httpx
import pytest

import mock_server
from contract_tests.documents.published import Published
from contract_tests.mutants.catalogue import mutants
from contract_tests.probes.plan import Plan
from contract_tests.probes.triggers import mock_triggers
from contract_tests.run.choose import RETRY_WAITS
from contract_tests.target.mock import mock_tracks
from contract_tests.your_receiver.cases import cases
from mock_server.commands.cli import DESK, cli
from mock_server.commands.client.extend_fields import documented
from mock_server.commands.options import environment
from mock_server.commands.receive import Inbox, responding
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import path
from mock_server.contract.questions import Register
from mock_server.contract.scenarios import Scenarios, cause
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.builders import TEXT, request
from tests.processes import Run

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
CI = (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_scenario_table_is_the_list() -> None:
    rows = [f"| `{each.name}` | {each.summary} | {cause(each)} |" for each in Scenarios.read()]
    table = README.partition("<!-- scenarios -->\n")[2].partition("\n<!-- /scenarios -->")[0].splitlines()
    assert table[2:] == rows, "the table must be:\n" + "\n".join(rows)


def test_ci_runs_the_commands_of_the_readme() -> None:
    """It installs in the careful way, which takes a command more."""
    careful = SECURITY.partition("### The careful way")[2]
    installing, *further = _commands(README.partition("## Work on it")[2])
    making, _, testing = installing.split(" && ")
    for command in (making, *_commands(careful), testing, *further):
        assert command in CI


def _commands(section: str) -> list[str]:
    return [line.strip() for line in section.partition("\n## ")[0].splitlines() if line.startswith("    ")]


def test_the_demo_in_the_readme_is_what_it_prints() -> None:
    shown = README.partition("<!-- demo -->\n```\n")[2].partition("\n```")[0]
    demo = [sys.executable, "-m", "mock_server", "demo"]
    printed = subprocess.run(demo, capture_output=True, text=True, timeout=30, check=True).stdout
    for part in masked(shown).split("\n...\n"):
        assert part in masked(printed)


def masked(text: str) -> str:
    """Without what is otherwise every time, and without the lines of documents, which may be others tomorrow."""
    return re.sub(r"(?<=\.yaml:)\d+", "N", re.sub(r"[\d.]+ (m?s)\b", r"N \1", text))


def test_the_lines_in_the_readme_are_what_serve_prints() -> None:
    shown = README.partition("<!-- served -->\n```\n")[2].partition("\n```")[0]
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        for changes in ({}, {"style": ..., "continueAt": 0}):
            asked = request(callBackUrl=receiver.url, **changes)
            httpx.post(mock.url + path("extend"), json=asked, headers=mock.headers)
        mock.clock.advance(TEXT)
        journal = httpx.get(f"{mock.url}/__admin/journal").json()["entries"]
        printed = {masked(entry["line"].replace(receiver.url, "http://127.0.0.1:3000/callback")) for entry in journal}
    assert set(masked(shown).splitlines()) == printed


@pytest.mark.skipif(not shutil.which("curl"), reason="the session is of curl")
def test_the_session_in_the_readme_is_what_happens() -> None:
    session = README.partition("<!-- session -->\n```console\n")[2].partition("\n```")[0]
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        places = {"http://127.0.0.1:4010": mock.url, "http://127.0.0.1:3000/callback": receiver.url}
        commands = "\n".join(line.removeprefix("$ ") for line in session.splitlines() if line.startswith("$ "))
        printed = subprocess.run(
            ["bash", "-c", replaced(commands, places)], capture_output=True, text=True, timeout=60, check=True
        ).stdout
    answers = "".join(line for line in session.splitlines() if not line.startswith("$ "))
    assert printed.replace("\n", "") == replaced(answers, places)


def replaced(text: str, places: dict[str, str]) -> str:
    for shown, actual in places.items():
        text = text.replace(shown, actual)
    return text


def test_the_terminal_in_the_readme_is_what_happens(running: MockServer, run: Run) -> None:
    session = README.partition("<!-- terminal -->\n```console\n")[2].partition("\n```")[0]
    received = README.partition("<!-- received -->\n```\n")[2].partition("\n```")[0]
    lines: list[str] = []
    with Receiver(Inbox(responding([200]), lines.append, delay=0, as_json=False)) as receiver:
        places = {"http://127.0.0.1:3000/callback": receiver.url}
        printed = ""
        for line in session.splitlines():
            if line.startswith("$ suno-mock "):
                _, output, errors = run(*shlex.split(replaced(line, places))[2:])
                printed += f"{line}\n{replaced(output + errors, {receiver.url: 'http://127.0.0.1:3000/callback'})}"
    assert printed == f"{session}\n"
    assert "\n".join(lines) == received


def test_the_checks_in_the_readme_are_the_list() -> None:
    rows = [f"| {each['check']} | {code_of(each)} | {each['cause']} |" for each in load(OPENAPI / "checks.yaml")]
    table = README.partition("| check | code | natural cause |\n| --- | --- | --- |\n")[2].partition("\n\n")[0]
    assert table.replace(" |  |", " | |").splitlines() == [row.replace(" |  |", " | |") for row in rows]


def code_of(check: dict[str, Any]) -> str:
    return "any" if check.get("any") else str(check.get("code", "none"))


def test_the_commands_in_the_readme_are_all(run: Run) -> None:
    table = README.partition("## In the terminal")[2].partition("They speak")[0]
    assert {name for name in DESK if f"| `{name}" in table or f", `{name}`" in table} == set(DESK)


def test_the_test_in_the_readme_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(README.partition("```python\n")[2].partition("```")[0])
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=1)


def test_the_options_in_the_readme_exist(run: Run) -> None:
    options = set(re.findall(r"--[a-z][a-z-]+", README.partition("## Work on it")[0]))
    own = "".join(run(command, "--help")[1] for command in cli.list_commands(click.Context(cli)))
    helped = own + "".join(
        subprocess.run(
            [sys.executable, "-m", *command, "--help"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        for command in (
            ["contract_tests", "run"],
            ["contract_tests.mutants"],
            ["pytest", "contract_tests"],
        )
    )
    assert {option for option in options - {"--help"} if option not in helped} == set()
    assert environment("--rate-limit") in README


def test_the_counts_in_the_readme_and_the_changelog_are_right() -> None:
    published = Published.read("apikley")
    triggers = tuple(mock_triggers(published))
    plan = Plan(published=published, tracks=mock_tracks(published), triggers=triggers, retries=max(RETRY_WAITS))
    probes = len(list(plan.probes()))
    sent = len(list(cases(published)))
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for text, where in {
        f"all {len(list(mutants(published)))} are found": README,
        f"all {probes} probes": README,
        f"{sent} cases: ": README,
        f"{probes} probes by rule": changes,
        f"{sent} cases that": changes,
    }.items():
        assert text in " ".join(where.split())


def test_the_questions_in_the_readme_exist() -> None:
    known = Register.read().questions
    for question, reading in re.findall(r"--set ([a-z_]+)=(\w+)", README):
        assert question == "all" or question in documented() or reading in known[question].readings


def test_links_in_the_readme_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^##+ (.+)$", README, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in anchors
        elif not target.startswith("https://"):
            assert (ROOT / target).is_file()


def test_the_changelog_begins_with_the_version() -> None:
    top = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert top
    assert top[1] == mock_server.__version__


def test_the_lock_file_pins_every_dependency_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pinned = set(re.findall(r"^([\w.-]+)==", lock, re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["contract"],
        *project["optional-dependencies"]["dev"],
    ]
    names = {re.split(r"[\[><=;]", each)[0] for each in wanted} - {"suno-mock"}
    assert names <= pinned
