"""Where each line of a profile stands, as `file:line`: in its own file, one that it extends, or the family's. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mock_server.contract.documents import ROOT, Document, Pointer
from mock_server.contract.profile_files import FAMILY, chain


class Place(NamedTuple):
    """A line of a file."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}"


class Problem(NamedTuple):
    """Something that is wrong with a profile, and where."""

    place: Place
    said: str

    def __str__(self) -> str:
        return f"{self.place}: {self.said}"


def shown(path: Path) -> str:
    """A file of ours by its path in the checkout, any other as it was named."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def files(text: str) -> tuple[Path, ...]:
    """All files that a profile is read from, its own first, the family's last. Raises BadSetting."""
    return (*chain(text), FAMILY)


def place_in(paths: Sequence[Path], *pointer: str | int) -> Place:
    """Where the first of the files has a node, or else the innermost node around it that any has."""
    while pointer:
        for path in paths:
            line = _line(path, pointer)
            if line:
                return Place(path, line)
        pointer = pointer[:-1]
    return Place(paths[0], 1)


def _line(path: Path, pointer: Pointer) -> int:
    """The line of a node; 0 where the file has none. A key that is a number stands there as a text."""
    lines = Document.read(path).lines
    here: Pointer = ()
    for step in pointer:
        here = next((each for each in ((*here, step), (*here, str(step))) if each in lines), ())
        if not here:
            return 0
    return lines[here]
