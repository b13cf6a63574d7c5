"""The lines of a learned profile as they stand in its file, each with what was seen of it. Pure."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, Final

import yaml

from contract_tests.documents.files import Loader
from contract_tests.learn.evidence import Line
from contract_tests.learn.profile import ITEM

HEAD: Final = ("format", "summary", "extends")
EVIDENCE: Final = re.compile(r"\s+# (.*)")
"""What stands behind a value."""
TIMES: Final = re.compile(r"(\d+) times|(once)")


def kept_lines(text: str) -> list[Line]:
    """What a file says itself, in its order; `seen` is empty where nothing stands behind a value.

    The file is a profile that was read before.
    """
    node: Any = yaml.compose(text, Loader)
    data = yaml.load(text, Loader)  # noqa: S506, it is a SafeLoader
    return [each for each in _lines(node, data, (), text.splitlines()) if each.path[0] not in HEAD]


def _lines(node: yaml.MappingNode, data: Any, above: tuple[str | int, ...], text: list[str]) -> Iterator[Line]:
    for key, (name, value) in zip(node.value, data.items(), strict=True):
        inner = key[1]
        if isinstance(inner, yaml.MappingNode) and not inner.flow_style:
            yield from _lines(inner, value, (*above, name), text)
        else:
            end = inner.end_mark
            behind = EVIDENCE.match(text[end.line][end.column :]) if end.line < len(text) else None
            yield Line((*above, name), value, behind[1] if behind else "")


def samples(line: Line) -> int:
    """How often it was seen; 0 where nobody says."""
    found = TIMES.match(line.seen)
    return 0 if found is None else int(found[1] or 1)


def listed(text: str, title: str) -> dict[str, str]:
    """The items of a list behind a profile, such as what no profile can say, with their details."""
    lines = text.splitlines()
    start = lines.index(title) + 1 if title in lines else len(lines)
    items = takewhile(lambda line: line.startswith(ITEM), lines[start:])
    return dict(each.removeprefix(ITEM).partition(": ")[::2] for each in items)
