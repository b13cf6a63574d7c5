"""The table of docs/strangers.md names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<number>\d+) \| (?P<what>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)`")
ROWS = [match.groupdict() for match in ROW.finditer((ROOT / "docs" / "strangers.md").read_text(encoding="utf-8"))]


def test_every_number_has_its_rows_in_order() -> None:
    numbers = [int(row["number"]) for row in ROWS]
    assert list(dict.fromkeys(numbers)) == list(range(1, 26))
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['number']}-{row['what'][:30]}")
def test_every_row_names_tests_that_exist(row: dict[str, str]) -> None:
    named = NAMED.findall(row["tests"])
    assert named
    assert [each for each in named if each[1] not in _tests_of(each[0])] == []


def _tests_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
