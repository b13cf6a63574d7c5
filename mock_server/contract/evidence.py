"""What a profile's own file says behind its lines, and of what it leaves out: `suno-contract calibrate` writes there
how often each was seen, and why others are open. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile
from typing import Final, NamedTuple

import yaml

from mock_server.contract.documents import composed
from mock_server.contract.profile_files import PACKAGED, profile_path
from mock_server.core.text import cut

BEHIND: Final = re.compile(r"\s+# (.*)")
OPEN: Final = re.compile(r"# - picks\.([a-z0-9_]+): (.*)")
VALUE_SHOWN: Final = 200
"""Characters of a value."""


class Seen(NamedTuple):
    """A line of a profile: the keys that lead to it, its value as it is written, and what stands behind it."""

    name: str
    value: str
    seen: str


class Evidence(NamedTuple):
    """`about` are the words that the file begins with, `left` says by question why it is open."""

    file: str = ""
    about: Sequence[str] = ()
    lines: Sequence[Seen] = ()
    left: Mapping[str, str] = {}

    def of(self, question: str) -> str:
        """What the file says of a question: what was seen, or why it is open; empty where it says nothing."""
        name = f"picks.{question}"
        return next((each.seen for each in self.lines if each.name == name), "") or self.left.get(question, "")


@cache
def evidence(profile: str) -> Evidence:
    """What the file of a profile says; nothing of one that comes with the mock, or of one that is gone."""
    try:
        path = profile_path(profile)
        if path.parent == PACKAGED:
            return Evidence()
        text, node = path.read_text("utf-8"), composed(path)
    except (OSError, ValueError, yaml.YAMLError):
        return Evidence()
    lines = text.splitlines()
    about = [line.removeprefix("# ") for line in takewhile(lambda line: line.startswith("# "), lines)]
    seen = [each for each in _seen(node, (), lines) if each.seen]
    left = {found[1]: found[2] for line in lines if (found := OPEN.fullmatch(line))}
    return Evidence(path.name, about, seen, left)


def _seen(node: yaml.Node | None, above: tuple[str, ...], lines: Sequence[str]) -> Iterator[Seen]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = (*above, str(key.value))
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            yield from _seen(value, name, lines)
            continue
        begin, end = value.start_mark, value.end_mark
        behind = BEHIND.fullmatch(lines[end.line][end.column :]) if end.line < len(lines) else None
        first = lines[begin.line] if begin.line < len(lines) else ""
        written = first[begin.column : end.column] if begin.line == end.line else f"{first[begin.column :]} ..."
        yield Seen(".".join(name), cut(written, VALUE_SHOWN), behind[1] if behind else "")
