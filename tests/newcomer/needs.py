"""What each example of the page needs beside the mock, and whether it is here."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.newcomer.page import ROOT
from tests.other_clients.clients import CLIENTS, Client

JACKSON: Final = Client(
    what="Jackson",
    run=(),
    probe=("ls", "/usr/share/java"),
    has="jackson-databind.jar",
    package="libjackson2-databind-java",
    kinds=(),
)


def absent(title: str) -> str:
    """Why the example of a section cannot be run here as it is; empty where it can."""
    return to_install(title) or _first(PACKAGES.get(title, ()))


def to_install(title: str) -> str:
    """Why it cannot be run here after its set-up, either."""
    return _first(TOOLS.get(title, ()))


def _first(needs: Sequence[Callable[[], str]]) -> str:
    return next(filter(None, (needed() for needed in needs)), "")


def module(name: str) -> Callable[[], str]:
    """A module of Python."""
    return lambda: "" if find_spec(name) else f"no {name} here; pip install {name}"


def node_modules(folder: str, name: str) -> Path | None:
    """The folder that holds a package of npm: that of an example, or that of NODE_PATH."""
    folders = [
        ROOT / "examples" / folder / "node_modules",
        *map(Path, os.environ.get("NODE_PATH", "").split(os.pathsep)),
    ]
    return next((each for each in folders if (each / name / "package.json").is_file()), None)


def package(folder: str, name: str) -> Callable[[], str]:
    """A package of npm."""
    return lambda: "" if node_modules(folder, name) else f"no {name} here; npm install --prefix examples/{folder}"


TOOLS: Final[Mapping[str, tuple[Callable[[], str], ...]]] = {
    "Express": (CLIENTS["node"].absent,),
    "PHP": (CLIENTS["php"].absent,),
    "Go": (CLIENTS["go"].absent,),
    "Java": (CLIENTS["java"].absent, JACKSON.absent),
    "Credits used up": (replace(CLIENTS["curl"], has="curl").absent,),
    "Tests with Vitest": (CLIENTS["node"].absent,),
}
"""What a machine has or has not."""
PACKAGES: Final[Mapping[str, tuple[Callable[[], str], ...]]] = {
    "FastAPI": (module("fastapi"),),
    "Flask": (module("flask"), module("requests")),
    "Express": (package("express", "express"),),
    "Tests with Vitest": (package("vitest", "vitest"),),
}
"""What the set-up on the page installs."""


def checkout(folder: Path) -> Path:
    """The part of a checkout in which the commands of the page run, with what is installed where this runs."""
    unneeded = shutil.ignore_patterns("node_modules", "__pycache__", ".venv")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=unneeded)
    (folder / ".venv").symlink_to(sys.prefix)
    for example in ("express", "vitest"):
        if modules := node_modules(example, example):
            (folder / "examples" / example / "node_modules").symlink_to(modules)
    return folder
