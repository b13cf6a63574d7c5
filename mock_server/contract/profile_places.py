"""Where each line of a profile stands, as `file:line`: in its own file, one that it extends, or the family's. Pure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from mock_server.contract.documents import ROOT, Document, Pointer, composed
from mock_server.contract.operation_files import FILE, OPERATIONS
from mock_server.contract.profile_files import FAMILY, chain, resolved


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


def shown(path: Path, whole: bool = False) -> str:
    """A file of ours by its path in the checkout, unless its `whole` path is asked for; any other as it was named."""
    return str(path) if whole or not path.is_relative_to(ROOT) else path.relative_to(ROOT).as_posix()


def files(text: str) -> tuple[Path, ...]:
    """All files that a profile is read from: its own first, then those that it extends, the family's, and those of its
    operations. Raises BadSetting."""
    operations = resolved(text)[OPERATIONS].values()
    return (*chain(text), FAMILY, *(Path(each[FILE]) for each in operations if FILE in each))


def place_in(paths: Sequence[Path], *pointer: str | int) -> Place:
    """Where the first of the files has a node, or else the innermost node around it that any has."""
    while pointer:
        for path in paths:
            line = _line(path, pointer)
            if line:
                return Place(path, line)
        pointer = pointer[:-1]
    return Place(paths[0], 1)


def place_of(paths: Sequence[Path], *pointers: Pointer) -> Place:
    """Where something is wrong that each of some nodes has a part in: in the first of the files that has one."""
    for path in paths:
        for pointer in filter(None, pointers):
            if line := _line(path, pointer):
                return Place(path, line)
    return place_in(paths, *pointers[0])


def repeated(path: Path) -> Iterator[Problem]:
    """The keys that a file has twice, of which YAML reads the last."""
    yield from _repeated(path, composed(path), ())


def _repeated(path: Path, node: yaml.Node | None, pointer: Pointer) -> Iterator[Problem]:
    before: dict[str, int] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name, line = str(key.value), key.start_mark.line + 1
        if name in before:
            said = f"{'.'.join(map(str, (*pointer, name)))} is there twice, first on line {before[name]}."
            yield Problem(Place(path, line), f"{said} Allowed: each key once.")
        before[name] = line
        yield from _repeated(path, value, (*pointer, name))
    for number, value in enumerate(node.value if isinstance(node, yaml.SequenceNode) else ()):
        yield from _repeated(path, value, (*pointer, number))


def _line(path: Path, pointer: Pointer) -> int:
    """The line of a node; 0 where the file has none. A key that is a number stands there as a text."""
    lines = Document.read(path).lines
    here: Pointer = ()
    for step in pointer:
        here = next((each for each in ((*here, step), (*here, str(step))) if each in lines), ())
        if not here:
            return 0
    return lines[here]
