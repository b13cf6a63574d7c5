"""Promises about the code itself: layers, sizes, what the wheel carries."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mock_server"
MODULES = sorted(PACKAGE.rglob("*.py"))
LAYERS = {
    "nouns": ["errors", "clock", "settings", "seeding", "wording", "calls", "documents"],
    "pure": [
        "questions",
        "merging",
        "contract",
        "rulebook",
        "profile",
        "scenarios",
        "rules",
        "timeline",
        "results",
        "callbacks",
        "records",
        "decode",
        "answers",
        "accounts",
        "tasks",
        "tracks",
        "operations",
        "examples",
        "media",
        "masking",
        "curls",
        "outcomes",
        "explaining",
        "durations",
    ],
    "state": [
        "deferred",
        "delivery",
        "hosts",
        "entries",
        "changes",
        "journal",
        "store",
        "config",
        "faults",
        "chains",
        "places",
        "views",
    ],
    "out": ["attempts", "scheduler"],
    "in": [
        "parts",
        "gate",
        "sources",
        "derived",
        "api",
        "reading",
        "endpoint",
        "fallback",
        "downloads",
        "files",
        "triggering",
        "control",
        "described",
        "replies",
        "guard",
        "admin",
        "pages",
    ],
    "wiring": [
        "app",
        "intake",
        "receiver",
        "completing",
        "bounds",
        "protocol",
        "listening",
        "handle",
        "keyview",
        "server",
        "pytest_plugin",
        "console",
        "listings",
        "options",
        "demo",
        "serving",
        "printing",
        "telling",
        "lazily",
        "commands",
        "cli",
        "__main__",
        "__init__",
    ],
}
RANK = {module: rank for rank, modules in enumerate(LAYERS.values()) for module in modules}
INPUT_OUTPUT = {
    "aiohttp",
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
ids = [".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in MODULES]


def room(path: Path) -> str:
    """The module, or the folder that it stands in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every module that a file imports when it runs; imports for types alone are left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def own(path: Path) -> set[str]:
    """The modules of this package that a file imports."""
    names = {name.split(".")[1] for name in imported(path) if name.startswith("mock_server.")}
    return names & set(RANK)


def test_every_module_has_a_layer() -> None:
    assert {room(path) for path in MODULES} == set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_no_module_imports_from_a_layer_above(path: Path) -> None:
    above = {module for module in own(path) if RANK[module] > RANK[room(path)]}
    assert not above, f"{path} must not know {above}"


@pytest.mark.parametrize("module", [*LAYERS["nouns"], *LAYERS["pure"]])
def test_the_core_is_free_of_input_and_output(module: str) -> None:
    allowed = {"time"} if module == "clock" else set()
    tops = {name.partition(".")[0] for name in imported(ROOT / "mock_server" / f"{module}.py")}
    assert not (tops & INPUT_OUTPUT) - allowed


def test_api_and_admin_do_not_know_each_other() -> None:
    provider, control = {"api", "endpoint", "gate", "derived"}, {"admin", "control", "described", "guard", "pages"}
    for module in provider:
        assert not control & own(ROOT / "mock_server" / f"{module}.py")
    for path in MODULES:
        assert room(path) not in control or not provider & own(path)


def test_the_harness_does_not_know_the_mock() -> None:
    for path in (ROOT / "contract_tests").rglob("*.py"):
        assert not any(name.startswith("mock_server") for name in imported(path)), path.name


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_modules_stay_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 250
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_functions_stay_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{path}: {node.name}"


def test_the_wheel_carries_the_data(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, timeout=120)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        carried = set(wheel.namelist())
    for folder in ("openapi", "fixtures"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert {f"mock_server/_data/{path.as_posix()}" for path in files} <= carried
    assert {
        path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.*") if "__pycache__" not in path.parts
    } <= carried
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in carried)
