"""How many lines the packages have: `python -m tests.lines`, or `python -m tests.lines COMMIT` for an earlier state.

Lines are all lines of all Python files, as `wc -l` counts them. Lines of code are those without blank lines, comments,
and strings that stand alone, such as docstrings.
"""

import ast
import io
import subprocess
import sys
import tarfile
import tokenize
from collections.abc import Iterator
from typing import Final

from tests.test_architecture import PACKAGES, ROOT

BESIDE: Final = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}
"""Tokens that are no code."""


def alone(text: str) -> Iterator[int]:
    """The lines of strings that stand alone."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def lines_of_code(text: str) -> int:
    """Lines that hold code."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    held = {line for each in tokens if each.type not in BESIDE for line in range(each.start[0], each.end[0] + 1)}
    return len(held - {*alone(text)})


def now(package: str) -> Iterator[str]:
    """The text of every file of a package."""
    for path in sorted((ROOT / package).rglob("*.py")):
        yield path.read_text("utf-8")


def at(commit: str, package: str) -> Iterator[str]:
    """The text of every file of a package as a commit has it. Raises CalledProcessError where there is no such one."""
    command = ["git", "-C", str(ROOT), "archive", commit, package]
    packed = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if member.name.endswith(".py") and (file := archive.extractfile(member)) is not None:
                yield file.read().decode()


def main(commits: list[str]) -> None:
    for package in PACKAGES:
        for commit in commits or [""]:
            texts = list(at(commit, package) if commit else now(package))
            lines, code = sum(text.count("\n") for text in texts), sum(map(lines_of_code, texts))
            print(f"{package} {commit or 'here'}: {len(texts)} files, {lines} lines, {code} of them code")


if __name__ == "__main__":
    main(sys.argv[1:])
