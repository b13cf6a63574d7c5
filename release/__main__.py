"""Release what is committed: `python -m release VERSION [--dry-run]`.

It writes the version and the day into the files, commits that, builds the wheel and the sdist twice, tags, and puts
both into `dist/` with their hashes. All happens in a work tree of its own first, so that what fails changes nothing; a
dry run does the same and then leaves it. Nothing is pushed.
"""

import argparse
import datetime
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from release.texts import CHANGELOG, VERSIONS, CannotRelease, released, section

SUMS: Final = "SHA256SUMS"


def main() -> int:
    """The exit status: 0 for a release, 2 where there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m release", description="Release what is committed. Nothing is pushed."
    )
    parser.add_argument("version", metavar="VERSION", help="such as 0.2.0")
    parser.add_argument("--date", type=datetime.date.fromisoformat, metavar="DAY", help="such as 2026-11-26: today")
    parser.add_argument("--dry-run", action="store_true", help="do it all, and then leave everything as it was")
    given = parser.parse_args()
    try:
        release(Path.cwd(), given.version, given.date or datetime.date.today(), dry_run=given.dry_run)
    except CannotRelease as problem:
        print(f"release: {problem}", file=sys.stderr)
        return 2
    return 0


def release(here: Path, version: str, day: datetime.date, *, dry_run: bool) -> None:
    """Release the commit that is checked out in a folder. Raises CannotRelease."""
    tag = f"v{version}"
    _ready(here, tag)
    with _apart(here) as tree:
        _write(tree, version, day)
        built = _built_twice(tree)
        _git(tree, "commit", "-q", "-a", "-m", f"Release {version}")
        commit = _git(tree, "rev-parse", "HEAD")
        notes = section((tree / CHANGELOG).read_text("utf-8"))
        print(f"commit     {commit[:10]} Release {version}")
        print(f"tag        {tag}, with the {len(notes.splitlines())} lines of {CHANGELOG}")
        if dry_run:
            print("dry run    nothing was changed")
            return
        _git(here, "merge", "-q", "--ff-only", commit)
        _git(here, "tag", "-a", "--cleanup=verbatim", "-m", f"{version}\n\n{notes}", tag, commit)
        _keep(here / "dist", built)
    print(f"not pushed git push --atomic origin HEAD {tag}")


def _ready(here: Path, tag: str) -> None:
    """Raise CannotRelease where something is not committed, or the tag is there."""
    changed = _git(here, "status", "--porcelain")
    if changed:
        raise CannotRelease(f"these are not committed, so no release would have them:\n{changed}")
    if _git(here, "tag", "--list", tag):
        raise CannotRelease(f"there is a tag {tag} already: choose another version")


@contextmanager
def _apart(here: Path) -> Iterator[Path]:
    """A work tree of what is checked out, which is gone at the end."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        _git(here, "worktree", "add", "-q", "--detach", str(tree))
        try:
            yield tree
        finally:
            _git(here, "worktree", "remove", "--force", str(tree))


def _write(tree: Path, version: str, day: datetime.date) -> None:
    names = (CHANGELOG, *VERSIONS)
    files = {name: (tree / name).read_text("utf-8") for name in names}
    for name, text in released(files, version, day).items():
        (tree / name).write_text(text, "utf-8", newline="\n")
    print(f"version    {version} of {day.isoformat()} in {', '.join(names)}")


def _built_twice(tree: Path) -> Mapping[str, bytes]:
    """The wheel and the sdist. Raises CannotRelease where they are not the same the second time."""
    first, second = _built(tree, tree.parent / "first"), _built(tree, tree.parent / "second")
    if first != second:
        raise CannotRelease(f"{', '.join(first)} are other bytes when they are built once more")
    for name, content in first.items():
        print(f"built      {name}, {len(content)} bytes, the same twice")
    return first


def _built(tree: Path, into: Path) -> dict[str, bytes]:
    known = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(into)]
    subprocess.run(command, cwd=tree, env=known, check=True, capture_output=True)
    return {file.name: file.read_bytes() for file in sorted(into.iterdir())}


def _keep(folder: Path, built: Mapping[str, bytes]) -> None:
    """Put what was built, with its hashes, into a folder that has nothing else then."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in built.items():
        (folder / name).write_bytes(content)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in built.items()]
    (folder / SUMS).write_text("".join(sums), "utf-8", newline="\n")
    print(f"artefacts  {', '.join((*built, SUMS))} in {folder.name}/")


def _git(folder: Path, *arguments: str) -> str:
    """What git says. Raises CannotRelease with its own words where it fails."""
    ran = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise CannotRelease(f"git {arguments[0]}: {ran.stderr.strip()}")
    return ran.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
