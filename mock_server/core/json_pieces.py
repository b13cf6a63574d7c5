"""Writes JSON piece by piece, each of a bounded size, so that who writes a long answer can serve others between two."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json import JSONEncoder
from typing import Any, Final

SLICE: Final = 16 * 1024
"""Characters of a text that are escaped at once. JSON escapes each by itself, so that slices join to the same."""
PIECE: Final = 64 * 1024
"""Characters of a piece, about; at most PIECE and what becomes of one SLICE."""
VALUE: Final = 64
"""Characters for which a value counts beside its own, since each takes its time."""
ENCODED: Final = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Text:
    """A text in parts, which are made as they are written."""

    parts: Iterable[str]


@dataclass(frozen=True, slots=True)
class Array:
    """A list whose items are made as they are written."""

    items: Iterable[Any]


def pieces(value: Any) -> Iterator[str]:
    """The value as JSON; joined, the pieces are what `json.dumps` writes, without blanks and beyond ASCII as it is."""
    held: list[str] = []
    size = 0
    for token in _tokens(value):
        held.append(token)
        size += len(token) + VALUE
        if size >= PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def _tokens(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield from _text((value,)) if len(value) > SLICE else (ENCODED(value),)
        case Text(parts=parts):
            yield from _text(parts)
        case Mapping():
            yield from _object(value)
        case Array(items=items):
            yield from _array(items)
        case list() | tuple():
            yield from _array(value)
        case _:
            yield ENCODED(value)


def _text(parts: Iterable[str]) -> Iterator[str]:
    yield '"'
    for part in parts:
        for at in range(0, len(part), SLICE):
            yield ENCODED(part[at : at + SLICE])[1:-1]
    yield '"'


def _object(members: Mapping[str, Any]) -> Iterator[str]:
    before = "{"
    for name, value in members.items():
        yield f"{before}{ENCODED(name)}:"
        yield from _tokens(value)
        before = ","
    yield "}" if before == "," else "{}"


def _array(items: Iterable[Any]) -> Iterator[str]:
    before = "["
    for item in items:
        yield before
        yield from _tokens(item)
        before = ","
    yield "]" if before == "," else "[]"
