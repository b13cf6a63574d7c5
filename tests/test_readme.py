"""What the README, the changelog, the lock file and CI promise."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

import mock_server
from mock_server.contract.operations import path
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.builders import TEXT, request

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
CI = (ROOT / ".ci" / "run").read_text("utf-8")


def test_ci_runs_the_commands_of_contributing() -> None:
    """It installs in the careful way, which takes a command more."""
    careful = SECURITY.partition("### The careful way")[2]
    installing, *further = _commands(CONTRIBUTING.partition("## Work on it")[2])
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


def test_the_test_in_the_readme_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(README.partition("```python\n")[2].partition("```")[0])
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=1)


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
