"""The lines of a learned profile as they stand in its file, each with what was seen of it. Pure."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from json import JSONDecoder
from typing import Any, Final

import yaml

from contract_tests.documents.files import Loader
from contract_tests.learn.evidence import Line
from contract_tests.learn.profile import BETWEEN, ITEM, LEFT, QUOTE

HEAD: Final = ("format", "summary", "extends")
BRANCHES: Final = ("picks", "codes", "refusals", "texts", "models", "operations", "stages")
"""Keys below which no value is a mapping, but for the seconds of a stage."""
EVIDENCE: Final = re.compile(r"\s+# (.*)")
"""What stands behind a value."""
MERGED: Final = "tag:yaml.org,2002:merge"
TIMES: Final = re.compile(r"(\d+) times|(once)")


class NoLines(ValueError):
    """A file says something in a way that cannot be told line by line."""


def kept_lines(text: str) -> list[Line]:
    """What a file says itself, in its order; `seen` is empty where nothing stands behind a value.

    The file is a profile that was read before. Raises NoLines.
    """
    node: Any = yaml.compose(text, Loader)
    data = yaml.load(text, Loader)  # noqa: S506, it is a SafeLoader
    return [each for each in _lines(node, data, (), text.splitlines()) if each.path[0] not in HEAD]


def _lines(node: yaml.MappingNode, data: Any, above: tuple[str | int, ...], text: list[str]) -> Iterator[Line]:
    merged = next((each.value for each, _ in node.value if each.tag == MERGED), None)
    if merged is not None or len(node.value) != len(data):
        where = f"line {node.start_mark.line + 1}"
        raise NoLines(f"{where}: {'keys are merged by <<' if merged is not None else 'a key stands there twice'}")
    for key, (name, value) in zip(node.value, data.items(), strict=True):
        inner = key[1]
        if is_block(inner) or (isinstance(inner, yaml.MappingNode) and _leads_on((*above, name))):
            yield from _lines(inner, value, (*above, name), text)
        else:
            end = inner.end_mark
            behind = EVIDENCE.match(text[end.line][end.column :]) if end.line < len(text) else None
            yield Line((*above, name), value, behind[1] if behind else "")


def _leads_on(path: tuple[str | int, ...]) -> bool:
    """Whether keys are below this one, also where somebody wrote all of them in one row."""
    return path[0] in BRANCHES and path[-1] != "at"


def is_block(node: yaml.Node) -> bool:
    """Whether it is a mapping of which each key has a row of its own."""
    return isinstance(node, yaml.MappingNode) and not node.flow_style


def samples(line: Line) -> int:
    """How often it was seen; 0 where nobody says."""
    found = TIMES.match(line.seen)
    return 0 if found is None else int(found[1] or 1)


def listed(text: str, title: str) -> dict[str, str]:
    """The items of a list behind a profile, such as what no profile can say, with their details."""
    lines = text.splitlines()
    start = lines.index(title) + 1 if title in lines else len(lines)
    block = takewhile(lambda line: line.startswith("#") and line != LEFT, lines[start:])
    items = (each for each in block if each.startswith(ITEM))
    return dict(_halves(each.removeprefix(ITEM)) for each in items)


def _halves(item: str) -> tuple[str, str]:
    """What a line of a list is about, and how it is."""
    if item.startswith(QUOTE):
        with suppress(ValueError):  # somebody's own line
            what, end = JSONDecoder().raw_decode(item)
            return str(what), item[end:].removeprefix(BETWEEN)
    what, _, how = item.partition(BETWEEN)
    return what, how
