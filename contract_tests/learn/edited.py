"""A profile's file with other lines, in which everything else stays as somebody wrote it, comments too. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

import yaml

from contract_tests.documents.files import Loader
from contract_tests.learn.evidence import Line, dotted
from contract_tests.learn.profile import ITEM, LEFT, ORDER, body, item
from contract_tests.learn.profile_lines import HEAD, NoLines, is_block, kept_lines

Path = tuple[str | int, ...]


class NotInRows(ValueError):
    """A line has no rows of its own, or something else of the file hangs on it."""


class Span(NamedTuple):
    """The rows of a key and its value, from `start` to before `end`. `column` is where the key begins, `inner` where
    the keys below it do, if it has any."""

    start: int
    end: int
    column: int
    inner: int | None


def edited(text: str, after: Sequence[Line]) -> str:
    """The text of a file so that it says these lines. Raises NotInRows."""
    before, now = ({line.path: line for line in lines} for lines in (kept_lines(text), after))
    for path in before.keys() - now.keys():
        text = _without(text, path)
    for path, line in now.items():
        if path not in before:
            text = _with(text, line)
        elif line != before[path]:
            text = _instead(text, line)
    try:
        said = {line.path: line.value for line in kept_lines(text)}
    except (yaml.YAMLError, NoLines) as error:
        raise NotInRows(f"{error.problem if isinstance(error, yaml.MarkedYAMLError) else error}") from None
    for path, line in now.items():
        if path not in said or said[path] != line.value:
            raise NotInRows(dotted(path))
    return text


def with_list(text: str, title: str, items: Mapping[str, str]) -> str:
    """The text of a file whose list behind the profile has these items: those that it has stay where they are."""
    rows, new = text.splitlines(keepends=True), [f"{item(what, how)}\n" for what, how in items.items()]
    if f"{title}\n" not in rows:
        if not new:
            return text
        at = rows.index(f"{LEFT}\n") if f"{LEFT}\n" in rows else len(rows)
        around = (["\n"], []) if at == len(rows) else ([], ["\n"])
        return "".join([*rows[:at], *around[0], f"{title}\n", *new, *around[1], *rows[at:]])
    start = rows.index(f"{title}\n") + 1
    block = [*takewhile(lambda row: row.startswith("#") and row != f"{LEFT}\n", rows[start:])]
    stays = [row for row in block if not row.startswith(ITEM) or row in new]
    stays += [row for row in new if row not in stays]
    end = start + len(block)
    return "".join([*rows[:start], *stays, *rows[end:]]) if stays else "".join([*rows[: start - 1], *rows[end:]])


def _spans(text: str) -> dict[Path, Span]:
    node = yaml.compose(text, Loader)
    return dict(_below(node, yaml.load(text, Loader), ())) if isinstance(node, yaml.MappingNode) else {}  # noqa: S506, it is a SafeLoader


def _below(node: yaml.MappingNode, data: Mapping[str | int, object], above: Path) -> Iterator[tuple[Path, Span]]:
    for (key, value), (name, inner) in zip(node.value, data.items(), strict=True):
        path, start = (*above, name), key.start_mark
        is_open = is_block(value) and isinstance(inner, Mapping)
        column = value.value[0][0].start_mark.column if is_open else None
        yield path, Span(start.line, _end(value), start.column, column)
        if is_open and isinstance(inner, Mapping):
            yield from _below(value, inner, path)


def _end(node: yaml.Node) -> int:
    """The row behind a value: what stands between a block and what follows is not of the block."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return node.end_mark.line + (node.end_mark.column > 0)


def _without(text: str, path: Path) -> str:
    """The text without a line, and without the keys above it that have nothing else."""
    rows, spans = text.splitlines(keepends=True), _spans(text)
    if path not in spans:
        raise NotInRows(dotted(path))
    gone = {*range(spans[path].start, spans[path].end)}
    while len(path) > 1 and sum(each[:-1] == path[:-1] for each in spans) == 1:  # it is alone there
        path = path[:-1]
        gone.add(spans[path].start)
    return "".join(row for number, row in enumerate(rows) if number not in gone)


def _instead(text: str, line: Line) -> str:
    rows, spans = text.splitlines(keepends=True), _spans(text)
    span = spans.get(line.path)
    if span is None:
        raise NotInRows(dotted(line.path))
    return "".join([*rows[: span.start], *_rows(line, len(line.path) - 1, span.column), *rows[span.end :]])


def _with(text: str, line: Line) -> str:
    """The text with one line more, behind the others of the nearest key above it, or at its place among all keys."""
    rows, spans = text.splitlines(keepends=True), _spans(text)
    there = [line.path[:end] for end in range(1, len(line.path)) if line.path[:end] in spans]
    above = [path for path in there if spans[path].inner is not None]
    if above != there:
        raise NotInRows(dotted(line.path))
    if above:
        span = spans[above[-1]]
        at, new = span.end, _rows(line, len(above[-1]), span.inner or 0)
    else:
        known = [*HEAD, *ORDER]
        place = known.index(f"{line.path[0]}")
        earlier = [span.end for path, span in spans.items() if len(path) == 1 and path[0] in known[:place]]
        at, new = max(earlier, default=len(rows)), _rows(line, 0, 0)
    if at and not rows[at - 1].endswith("\n"):
        rows[at - 1] += "\n"
    return "".join([*rows[:at], *new, *rows[at:]])


def _rows(line: Line, known: int, column: int) -> list[str]:
    """A line as it stands below the first of its keys, which are `known`."""
    return [f"{' ' * column}{row}\n" for row in body([line._replace(path=line.path[known:])])]
