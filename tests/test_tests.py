"""Promises about the tests themselves: no private names, no sleeping, no fixed ports, no line numbers by hand."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

TESTS = Path(__file__).parent
MODULES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.py"))
UNKEPT = {("sleeping", "slow_store.py")}
"""A store that waits is what that module is for; nothing may be added."""
NAMED_TUPLE = {"_replace", "_asdict", "_fields"}
"""What the documentation of collections.namedtuple offers under names that look private."""
BY_NAME = {"setattr", "getattr", "delattr", "hasattr", "patch", "object"}
"""Calls that take the name of what they look at or replace, as a text."""
LISTENS = {"bind", "create_server", "start_server", "listen", "MockServer", "Receiver"}
"""Calls that may take a port."""
PORTS = range(1, 65536)
BY_HAND = re.compile(r"\.(?:ya?ml|json|jinja|py|md):\d")


class Source(NamedTuple):
    """A module by its lines, and by all of its tree."""

    lines: list[str]
    nodes: list[ast.AST]


@cache
def read(text: str) -> Source:
    return Source(text.splitlines(), list(ast.walk(ast.parse(text))))


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """The trees, which are large, once they were looked at."""
    yield
    read.cache_clear()


def calls(source: Source) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last name of what is called."""
    for node in source.nodes:
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield name, node


def names(source: Source) -> Iterator[str]:
    """The names of others: attributes but those of `self` and `cls`, imports, and texts that name them in a call."""
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super"))):
                pass
            case ast.Attribute(attr=name) | ast.ImportFrom(module=str(name)) | ast.alias(name=name):
                yield name
    for name, call in calls(source):
        if name in BY_NAME:
            yield from (str(each.value) for each in call.args if isinstance(each, ast.Constant))


def private(source: Source) -> Iterator[str]:
    """The names of others with a part that begins with an underscore."""
    for name in names(source):
        parts = {*name.split(".")} - NAMED_TUPLE
        if any(part.startswith("_") and not part.endswith("__") for part in parts):
            yield name


def sleeping(source: Source) -> Iterator[str]:
    """Calls that sleep. For 0 seconds is a turn of the loop."""
    for name, call in calls(source):
        if name == "sleep" and ast.unparse(call) != "asyncio.sleep(0)":
            yield ast.unparse(call)


def ports(source: Source) -> Iterator[str]:
    """Calls that listen on a port of a number; 0 is a free one."""
    for name, call in calls(source):
        given = [*call.args, *(each.value for each in call.keywords if each.arg == "port")]
        parts = [part for each in given for part in (each.elts if isinstance(each, ast.Tuple) else [each])]
        if name in LISTENS and any(isinstance(each, ast.Constant) and each.value in PORTS for each in parts):
            yield ast.unparse(call)


def by_hand(source: Source) -> Iterator[str]:
    """Lines that say where something stands in a file."""
    return filter(BY_HAND.search, source.lines)


PROMISES: Mapping[str, tuple[Callable[[Source], Iterator[str]], str]] = {
    "private": (private, "test what is seen from outside, or pass a seam in"),
    "sleeping": (sleeping, "wait for what happens, as tests.waiting does, or pass a clock in"),
    "ports": (ports, "take port 0, and ask which one it is"),
    "by hand": (by_hand, "tests.places looks up where it stands"),
}
"""What finds where a promise is broken, and what to do instead."""


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_kept(promise: str) -> None:
    broken, instead = PROMISES[promise]
    unkept = {module: list(broken(read((TESTS / module).read_text("utf-8")))) for module in MODULES}
    found = {module: where for module, where in unkept.items() if where}
    assert found.keys() == {module for unkept, module in UNKEPT if unkept == promise}, f"{instead}: {found}"


@pytest.mark.parametrize(
    ("promise", "source"),
    [
        ("private", "mock._server"),
        ("private", "mock.control._parts.journal"),
        ("private", "rulebook.__limits"),
        ("private", "from mock_server.pages.rendering import HOME, _after"),
        ("private", "from mock_server._parts import x"),
        ("private", "import mock_server._parts"),
        ("private", "monkeypatch.setattr(http_delivery, '_target', slow)"),
        ("private", "patch('mock_server.state.journal._listed')"),
        ("private", "getattr(mock, '_server')"),
        ("sleeping", "time.sleep(0.1)"),
        ("sleeping", "asyncio.sleep(PAUSE)"),
        ("ports", "server.bind(('127.0.0.1', 4010))"),
        ("ports", "listen(host, 4010)"),
        ("ports", "MockServer(pace='manual', port=4010)"),
        ("by hand", "'apikley.openapi.yaml" + ":137'"),
    ],
)
def test_a_broken_promise_is_found(promise: str, source: str) -> None:
    assert [name for name, (broken, _) in PROMISES.items() if list(broken(read(source)))] == [promise]


@pytest.mark.parametrize(
    "source",
    [
        "self._own",
        "cls._own",
        "super()._own()",
        "name.__slots__",
        "_own()",
        "import a.__main__",
        "asyncio.sleep(0)",
        "Target(sleep=slept.append)",
        "server.bind(('127.0.0.1', 0))",
        "MockServer(port=port)",
        "f'{file}:{line}'",
    ],
)
def test_what_is_allowed_is_not_found(source: str) -> None:
    assert not any(list(broken(read(source))) for broken, _ in PROMISES.values())
