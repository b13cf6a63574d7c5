"""The distributions that are installed: pinned, reviewed, and from no place of somebody's own."""

import datetime
import re
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
    assert use in ("serve", "contract", "dev")
    assert use == "dev" or "GPL" not in licence
    assert outcome


def test_everything_is_pinned_to_one_version_and_to_no_place() -> None:
    for line in rows("requirements.lock"):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+( ; .+)?", line), line
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")
