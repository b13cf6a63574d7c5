"""Promises about the tests themselves: they use the public face, and look up where something stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MODULES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.py"))
REWRITTEN = (
    "mock_server/callbacks/test_concurrency.py",
    "mock_server/callbacks/test_scheduler.py",
    "mock_server/http/test_endpoint.py",
    "mock_server/http/test_protocol.py",
    "mock_server/state/test_store.py",
)
"""These are being written anew with what they test, and still use what is private; nothing may be added."""
BY_HAND = re.compile(r"\.(?:ya?ml|json|jinja|py|md):\d")
BY_NAME = {"setattr", "getattr", "delattr", "hasattr", "patch", "object"}
"""Calls that take the name of what they look at or replace, as a text."""

each_module = pytest.mark.parametrize("module", MODULES)


@each_module
def test_no_line_number_is_written_by_hand(module: str) -> None:
    found = [line for line in (TESTS / module).read_text("utf-8").splitlines() if BY_HAND.search(line)]
    assert found == [], "tests.places looks the place up"


@each_module
def test_no_test_uses_what_is_private(module: str, request: pytest.FixtureRequest) -> None:
    if module in REWRITTEN:
        request.applymarker(pytest.mark.xfail(strict=True, reason="take it out of REWRITTEN"))
    assert private((TESTS / module).read_text("utf-8")) == [], "test what is seen from outside, or pass a seam in"


def is_private(name: str) -> bool:
    """Whether some part of a dotted name begins with one underscore, or two and does not end so."""
    return any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def named(node: ast.AST) -> Iterator[str]:
    """The names of others that a node says: attributes but those of `self` and `cls`, imports, texts that name them."""
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls", "super()"):
        yield node.attr
    if isinstance(node, ast.ImportFrom):
        yield from (node.module or "", *(alias.name for alias in node.names))
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in BY_NAME:
        yield from (each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str))


def private(source: str) -> list[str]:
    """The private names of others that a source uses, each with its line."""
    return [
        f"{name}, line {node.lineno}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.expr | ast.stmt)
        for name in named(node)
        if is_private(name)
    ]


@pytest.mark.parametrize(
    "source",
    [
        "mock._server",
        "mock.control._parts.journal",
        "rulebook.__limits",
        "from mock_server.pages.rendering import HOME, _after",
        "from mock_server._parts import x",
        "import mock_server._parts",
        "monkeypatch.setattr(deferred_delivery, '_over_http', slow)",
        "patch('mock_server.state.journal._listed')",
        "getattr(mock, '_server')",
    ],
)
def test_what_is_private_is_found(source: str) -> None:
    (found,) = private(source)
    assert found.endswith(", line 1")


@pytest.mark.parametrize(
    "source",
    [
        "self._own",
        "cls._own",
        "super()._own()",
        "name.__slots__",
        "_own()",
        "import a.__main__",
    ],
)
def test_what_is_ones_own_is_not(source: str) -> None:
    assert private(source) == []
