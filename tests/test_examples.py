"""The examples: each is run against a mock, and prints what its page says."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_server import MockServer
from mock_server.contract.documents import load
from tests.newcomer.__main__ import STACKS, main
from tests.newcomer.needs import JACKSON, PACKAGES, TOOLS, absent, checkout
from tests.newcomer.page import PAGE, ROOT, Section, sections
from tests.newcomer.terminals import Terminal, free_port
from tests.other_clients.clients import CLIENTS

SECTIONS = sections()
CONTAINERS = ROOT / "docs" / "containers-and-tunnels.md"
MOST_LINES = 60
LEFT_OUT = {"node_modules", "__pycache__", ".venv"}
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "examples").rglob("*.*")
    if path.is_file() and not LEFT_OUT & set(path.parts) and path.name != "package-lock.json"
)
TIMES = re.compile(r"\b\d+(\.\d+)?(?= ?m?s\b)")
"""What is otherwise every time."""
SHORTENED = re.escape("\n...\n")
"""A line of the page in place of some."""
RECEIVERS = [title for title, each in SECTIONS.items() if "receiver" in each.blocks]
COMMANDS = [title for title, each in SECTIONS.items() if "commands" in each.blocks]


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer(pace="immediate") as running:
        yield running


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def terminal(mock: MockServer, port: int, tmp_path: Path) -> Terminal:
    environment = {
        "SUNO_URL": mock.url,
        "SUNO_MOCK_URL": mock.url,
        "PORT": str(port),
        "CALLBACK_URL": f"http://127.0.0.1:{port}/callback",
        "DATABASE": str(tmp_path / "tasks.db"),
        "PYTEST_ADDOPTS": "-p no:schemathesis -p no:cacheprovider",
        "PYTHONPATH": "",
    }
    places = {
        "http://127.0.0.1:4010": mock.url,
        "127.0.0.1:3000": f"127.0.0.1:{port}",
        "--port 3000": f"--port {port}",
    }
    return Terminal(checkout(tmp_path), environment, places)


@pytest.fixture
def section(request: pytest.FixtureRequest) -> Section:
    title: str = request.param
    if reason := absent(title):
        pytest.skip(reason)
    return SECTIONS[title]


def is_shown(printed: str, shown: str) -> bool:
    """Whether a page shows what was printed, but for times and what it leaves out."""
    pattern = re.escape(TIMES.sub("N", f"\n{shown}\n")).replace(SHORTENED, r"\n(?s:.*)\n")
    return bool(re.fullmatch(pattern, TIMES.sub("N", f"\n{printed}\n")))


@pytest.mark.parametrize("section", RECEIVERS, indirect=True)
def test_a_receiver_and_its_client_print_what_the_page_says(section: Section, terminal: Terminal, port: int) -> None:
    receiver, client = section.blocks["receiver"], section.blocks["client"]
    with terminal.staying(receiver.commands) as lines:
        lines.wait_for_port(port)
        printed = terminal.run(client.commands)
        assert is_shown(printed, client.prints), printed
        assert [lines.next() for _ in receiver.prints.splitlines()] == receiver.prints.splitlines()


@pytest.mark.parametrize("section", RECEIVERS, indirect=True)
def test_a_receiver_takes_all_that_a_server_may_send(section: Section, terminal: Terminal, port: int) -> None:
    with terminal.staying(section.blocks["receiver"].commands) as lines:
        lines.wait_for_port(port)
        said = terminal.run(f"{sys.executable} -m contract_tests receiver http://127.0.0.1:3000/callback")
    assert "\n0 cases not taken, " in said


@pytest.mark.parametrize("section", COMMANDS, indirect=True)
def test_commands_print_what_the_page_says(section: Section, terminal: Terminal) -> None:
    block = section.blocks["commands"]
    printed = terminal.run(block.commands)
    assert is_shown(printed, block.prints), printed


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_the_steps_in_ci_check_a_receiver(terminal: Terminal) -> None:
    steps = load(ROOT / "examples" / "ci" / "contract.yml")["jobs"]["contract"]["steps"]
    _, starts, checks = [step["run"] for step in steps if "run" in step]
    end = "trap 'kill $(jobs -p)' EXIT"
    said = terminal.run(f"set -e; cd examples/once; PATH=$PWD/../../.venv/bin:$PATH; {end}\n{starts}\n{checks}")
    assert "\n0 cases not taken, " in said


@pytest.mark.parametrize("file", FILES)
def test_an_example_is_short_and_on_the_page(file: str) -> None:
    assert len((ROOT / file).read_text("utf-8").splitlines()) < MOST_LINES
    assert f"(../{file})" in PAGE.read_text("utf-8") + CONTAINERS.read_text("utf-8")


def test_what_is_needed_is_of_sections_that_there_are() -> None:
    assert {*TOOLS, *PACKAGES, *STACKS} <= set(SECTIONS)


def test_the_nightly_run_installs_what_is_named() -> None:
    (listed,) = re.findall(r"local packages=\((.+)\)", (ROOT / ".ci" / "nightly").read_text("utf-8"))
    named = " ".join(CLIENTS[name].package for name in ("php", "go", "java"))
    assert listed == f"{named} {JACKSON.package}"


def test_a_stack_that_is_none_is_told() -> None:
    said: list[str] = []
    assert main(["Perl"], said.append) == 2
    assert said == ["Perl: no stack. There are: FastAPI, Flask, Express, PHP, Go, Java"]


def test_an_example_that_cannot_be_run_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert absent("Go") == "no Go here; on Debian: apt-get install golang"


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("4 passed in 0.31s", "4 passed in 6.7s", True),
        ("4 passed in 0.31s", "3 passed in 0.31s", False),
        ("a\nb\nc", "a\n...\nc", True),
        ("a\nb\nc", "a\n...\nd", False),
    ],
)
def test_what_is_shown_is_what_was_printed(printed: str, shown: str, same: bool) -> None:
    assert is_shown(printed, shown) is same
