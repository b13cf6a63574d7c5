"""The rules that documents state in sentences, with those that a profile lays over them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Entry = Mapping[str, Any]


class Prose(NamedTuple):
    """`entries` are the rules as they hold; `gone` are the ids of those that the profile takes away, or states by a
    schema of its own, so that no schema of ours states them."""

    entries: Sequence[Entry]
    gone: frozenset[str]


def prose(ours: Sequence[Entry], own: Mapping[str, Entry | None]) -> Prose:
    """Our rules, of which several readings may have one id, and behind them those of a profile by their ids, each laid
    over ours of that id; None takes it away."""
    first = {entry["id"]: entry for entry in reversed(ours)}
    left = [entry for entry in ours if entry["id"] not in own]
    laid = [{"id": id, **first.get(id, {}), **entry} for id, entry in own.items() if entry is not None]
    return Prose((*left, *laid), frozenset(id for id, entry in own.items() if entry is None or "schema" in entry))
