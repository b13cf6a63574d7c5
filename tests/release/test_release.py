"""`python -m release` in a clone: what it changes, and that a dry run changes nothing."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.environment import ROOT
from tests.packaging.test_same_bytes import MADE_HERE

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="a release is a commit of git")
AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A"), ("EMAIL", "a@example.com"))
}
NEXT = "99.0.0"


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    environment = {**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": os.devnull}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return ran.stdout.strip()


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "release", *arguments]
    environment = {**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the files that are here, with one commit."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT, folder, ignore=MADE_HERE)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "All")
    return folder


def told(clone: Path) -> tuple[str, str, str, bool]:
    """All that a release could change: commits, tags, files, artefacts."""
    return (
        git(clone, "log", "--format=%H"),
        git(clone, "tag"),
        git(clone, "status", "--porcelain") + git(clone, "worktree", "list"),
        (clone / "dist").exists(),
    )


def test_a_dry_run_does_it_all_and_changes_nothing(clone: Path) -> None:
    before = told(clone)
    ran = release(clone, NEXT, "--dry-run", "--date", "2026-11-26")
    assert (ran.returncode, ran.stderr) == (0, "")
    said = [line.partition(" ")[0] for line in ran.stdout.splitlines()]
    assert said == ["version", "built", "built", "commit", "tag", "dry"]
    assert f"suno_mock-{NEXT}-py3-none-any.whl" in ran.stdout
    assert told(clone) == before


def test_a_release_is_a_commit_a_tag_and_artefacts(clone: Path) -> None:
    ran = release(clone, NEXT, "--date", "2026-11-26")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == f"not pushed git push --atomic origin HEAD v{NEXT}"
    assert git(clone, "log", "-1", "--format=%s") == f"Release {NEXT}"
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "rev-parse", f"v{NEXT}^{{commit}}") == git(clone, "rev-parse", "HEAD")
    assert git(clone, "tag", "-l", "--format=%(contents:subject)", f"v{NEXT}") == NEXT
    assert "### Added" in git(clone, "tag", "-l", "--format=%(contents)", f"v{NEXT}")
    top = re.search(r"^## .+$", (clone / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert top
    assert top[0] == f"## {NEXT} (2026-11-26)"
    for line in (clone / "dist" / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert NEXT in name
        assert hashlib.sha256((clone / "dist" / name).read_bytes()).hexdigest() == digest


def test_what_is_not_committed_and_a_tag_that_is_there_are_named(clone: Path) -> None:
    git(clone, "tag", f"v{NEXT}")
    ran = release(clone, NEXT)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"release: there is a tag v{NEXT} already: choose another version\n"
    (clone / "new.txt").write_text("new", "utf-8")
    assert release(clone, NEXT).stderr == (
        "release: these are not committed, so no release would have them:\n?? new.txt\n"
    )
