"""What the pages promise: the README, those of docs/, and CONTRIBUTING.md."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

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
from mock_server.contract.questions import VARY, Register
from mock_server.contract.scenarios import Scenarios, cause
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.processes import Run

ROOT = Path(__file__).parents[1]
PAGES = {
    str(file.relative_to(ROOT)): file.read_text("utf-8")
    for file in sorted([*ROOT.glob("docs/*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))])
}
"""What each page says, by its path."""
FOR_USERS = {name: text for name, text in PAGES.items() if name not in ("CONTRIBUTING.md", "docs/strangers.md")}
README_LINES = 150
OF_OTHERS = {"--help", "--http", "--root-path", "--factory", "--workers", "--preload"}
"""Options of uvicorn, and the one that every command has."""
OF_OTHERS_ALONE = re.compile(r"\b(curl|docker|cloudflared|pip|pipx|npm|uvx|uvicorn|flask)\b|--add-host")
"""What stands on a line whose options are those of another program."""


def between(page: str, begins: str, ends: str) -> str:
    """What stands on a page between two marks."""
    text = PAGES[page]
    assert begins in text
    return text.partition(begins)[2].partition(ends)[0]


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len(PAGES["README.md"].splitlines()) <= README_LINES


def test_every_page_is_named_in_the_readme() -> None:
    named = set(re.findall(r"\]\((docs/[^)]+\.md)\)", PAGES["README.md"]))
    assert named == {name for name in FOR_USERS if name.startswith("docs/")}


def test_the_scenario_table_is_the_list() -> None:
    rows = [f"| `{each.name}` | {each.summary} | {cause(each)} |" for each in Scenarios.read()]
    table = between("docs/codes.md", "<!-- scenarios -->\n", "\n<!-- /scenarios -->").splitlines()
    assert table[2:] == rows, "the table must be:\n" + "\n".join(rows)


@pytest.mark.skipif(not shutil.which("curl"), reason="the session is of curl")
def test_the_session_is_what_happens() -> None:
    session = between("docs/getting-started.md", "<!-- session -->\n```console\n", "\n```")
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        places = {"http://127.0.0.1:4010": mock.url, "http://127.0.0.1:3000/callback": receiver.url}
        commands = "\n".join(line.removeprefix("$ ") for line in session.splitlines() if line.startswith("$ "))
        printed = shell(replaced(commands, places))
    answers = "".join(line for line in session.splitlines() if not line.startswith("$ "))
    assert printed.replace("\n", "") == replaced(answers, places)


@pytest.mark.skipif(not shutil.which("curl"), reason="the command is one of curl")
def test_a_code_comes_on_demand_as_the_readme_says() -> None:
    (command,) = [line.strip() for line in PAGES["README.md"].splitlines() if "Prefer: code=429" in line]
    with MockServer() as mock:
        assert shell(replaced(command, {"http://127.0.0.1:4010": mock.url})).startswith('{"code":429,')


def shell(commands: str) -> str:
    """What commands of a shell print."""
    return subprocess.run(["bash", "-c", commands], capture_output=True, text=True, timeout=60, check=True).stdout


def replaced(text: str, places: dict[str, str]) -> str:
    for shown, actual in places.items():
        text = text.replace(shown, actual)
    return text


def test_the_terminal_is_what_happens(running: MockServer, run: Run) -> None:
    session = between("docs/terminal.md", "<!-- terminal -->\n```console\n", "\n```")
    received = between("docs/terminal.md", "<!-- received -->\n```\n", "\n```")
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


def test_the_checks_are_the_list() -> None:
    rows = [f"| {each['check']} | {code_of(each)} | {each['cause']} |" for each in load(OPENAPI / "checks.yaml")]
    table = between("docs/codes.md", "| check | code | natural cause |\n| --- | --- | --- |\n", "\n\n")
    assert table.replace(" |  |", " | |").splitlines() == [row.replace(" |  |", " | |") for row in rows]


def code_of(check: dict[str, Any]) -> str:
    return "any" if check.get("any") else str(check.get("code", "none"))


def test_the_commands_are_all() -> None:
    table = between("docs/terminal.md", "## Commands", "They speak")
    assert {name for name in DESK if f"| `{name}" in table or f", `{name}`" in table} == set(DESK)


def test_the_options_exist(run: Run) -> None:
    options = {option for text in FOR_USERS.values() for option in named(text)}
    below = [("profiles", "check"), ("profiles", "show"), ("profiles", "diff")]
    commands = [*((command,) for command in cli.list_commands(click.Context(cli))), *below]
    own = "".join(run(*command, "--help")[1] for command in commands)
    helped = own + "".join(
        subprocess.run(
            [sys.executable, "-m", *command, "--help"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        for command in (
            ["contract_tests", "run"],
            ["contract_tests", "calibrate"],
            ["contract_tests", "drift"],
            ["contract_tests", "proxy"],
            ["contract_tests.mutants"],
            ["pytest", "contract_tests"],
        )
    )
    assert {option for option in options if option not in helped} == set()
    assert environment("--rate-limit") in PAGES["docs/getting-started.md"]


def named(text: str) -> Iterator[str]:
    """The options of ours that a page names."""
    for line in text.splitlines():
        if not OF_OTHERS_ALONE.search(line):
            yield from set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)) - OF_OTHERS


def test_the_counts_are_right() -> None:
    published = Published.read("apikley")
    triggers = tuple(mock_triggers(published))
    plan = Plan(published=published, tracks=mock_tracks(published), triggers=triggers, retries=max(RETRY_WAITS))
    probes = len(list(plan.probes()))
    sent = len(list(cases(published)))
    faults = list(mutants(published))
    of_operations = sum(bool(each.operation) for each in faults)
    harness = PAGES["docs/contract-harness.md"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for text, where in {
        f"all {len(faults) - of_operations} are found": harness,
        f"all {of_operations} of other operations": harness,
        f"all {probes} probes": harness,
        f"{sent} cases: ": harness,
        f"{probes} probes by rule": changes,
        f"{sent} cases that": changes,
    }.items():
        assert text in " ".join(where.split())


@pytest.mark.parametrize("page", FOR_USERS)
def test_the_questions_exist(page: str) -> None:
    known = Register.read().questions
    for question, reading in re.findall(r"--set ([a-z_]+)=(\w+)", PAGES[page]):
        assert question == "all" or question in documented() or reading in {*known[question].readings, VARY}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[page]):
        if not target.startswith("https://"):
            file, _, anchor = target.partition("#")
            leads = ((ROOT / page).parent / file).resolve() if file else ROOT / page
            assert leads.is_file(), target
            assert not anchor or anchor in anchors(leads.read_text("utf-8")), target


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    titles = re.findall(r"^##+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
