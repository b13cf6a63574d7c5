"""Who builds the wheel and the sdist gets the same bytes: another day, in another folder, with files of other modes."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.packaging.environment import ROOT

MADE_HERE = shutil.ignore_patterns(".*_cache", ".coverage*", ".git", ".hypothesis", ".venv", "__pycache__")
WHEN = 1_000_000_000
"""When the files of the copy were written, in seconds of the epoch."""


def build(source: Path, into: Path, *targets: str, **environment: str) -> dict[str, bytes]:
    """What is built of a folder: bytes by file."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(into)]
    command += [word for each in targets for word in ("-t", each)]
    known = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, cwd=source, env=known | environment, capture_output=True, timeout=120, check=True)
    return {file.name: file.read_bytes() for file in into.iterdir()}


@pytest.fixture(scope="module")
def built_here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(ROOT, tmp_path_factory.mktemp("dist"), "wheel", "sdist")


def test_another_clone_builds_the_same_bytes(built_here: dict[str, bytes], tmp_path: Path) -> None:
    shutil.copytree(ROOT, tmp_path / "clone", ignore=MADE_HERE)
    for path in (tmp_path / "clone").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (WHEN, WHEN))
    again = build(tmp_path / "clone", tmp_path / "dist", "wheel", "sdist", TZ="Asia/Tokyo", LANG="C")
    assert sorted(again) == sorted(built_here)
    assert [name for name, content in again.items() if content != built_here[name]] == []


def test_the_sdist_builds_the_same_wheel(built_here: dict[str, bytes], tmp_path: Path) -> None:
    (sdist,) = (name for name in built_here if name.endswith(".tar.gz"))
    (tmp_path / sdist).write_bytes(built_here[sdist])
    with tarfile.open(tmp_path / sdist) as packed:
        packed.extractall(tmp_path, filter="data")
    for name, content in build(tmp_path / sdist.removesuffix(".tar.gz"), tmp_path / "dist", "wheel").items():
        assert content == built_here[name]
