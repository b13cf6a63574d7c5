"""Says what a client has to change that moves from one profile to another, in words, by subject. Pure.

Nothing is left out: where two profiles say something else and no fact that differs tells it, the key does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mock_server.contract.documents import Pointer
from mock_server.contract.editions import Edition, Editions
from mock_server.contract.profile_facts import SUBJECTS
from mock_server.contract.profile_files import resolved
from mock_server.contract.profile_lengths import said
from mock_server.contract.profile_schema import means
from mock_server.contract.profile_sides import Facts, Side
from mock_server.core.settings import Settings

OF_FILES: Final = ("format", "extends", "summary")
"""Keys that say something of the files, and nothing of what is served."""
REST: Final = "What else holds"
"""The heading of the keys that belong to no subject."""
Row = tuple[str, tuple[str | None, ...]]
"""What something is about, and what is so under each profile; None where it has no such thing."""


def differences(one: str, other: str) -> Iterator[str]:
    """A heading for each subject in which two profiles differ, and a line for each difference. Raises BadSetting."""
    editions = [Editions(Settings(profile=each)).under(()).default for each in (one, other)]
    name = editions[1].profile.name
    for heading, rows in compared(editions):
        yield f"{heading} ({len(rows)})"
        yield from (f"    {_change(about, before, after, name)}" for about, (before, after) in rows)


def _change(about: str, before: str | None, after: str | None, other: str) -> str:
    if after is None:
        return f"{about}: {before}; {other} has none"
    if before is None:
        return f"{about}: new with {other}: {after}"
    return f"{about}: {before} -> {after}"


def compared(editions: Sequence[Edition]) -> Iterator[tuple[str, list[Row]]]:
    """Each subject in which some profiles differ, and what they differ in. Raises BadSetting."""
    sides = _sides(editions)
    columns = {heading: [facts(side) for side in sides] for heading, (facts, _) in SUBJECTS.items()}
    told = [
        {key for facts in columns.values() for fact in facts[number].values() for key in fact.keys}
        for number in range(len(sides))
    ]
    rest = list(_untold([_by_key(side.tree) for side in sides], told))
    for heading, facts in columns.items():
        keys = SUBJECTS[heading][1]
        rows = [*_rows(facts), *(row for key, row in rest if key in keys)]
        if rows:
            yield heading, rows
    known = {key for _, keys in SUBJECTS.values() for key in keys}
    if rows := [row for key, row in rest if key not in known]:
        yield REST, rows


def _sides(editions: Sequence[Edition]) -> list[Side]:
    profiles = [each.profile for each in editions]
    trees = [resolved(each.source) for each in profiles]
    shared = frozenset.intersection(*(frozenset((*each.operations, *each.models)) for each in profiles))
    one_document = len({each["document"] for each in trees}) == 1
    return [
        Side(edition=edition, tree=tree, shared=shared, one_document=one_document)
        for edition, tree in zip(editions, trees, strict=True)
    ]


def _rows(columns: Sequence[Facts]) -> Iterator[Row]:
    """What is not the same everywhere."""
    for about in dict.fromkeys(name for column in columns for name in column):
        cells = tuple(column[about].text if about in column else None for column in columns)
        if len({*cells}) > 1:
            yield about, cells


def _untold(columns: Sequence[Mapping[Pointer, str]], told: Sequence[set[Pointer]]) -> Iterator[tuple[str, Row]]:
    """What the profiles say otherwise and some profile has no fact of, by the first of its keys."""
    for pointer in dict.fromkeys(each for column in columns for each in column):
        above = {pointer[:length] for length in range(1, len(pointer) + 1)}
        cells = tuple(column.get(pointer) for column in columns)
        known = all(above & keys for cell, keys in zip(cells, told, strict=True) if cell is not None)
        if len({*cells}) > 1 and not known:
            meaning = means(pointer)
            about = ".".join(map(str, pointer)) + (f" ({meaning})" if meaning else "")
            yield str(pointer[0]), (about, cells)


def _by_key(tree: Mapping[str, Any]) -> dict[Pointer, str]:
    """All that a profile says of what is served."""
    found: dict[Pointer, str] = {("serves", name): "served" for name in tree["serves"]}
    for operation, lines in tree.get("limits", {}).items():
        for key, text in said(operation, lines):
            found[key] = f"{found[key]}; {text}" if key in found else text
    for name in tree.keys() - {*OF_FILES, "serves", "limits"}:
        found |= _leaves(tree[name], (name,))
    return found


def _leaves(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Each value that is no mapping, as text, and the keys that lead to it."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, (*pointer, key))
    else:
        yield pointer, value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
