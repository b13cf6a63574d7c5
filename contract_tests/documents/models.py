"""The models that a profile adds to those of its document, or takes away: their names, limits and longest tracks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Entries = Mapping[str, Mapping[str, Any] | None]
"""`models` of a profile; None takes one of the document's away."""


def offered(documented: Sequence[str], entries: Entries) -> tuple[str, ...]:
    """The models that a request may name."""
    both = dict.fromkeys([*documented, *entries])
    return tuple(model for model in both if entries.get(model, {}) is not None)


def told(entries: Entries, models: Sequence[str], key: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of each model under a key, of one that is like another what is known of that."""
    found = dict(known)
    for model in models:
        values = (_of(entries, each, key, known) for each in _alike(entries, model))
        value = next((value for value in values if value is not None), None)
        if value is not None:
            found[model] = value
    return found


def limits(entries: Entries, models: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The lines of limits of an extend request, one model each, those of models that are like others among them. A
    limit in a unit of its own is left out: the harness counts characters."""
    for model in models:
        alike, own = _alike(entries, model), _own(entries, model)
        followed = next((each for each in alike if any(each in line["models"] for line in lines)), model)
        for line in lines:
            stated = _counted(line["characters"])
            characters = {field: limit for field, limit in stated.items() if field not in own}
            if followed in line["models"] and characters:
                yield {**line, "models": [model], "characters": characters}
        if counted := _counted(own):
            yield {"models": [model], "characters": counted}


def _counted(limits: Mapping[str, Any]) -> dict[str, int]:
    """Those in characters."""
    return {field: limit for field, limit in limits.items() if isinstance(limit, int)}


def _own(entries: Entries, model: str) -> Mapping[str, Any]:
    """The limits of extend that a model's entry has, or the nearest of those that it is like."""
    found: dict[str, Any] = {}
    for each in reversed(_alike(entries, model)):
        found |= (entries.get(each) or {}).get("limits", {}).get("extend", {})
    return found


def _of(entries: Entries, model: str, key: str, known: Mapping[str, Any]) -> Any:
    return (entries.get(model) or {}).get(key, known.get(model))


def _alike(entries: Entries, model: str) -> list[str]:
    """A model, and those from which it takes what is not said of it, the nearest first."""
    found: list[str] = []
    while model and model not in found:
        found.append(model)
        entry = entries.get(model) or {}
        model = str(entry.get("as") or entry.get("like") or "")
    return found
