"""Reads the data files: the published documents with the line of every node, and plain YAML.

A file may have two parts, with a line of three dashes between them: its head, and what is only read when it is needed.

In a checkout `openapi/` and `fixtures/` stand beside this package; a wheel carries them inside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover, PyYAML built without libyaml: slower, the same result
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

PACKAGED: Final = Path(__file__).parents[1] / "_data"
ROOT: Final = PACKAGED if PACKAGED.is_dir() else Path(__file__).parents[2]
OPENAPI: Final = ROOT / "openapi"
FIXTURES: Final = ROOT / "fixtures"

Pointer = tuple[str | int, ...]
"""The keys and indexes that lead from a document's root to a node."""
RULES: Final[Pointer] = ("rules",)
"""Where a document begins to quote itself."""
PARTED: Final = b"\n---\n"
"""What stands between the parts of a file."""


def load(path: Path) -> Any:
    """The plain value of a YAML file."""
    return yaml.load(path.read_bytes(), Loader)


@cache
def packaged(path: Path) -> Any:
    """The plain value of a YAML file of ours, read once. Everybody gets the same object: nobody changes it."""
    return load(path)


def composed(path: Path) -> yaml.Node | None:
    """The nodes of a YAML file, each with its line."""
    node: yaml.Node | None = yaml.compose(path.read_bytes(), Loader)
    return node


def load_head(path: Path) -> Any:
    """The plain value of the first part of a YAML file."""
    return yaml.load(path.read_bytes().partition(PARTED)[0], Loader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One published document: its plain value, its text, and where each node begins; of a file of several parts, all of
    them as one."""

    name: str
    tree: Any
    text: tuple[str, ...]
    lines: dict[Pointer, int]

    @classmethod
    def read(cls, path: Path) -> "Document":
        """The document of a file, read once as long as it does not change: several operations share it."""
        return _read(path, path.stat().st_mtime_ns)

    def at(self, *pointer: str | int) -> Any:
        """The node under `pointer`. Raises KeyError when the document has none."""
        node = self.tree
        for step in pointer:
            node = node[step]
        return node

    def place(self, pointer: Pointer) -> str:
        """`file:line` of a node, counted from 1."""
        return f"{self.name}:{self.lines[pointer]}"

    def comment(self, *pointer: str | int) -> str:
        """What the line of a node says behind `#`; empty where it says nothing."""
        return self.text[self.lines[pointer] - 1].partition(" # ")[2]

    def find(self, quote: str, *, after: Pointer = ()) -> str:
        """`file:line` of the first line that holds `quote`, at or after the node `after`; empty where none does.
        Backticks do not count."""
        first, last = self.lines.get(after, 1), self.lines.get(RULES, len(self.text) + 1)
        lines = enumerate(self.text[first - 1 : last - 1], first)
        return next((f"{self.name}:{number}" for number, line in lines if quote in _plain(line)), "")

    def place_of(self, quote: str, *, after: Pointer = ()) -> str:
        """The same. Raises LookupError when no line holds it: then the quote is not the document's."""
        place = self.find(quote, after=after)
        if not place:
            raise LookupError(f"{self.name} has no line {quote!r} at or after line {self.lines.get(after, 1)}")
        return place

    def quoted(self, quote: str, *nodes: Pointer) -> str:
        """The quote's place: after the first of the nodes behind which the document has it. Raises LookupError."""
        places = (self.find(quote, after=node) for node in nodes)
        return next(filter(None, places), "") or self.place_of(quote)


@cache
def _read(path: Path, changed: int) -> Document:
    loader = Loader(path.read_bytes())
    lines: dict[Pointer, int] = {}
    trees = []
    try:
        while loader.check_node():
            node = loader.get_node()
            lines |= _lines(node, ())
            trees.append(loader.construct_document(node))
    finally:
        loader.dispose()
    tree = {name: value for each in trees for name, value in each.items()} if len(trees) > 1 else _only(trees)
    return Document(name=_named(path), tree=tree, text=tuple(path.read_text("utf-8").splitlines()), lines=lines)


def _only(trees: Sequence[Any]) -> Any:
    """The one part of a file; None where it has nothing."""
    return trees[0] if trees else None


def _named(path: Path) -> str:
    """A document beside the published ones by its file alone, another of ours by its path."""
    ours = path.parent != OPENAPI and path.is_relative_to(OPENAPI)
    return path.relative_to(ROOT).as_posix() if ours else path.name


def _plain(line: str) -> str:
    return line.replace("`", "").replace("’", "'")


def _lines(node: yaml.Node | None, pointer: Pointer) -> Iterator[tuple[Pointer, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*pointer, key.value)
            yield inner, key.start_mark.line + 1
            yield from _lines(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            inner = (*pointer, index)
            yield inner, item.start_mark.line + 1
            yield from _lines(item, inner)
