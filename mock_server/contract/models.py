"""The models of a profile: those of its document, and what the profile adds, changes or takes away. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.contract.operations import EXTEND

Line = Mapping[str, Any]
"""Limits of some models: one entry of `limits` in a profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """`offered` are the models that a request may name, in the document's order and then the profile's; `documented`
    says that they are the document's and no others. `names` are the internal ones, `longest` the seconds that a track
    can last; `limits` are the lines of an operation, by its name. `other` is the model that one which nobody knows is
    taken for, empty where it is refused, and `stands_for` has the same of single ones; `unlimited`
    are the fields of a model that are said to have no limit for extend."""

    offered: tuple[str, ...]
    documented: bool
    names: Mapping[str, str]
    longest: Mapping[str, float]
    limits: Callable[[str], Sequence[Line]]
    stands_for: Mapping[str, str]
    other: str
    unlimited: Callable[[str], Collection[str]]

    @classmethod
    def of(cls, tree: Mapping[str, Any], documented: Sequence[str]) -> "Models":
        """Of all that a profile says, and the models that its document offers."""
        entries: Mapping[str, Any] = tree.get("models", {})
        known = [*documented, *(name for name in entries if name not in documented)]
        offered = tuple(name for name in known if entries.get(name, {}) is not None)
        own = {name: entry for name, entry in entries.items() if entry}
        other = tree.get("unknown_model", "")
        return cls(
            offered=offered,
            documented=offered == tuple(documented),
            names=_each(own, offered, "name", tree["model_names"], other),
            longest=_each(own, offered, "longest", tree["longest"], other),
            limits=lambda operation: list(_limits(tree.get("limits", {}).get(operation, ()), own, operation)),
            stands_for={name: entry["as"] for name, entry in own.items() if "as" in entry},
            other=other,
            unlimited=lambda model: [
                field for field, (_, limit) in own_limits(own, model, EXTEND).items() if limit is None
            ],
        )

    def taken_as(self, model: str) -> str:
        """The model that one counts as."""
        seen = {model}
        while self.stands_for.get(model, model) not in seen:
            model = self.stands_for[model]
            seen.add(model)
        return self.other if self.other and model not in self.offered else model


class _OrElse(dict[str, Any]):
    """What is known by model, and what holds for all others."""

    def __init__(self, known: Mapping[str, Any], other: Any) -> None:
        super().__init__(known)
        self._other = other

    def __missing__(self, name: str) -> Any:
        return self._other


def like(own: Mapping[str, Line], model: str) -> Iterator[str]:
    """The models from which one takes what is not said of it, the nearest first. Ends where they go round."""
    seen = {model}
    while model := own.get(model, {}).get("as") or own.get(model, {}).get("like") or "":
        if model in seen:
            return
        seen.add(model)
        yield model


def goes_round(own: Mapping[str, Line], model: str) -> bool:
    """Whether a model is like itself, by way of others or not."""
    last = [model, *like(own, model)][-1]
    return bool(own.get(last, {}).get("as") or own.get(last, {}).get("like"))


def _each(
    own: Mapping[str, Line], offered: Sequence[str], key: str, shared: Mapping[str, Any], other: str
) -> Mapping[str, Any]:
    """What is said of each model under a key: by its own entry, by the family, or by the models that it is like."""
    found = dict(shared)
    for model in offered:
        for each in (model, *like(own, model)):
            if key in own.get(each, {}) or each in shared:
                found[model] = own.get(each, {}).get(key, shared.get(each))
                break
    return _OrElse(found, found.get(other)) if other else found


def own_limits(own: Mapping[str, Line], model: str, operation: str) -> Mapping[str, tuple[str, Any]]:
    """The limits of an operation that a model's entry has, or the nearest of those that it is like: by field, with the
    model whose entry says so. None says that there is no limit."""
    found: dict[str, tuple[str, Any]] = {}
    for each in (model, *like(own, model)):
        for field, limit in own.get(each, {}).get("limits", {}).get(operation, {}).items():
            found.setdefault(field, (each, limit))
    return found


def _limits(lines: Sequence[Line], own: Mapping[str, Line], operation: str) -> Iterator[Line]:
    """The lines of an operation, with the models that are like others, and without what models have of their own; then
    that."""
    said = {model: own_limits(own, model, operation) for model in own}
    for line in lines:
        following = [model for model in own if model not in line["models"] and _follows(model, line, lines, own)]
        models = [*line["models"], *following]
        if plain := [model for model in models if not said.get(model)]:
            yield {**line, "models": plain}
        for model in models:
            left = {field: limit for field, limit in line["characters"].items() if field not in said.get(model, ())}
            if said.get(model) and left:
                yield {**line, "models": [model], "characters": left}
    condition = next(({"if": line["if"]} for line in lines if "if" in line), {})
    for model, fields in said.items():
        for field, (source, limit) in fields.items():
            if limit is not None:
                yield {"models": [model], "characters": {field: limit}, "of": (source, operation), **condition}


def _follows(model: str, line: Line, lines: Sequence[Line], own: Mapping[str, Line]) -> bool:
    """Whether a model has the limits of a line because it is like one of its models, and like none of a nearer line."""
    for each in (model, *like(own, model)):
        if any(each in other["models"] for other in lines):
            return each in line["models"]
    return False
