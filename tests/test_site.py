"""The pages as a site: every link leads somewhere, and the reference is all that it is about."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import click
import pytest

from contract_tests.cli import cli as contract
from docs.site import pages, reference
from docs.site.__main__ import write
from mock_server.commands.cli import cli
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.explain.rules import known
from mock_server.contract.questions import Register
from mock_server.contract.scenarios import Scenarios

MADE = reference.pages()


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    """The site of the pages, in a folder."""
    command = [sys.executable, "-m", "docs.site", "--output", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=pages.ROOT, check=False)


def test_the_site_is_built_without_a_broken_link(tmp_path: Path) -> None:
    run = built(tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    home = (tmp_path / "index.html").read_text("utf-8")
    assert 'data-md-component="search"' in home
    assert "(prefers-color-scheme: dark)" in home
    assert "https://fonts" not in home
    assert (tmp_path / "inbox.png").is_file()
    assert {f"{Path(place).with_suffix('.html')}" for place in (*pages.PAGES.values(), *MADE)} <= {
        str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.html")
    }


@pytest.mark.parametrize(
    ("page", "to"),
    [
        ("README.md", "callbacks.md"),
        ("docs/codes.md", "control-plane.md"),
        ("docs/security.md", "project/security.md"),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(page: str, to: str) -> None:
    assert f"]({to})" in pages.on_site(pages.ROOT / page)


def test_what_is_no_page_is_its_text_alone() -> None:
    text = pages.on_site(pages.ROOT / "SECURITY.md")
    assert "[requirements.hashes]" not in text
    assert "requirements.hashes" in text


def test_the_code_of_an_example_is_on_its_page() -> None:
    text = pages.on_site(pages.ROOT / "docs" / "examples.md")
    assert "- receiver.php\n\n    ```php\n    <?php\n" in text
    assert "../examples/" not in text


def test_what_is_written_is_what_the_site_names(tmp_path: Path) -> None:
    write(tmp_path)
    listed = re.findall(r"[\w/-]+\.md", (Path(pages.__file__).with_name("mkdocs.yml")).read_text("utf-8"))
    assert {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.md")} == set(listed)


def test_the_reference_has_every_call() -> None:
    document = load(OPENAPI / "admin.openapi.yaml")
    calls = [f"## {method.upper()} {path}" for path, item in document["paths"].items() for method in item]
    assert missing(calls, "control-plane") == []


def test_the_reference_has_what_a_call_takes_and_answers() -> None:
    page = MADE["reference/control-plane.md"]
    put = page.partition("## PUT /__admin/faults")[2].partition("\n## ")[0]
    assert "| `delay` | number from 0 to 60 by default 0 | Seconds of real time. |" in put
    assert "| `answer` | `reset`, `truncated`, `malformed`, `status` |" in put
    assert "| 400 |" in put


@pytest.mark.parametrize(("program", "group"), [("suno-mock", cli), ("suno-contract", contract)])
def test_the_reference_has_every_command(program: str, group: click.Group) -> None:
    names = [f"### {program} {name}\n" for name in group.list_commands(click.Context(group))]
    assert missing(names, "commands") == []


def test_the_reference_has_every_scenario_rule_and_question() -> None:
    assert missing((f"| `{each.name}` |" for each in Scenarios.read()), "scenarios") == []
    assert missing((f"| `{each.rule.id}` |" for each in known()), "rules") == []
    assert missing((f"## {name}\n" for name in Register.read().questions), "questions") == []


def missing(wanted: Iterable[str], page: str) -> list[str]:
    """What a reference page lacks."""
    return [each for each in wanted if each not in MADE[f"reference/{page}.md"]]
