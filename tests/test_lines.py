"""Lines of code are counted as the count says."""

import shutil

import pytest

from tests.lines import at, lines_of_code, now
from tests.test_architecture import PACKAGES, ROOT


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ('"""A docstring\n\nof three lines."""\n', 0),
        ("# a comment\n\na = 1  # and one behind\n", 1),
        ('A = 1\n"""What it is."""\n', 1),
        ('a = """\n\nb"""\n', 3),
        ("a = [\n    # a comment\n    1,\n\n]\n", 3),
    ],
)
def test_lines_of_code_are_what_is_left(text: str, count: int) -> None:
    assert lines_of_code(text) == count


@pytest.mark.skipif(not (shutil.which("git") and (ROOT / ".git").exists()), reason="commits are git's")
@pytest.mark.parametrize("package", PACKAGES)
def test_a_commit_is_counted_as_the_files_that_are_here(package: str) -> None:
    assert {*now(package)} & {*at("HEAD", package)}
