"""Promises about the code itself: one way through the rooms, and sizes.

A room is a folder or a module directly below one of the two packages. Their order is nowhere written down by hand: it
is derived from what they import, and there has to be one.
"""

import ast
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("mock_server", "contract_tests")
FOLDERS = (*PACKAGES, "suno_mock_pytest")
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MOST_LINES = 250
PURE = ("mock_server/core/", "mock_server/contract/", "mock_server/domain/")
"""Rooms that decide and never wait."""
INPUT_OUTPUT = {
    "aiohappyeyeballs",
    "asyncio",
    "http",
    "httpx",
    "socket",
    "starlette",
    "subprocess",
    "threading",
    "time",
    "uvicorn",
}
FENCED = {"mock_server/http/connection.py"}
"""The modules that may reach into uvicorn."""
ids = [path.relative_to(ROOT).as_posix() for path in MODULES]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


NAMES = {dotted(path) for path in MODULES}


def room(module: str) -> str:
    """The room of a module; the package itself is the room of its name."""
    return (module.split(".") * 2)[1]


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All of the tree of a file, which is read once."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """The trees, which are large, once they were looked at."""
    yield
    nodes.cache_clear()


@cache
def imported(path: Path) -> set[str]:
    """Every module that a file imports when it runs; imports for types alone are left out."""
    left_out = [
        under
        for node in nodes(path)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for each in node.body
        for under in ast.walk(each)
    ]
    names: set[str] = set()
    for node in set(nodes(path)) - set(left_out):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def own(path: Path) -> Iterator[str]:
    """The modules of the same package that a file imports, without the folders on the way to them."""
    package, known = path.relative_to(ROOT).parts[0], imported(path) & NAMES
    for name in known:
        below = any(other.startswith(f"{name}.") for other in known)
        if name.startswith(f"{package}.") and not below:
            yield name


def one_way(arrows: dict[str, set[str]]) -> list[str]:
    """The order in which everything imports only what comes earlier. Fails with the circle where there is none."""
    try:
        return list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        pytest.fail(f"imports go round: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way_through_the_rooms(package: str) -> None:
    arrows = defaultdict[str, set[str]](set)
    for path in (ROOT / package).rglob("*.py"):
        here = room(dotted(path))
        arrows[here] |= {room(name) for name in own(path)} - {here}
    one_way(arrows)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way_within_the_rooms(package: str) -> None:
    one_way({dotted(path): set(own(path)) for path in (ROOT / package).rglob("*.py")})


def test_a_circle_is_found() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"imports go round: [ab] <- [ab] <- [ab]"):
        one_way({"a": {"b"}, "b": {"a"}})


def test_the_core_is_free_of_input_and_output() -> None:
    for path in [path for path, name in zip(MODULES, ids, strict=True) if name.startswith(PURE)]:
        allowed = {"time"} if path.stem == "clock" else set()
        assert not ({name.partition(".")[0] for name in imported(path)} & INPUT_OUTPUT) - allowed, path


def test_api_and_control_do_not_know_each_other() -> None:
    for path in (ROOT / "mock_server" / "api").glob("*.py"):
        assert not {"control", "pages"} & {room(name) for name in own(path)}, path.name
    for path in [each for name in ("control", "pages") for each in (ROOT / "mock_server" / name).glob("*.py")]:
        assert "api" not in {room(name) for name in own(path)}, path.name


def test_mock_and_harness_do_not_know_each_other() -> None:
    for path in MODULES:
        other = {"mock_server": "contract_tests", "contract_tests": "mock_server"}.get(path.relative_to(ROOT).parts[0])
        assert not any(name.partition(".")[0] == other for name in imported(path)), path


def test_modules_stay_small_and_say_what_they_are() -> None:
    for path in MODULES:
        assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES, path
        module = nodes(path)[0]
        assert isinstance(module, ast.Module)
        assert ast.get_docstring(module), path


def test_functions_stay_short() -> None:
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, f"{path}: {node.name}"


NAMED_TUPLE = {"_replace", "_asdict", "_fields", "_make"}
"""What the documentation of collections.namedtuple offers under names that look private, so that fields can be called
otherwise."""


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in NAMED_TUPLE


def made(path: Path) -> Iterator[str]:
    """Every name that a file gives to something of its own."""
    for node in nodes(path):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


SOURCES = (*FOLDERS, "tests", "benchmarks")
CODE = sorted(path for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))


@pytest.fixture(scope="module")
def ours() -> set[str]:
    """Every name that something of ours has."""
    return {name for path in CODE for name in made(path)}


def foreign(tree: Iterable[ast.AST], ours: Container[str]) -> Iterator[str]:
    """The code that takes a private part of another library: a private name that nothing of ours has."""
    for node in tree:
        match node:
            case ast.Import(names=names):
                taken = [part for each in names for part in each.name.split(".")]
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] not in SOURCES:
                taken = [*module.split("."), *(each.name for each in names)]
            case ast.Attribute(attr=name, ctx=ast.Load()):
                taken = [name] if name not in ours else []
            case ast.Call(func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]):
                taken = [name] if name not in ours else []
            case _:
                taken = []
        if any(map(private, taken)):
            yield ast.unparse(node)


def test_no_private_part_of_another_library_is_used(ours: set[str]) -> None:
    for path in CODE:
        if path.relative_to(ROOT).as_posix() not in FENCED:
            assert list(foreign(nodes(path), ours)) == [], path


@pytest.mark.parametrize(
    "code",
    [
        "self._describe_range()",
        "from uvicorn._types import Scope",
        "import _pytest.config",
        "getattr(loop, '_scheduled')",
    ],
)
def test_a_private_part_of_another_library_is_found(code: str, ours: set[str]) -> None:
    assert list(foreign(ast.walk(ast.parse(code)), ours)) == [code.removesuffix("()")]
