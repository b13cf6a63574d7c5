"""The distributions that are installed: pinned, reviewed, and from no place of somebody's own."""

import datetime
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def rows(name: str) -> list[str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


LOCKED = [line.partition(" ;")[0].replace("==", " ") for line in rows("requirements.lock")]
REVIEWED = [row.split(" | ") for row in rows("requirements.reviewed")]


def test_what_is_locked_is_what_was_reviewed() -> None:
    assert [row[0] for row in REVIEWED] == LOCKED


@pytest.mark.parametrize("row", REVIEWED, ids=lambda row: row[0])
def test_a_review_says_when_what_for_under_which_terms_and_with_what_outcome(row: list[str]) -> None:
    _, date, use, licence, outcome = row
    assert datetime.date.fromisoformat(date)
    extra, purpose = use.split(": ", 1)
    assert extra in ("serve", "contract", "shared", "dev")
    assert purpose
    assert extra == "dev" or "GPL" not in licence
    assert outcome


def test_everything_is_pinned_to_one_version_and_to_no_place() -> None:
    for line in rows("requirements.lock"):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+( ; .+)?", line), line
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")


HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def hashed() -> dict[str, list[str]]:
    """The lines of requirements.hashes behind each requirement."""
    found: dict[str, list[str]] = {}
    for line in rows("requirements.hashes"):
        text = line.removesuffix(" \\")
        if line.startswith(" "):
            found[list(found)[-1]].append(text)
        else:
            found[text] = []
    return found


def test_what_is_locked_has_its_hashes() -> None:
    assert list(hashed()) == rows("requirements.lock")
    assert all(hashes and all(map(HASH.fullmatch, hashes)) for hashes in hashed().values())
    assert "://" not in (ROOT / "requirements.hashes").read_text("utf-8")


def test_what_builds_the_project_is_pinned_and_locked() -> None:
    (backend,) = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert backend in rows("requirements.lock")


def test_ci_installs_nothing_without_a_hash() -> None:
    installs = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if "pip install" in line]
    assert [("--require-hashes" in line, "--no-deps" in line) for line in installs] == [(True, True), (False, True)]
    assert "--no-build-isolation" in installs[1]
