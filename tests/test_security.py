"""SECURITY.md: every promise names tests that there are."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
PROMISES = [row for row in re.findall(r"^\| (.+) \|$", TEXT, re.M) if not row.startswith(("promise |", "---"))]


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_names_its_tests(promise: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", promise)
    assert named
    for file, test in named:
        functions = [
            each.name
            for each in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        assert test in functions


def test_links_lead_somewhere() -> None:
    assert all((ROOT / target).is_file() for target in re.findall(r"\]\(([^)]+)\)", TEXT))
