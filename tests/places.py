"""Where something stands in the published documents: `file:line`, looked up in their text without the mock's code."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

OPENAPI = Path(__file__).parents[1] / "openapi"
APIKLEY, CLASSIC = "apikley.openapi.yaml", "classic.openapi.yaml"


def place(file: str, quote: str, *, under: str = "") -> str:
    """`file:line` of the only line that holds a quote, in the whole file or in the block under one line.

    `under` is that line, such as "requestBody:"; "requestBody: > prompt:" is the block of the prompt in the request.
    Where a block has the line several times, the outermost counts. Backticks do not count.
    Fails where a quote is not found, or is found twice.
    """
    lines = _lines(file)
    first, last = 0, len(lines)
    for head in filter(None, under.split(" > ")):
        found = [number for number in range(first, last) if lines[number].strip() == head]
        depth = min((_indent(lines[number]) for number in found), default=0)
        at = _only([number for number in found if _indent(lines[number]) == depth], file, head, under)
        first, last = at + 1, _end(lines, at, last)
    found = [number for number in range(first, last) if quote in lines[number]]
    return f"{file}:{_only(found, file, quote, under) + 1}"


def field_place(field: str, quote: str, *, file: str = APIKLEY) -> str:
    """The place of a quote in what a document says of one field of the request."""
    return place(file, quote, under=f"requestBody: > {field}:")


@cache
def _lines(file: str) -> tuple[str, ...]:
    (path,) = OPENAPI.rglob(file)
    return tuple(path.read_text("utf-8").replace("`", "").splitlines())


def _only(found: list[int], file: str, quote: str, under: str) -> int:
    assert len(found) == 1, f"{file} has {quote!r} {len(found)} times under {under!r}; a place is where it stands once"
    return found[0]


def _end(lines: tuple[str, ...], head: int, last: int) -> int:
    """The line behind a block: the first that is not indented deeper than the block's head."""
    written = (number for number in range(head + 1, last) if lines[number].strip())
    return next((number for number in written if _indent(lines[number]) <= _indent(lines[head])), last)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def line(place: str) -> str:
    """The line of a `file:line` of the checkout."""
    name, _, number = place.rpartition(":")
    return _lines_of(OPENAPI.parent / name)[int(number) - 1]


@cache
def _lines_of(path: Path) -> Sequence[str]:
    return path.read_text("utf-8").splitlines()
