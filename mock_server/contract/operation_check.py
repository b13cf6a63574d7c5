"""What has to agree in the operations of a profile: each is there, is whole, and names what there is. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_server.contract.operation_files import OPERATIONS
from mock_server.contract.operations import OF_SHAPES, POLL, TASK, TRACKS, operations
from mock_server.contract.profile_values import Said, Tree
from mock_server.contract.scenarios import STAGES
from mock_server.contract.shapes import NAMES, unknown_names
from mock_server.core.errors import nearest

NEEDED: Final = ("method", "path", "does", "words")
"""What every operation says."""
OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {TASK: ("callback", "failed"), POLL: (), "answer": ("answer",), "": ()}
"""What an operation of a kind says beside, but for a task whose tracks are music."""


def known_operations(text: str, tree: Tree) -> Iterator[Said]:
    """Whether every operation that a profile names is there."""
    named = [((OPERATIONS, name), f"{OPERATIONS}.{name}", name) for name in tree[OPERATIONS]]
    named += [(("limits", name), f"limits.{name}", name) for name in tree.get("limits", {})]
    named += [(("serves", number), f"serves.{number}", name) for number, name in enumerate(tree.get("serves", ()))]
    there = {name for name, entry in tree[OPERATIONS].items() if "path" in entry}
    for key, where, name in named:
        if name not in there and not (key[0] == "limits" and name in operations()):
            known = [*dict.fromkeys([*operations(), *there])]
            yield key, f"{where} is {name!r}, no operation.{nearest(name, known)} Allowed: {', '.join(known)}."


def whole_operations(text: str, tree: Tree) -> Iterator[Said]:
    """Whether each says what its kind needs, and its shapes name what there is."""
    for name, entry in tree[OPERATIONS].items():
        kind = entry.get("kind", "")
        music = entry.get("makes") == TRACKS
        needed = (*NEEDED, *(() if music else OF_KIND[kind]), *(("record",) if _is_polled(entry) and not music else ()))
        for member in needed:
            if member not in entry:
                said = f"{OPERATIONS}.{name}.{member} is missing."
                yield (OPERATIONS, name), f"{said} Allowed: {', '.join(needed)} together."
        yield from _names(name, entry, tree[OPERATIONS])


def _is_polled(entry: Mapping[str, Any]) -> bool:
    return entry.get("kind") == TASK and "polled_by" in entry


def _our_polls() -> set[str]:
    """Those of ours, which a profile needs not serve."""
    return {each.name for each in operations().values() if each.kind == POLL}


def _names(name: str, entry: Mapping[str, Any], every: Mapping[str, Any]) -> Iterator[Said]:
    key = (OPERATIONS, name)
    for member in sorted(OF_SHAPES & entry.keys()):
        for unknown in dict.fromkeys(unknown_names(entry[member])):
            known = ", ".join(sorted(NAMES))
            said = f"{'.'.join(key)}.{member} names {{{unknown}}}.{nearest(unknown, NAMES)}"
            yield (*key, member), f"{said} Allowed: {known}, request.NAME, made.NAME, item.NAME."
    polled_by = entry.get("polled_by")
    polls = {each for each, other in every.items() if other.get("kind") == POLL}
    if polled_by is not None and polled_by not in polls | _our_polls():
        polls |= _our_polls()
        said = f"{'.'.join(key)}.polled_by is {polled_by!r}, which polls nothing here."
        yield (*key, "polled_by"), f"{said}{nearest(polled_by, polls)} Allowed: {', '.join(sorted(polls))}."
    if STAGES[-1] not in entry.get("stages", STAGES):
        yield (*key, "stages"), f"{'.'.join(key)}.stages has no {STAGES[-1]}, which ends a task. Allowed: with it."
