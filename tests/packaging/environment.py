"""A user's environment: Python, suno-mock from its wheel, and what that needs; neither an extra nor this folder."""

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """`python` is its interpreter, `commands` and `packages` are its folders."""

    python: Path
    commands: Path
    packages: Path

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run its Python to the end, in a folder."""
        return ended([str(self.python), *arguments], cwd)


def ended(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a folder."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def wheel(folder: Path) -> Path:
    """Build the wheel of this folder."""
    build = ["-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *build], check=True, timeout=120)
    return next(folder.glob("*.whl"))


def environment(folder: Path, built: Path, *also: str) -> Environment:
    """An environment with a wheel, what it needs, and further distributions. Nothing is downloaded: all but the wheel
    are links to what is installed where this runs."""
    venv.create(folder, symlinks=True)
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    packages, commands = Path(paths["purelib"]), Path(paths["scripts"])
    link(packages, "suno-mock", *also)
    install = ["--python", str(folder), "install", "-q", "--no-deps", "--no-index", str(built)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, timeout=120)
    return Environment(python=commands / "python", commands=commands, packages=packages)


def link(folder: Path, *wanted: str) -> None:
    """Fill a folder with links to all that some distributions need, but suno-mock itself."""
    names = {name for each in wanted for name in needed(Requirement(each), set())} - {"suno-mock"}
    for path in {path for name in names for path in installed(name)}:
        (folder / path.name).symlink_to(path)


def unconnected(folder: Path, *wanted: str) -> dict[str, str]:
    """Variables with which a script's `pip install` of this folder downloads nothing: what some distributions need is
    found in a folder of links, and so is what builds it."""
    folder.mkdir()
    link(folder, "hatchling", *wanted)
    return {"PYTHONPATH": str(folder), "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}


def needed(wanted: Requirement, found: set[str]) -> set[str]:
    """The distributions that a requirement needs, itself among them."""
    if wanted.name not in found:
        found.add(wanted.name)
        for each in map(Requirement, distribution(wanted.name).requires or ()):
            if any(each.marker is None or each.marker.evaluate({"extra": extra}) for extra in {"", *wanted.extras}):
                needed(each, found)
    return found


def installed(name: str) -> Iterator[Path]:
    """The folders and files of a distribution at the top of where packages lie."""
    of = distribution(name)
    for top in {file.parts[0] for file in of.files or ()} - {"..", "__pycache__"}:
        yield Path(str(of.locate_file(top)))
