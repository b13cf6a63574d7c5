"""`suno-mock profiles` and what stands below it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.commands.cli import cli
from tests.mock_server.contract.test_profile_files import written


def run(*arguments: str) -> tuple[int, str]:
    """The exit status and what is printed."""
    result = CliRunner().invoke(cli, ["profiles", *arguments], standalone_mode=False, catch_exceptions=False)
    return result.return_value or 0, result.output


def test_the_profiles_are_listed() -> None:
    assert run()[1].splitlines()[0].startswith("apikley  The Apikley OpenAPI document")
    assert [each["name"] for each in json.loads(run("--json")[1])] == [
        "apikley",
        "classic",
        "kie",
        "observed",
        "sunoapi",
    ]


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("format: 1\nextends: apikley", 0, "mine.yaml can be served.\n"),
        ("format: 1\nextends: apikley\npikcs: {}", 1, ": pikcs is unknown. Nearest: picks. Allowed: format, "),
    ],
)
def test_a_profile_is_checked(tmp_path: Path, text: str, status: int, said: str) -> None:
    ended, printed = run("check", written(tmp_path, text))
    assert ended == status
    assert said in printed


def test_what_is_wrong_is_told_as_json(tmp_path: Path) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley\ntracks_per_task: 0")
    (found,) = json.loads(run("check", path, "--json")[1])
    assert (
        found.items()
        >= {"file": path, "problem": "tracks_per_task is 0. Allowed: a whole number from 1 to 100."}.items()
    )
    assert json.loads(run("check", "apikley", "--json")[1]) == []


def test_a_profile_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley")
    assert run("show", path)[1] == f"format: 1  ({path}:1)\nextends: apikley  ({path}:2)\n"
    assert "pending: PENDING  (openapi/family.yaml:" in run("show", path, "--resolved")[1]


def test_two_profiles_are_compared() -> None:
    told = run("diff", "apikley", "classic")[1]
    assert told.startswith("Paths that you call (")
    assert "\n    persona: POST /api/v1/generate/generate-persona; classic has none\n" in told
    assert run("diff", "classic", "classic")[1] == "classic and classic are the same to a client.\n"
