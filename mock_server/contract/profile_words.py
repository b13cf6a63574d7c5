"""Whether the names that a whole profile uses are names of something: rules, kinds of refusal, fields, models. Pure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from typing import Final

from mock_server.contract.documents import OPENAPI, Pointer, packaged
from mock_server.contract.profile import Profile
from mock_server.contract.profile_values import Said, Tree
from mock_server.core.errors import nearest


def no_model(name: str, value: str, offered: Sequence[str]) -> str:
    return f"{name} is {value!r}, no model of the profile.{nearest(value, offered)} Allowed: {', '.join(offered)}."


def _texts(text: str, tree: Tree) -> Iterator[Said]:
    """Whether the words of refusals are those of a rule, of the last part of its id, or of a kind of refusal."""
    profile = Profile.read(text)
    ids = sorted({rule.id for rule in profile.every_rule()} | _of_prose())
    parts = sorted({each.rpartition(".")[2] for each in ids})
    for name in tree["texts"]:
        operation, dot, _ = name.partition(".")
        if dot and operation in profile.every.keys() - profile.operations.keys():
            continue  # a base may say it of an operation that this one does not serve
        if name not in {*ids, *parts, *tree["refusals"]}:
            alike = [each for each in ids if each.startswith(f"{operation}.")] if dot else [*parts, *tree["refusals"]]
            allowed = f"the id of a rule, {', '.join(parts)}; or a kind of refusal, {', '.join(tree['refusals'])}"
            yield ("texts", name), f"texts.{name} is unknown.{nearest(name, alike)} Allowed: {allowed}."


def _order(text: str, tree: Tree) -> Iterator[Said]:
    """Whether rules that are put in an order are rules of bodies."""
    every = [*Profile.read(text).every_rule()]
    of_state = {rule.id for rule in every if rule.schema is None}
    ids = sorted(({rule.id for rule in every} | _of_prose()) - of_state)
    for number, rule in enumerate(tree["order"]):
        if rule in of_state:
            said = f"order.{number} is {rule!r}, which needs more than a body: `checks` says when that is looked at."
            yield ("order", number), f"{said} Allowed: the id of a rule of bodies."
        elif rule not in ids:
            said = f"order.{number} is {rule!r}, and there is no such rule.{nearest(rule, ids)}"
            yield ("order", number), f"{said} Allowed: the id of a rule of bodies, such as {ids[0]}."


@cache
def _of_prose() -> frozenset[str]:
    """The rules of all operations that no schema states."""
    files = sorted((OPENAPI / "rules").glob("*.yaml"))
    return frozenset(entry["id"] for file in files for entry in packaged(file)["rules"])


def _fields(text: str, tree: Tree) -> Iterator[Said]:
    """Whether limits are those of a field that a request can have."""
    profile = Profile.read(text)
    for operation, key, field in _limited(tree):
        served = profile.operations.get(operation)
        known = _known(profile, operation) if served and served.method == "POST" else ()
        if served and field not in known:
            names = ", ".join(known) or f"none, since {operation} has no body"
            yield key, f"{'.'.join(map(str, key))} is unknown.{nearest(field, known)} Allowed: {names}."


def _limited(tree: Tree) -> Iterator[tuple[str, Pointer, str]]:
    """The operation, the key and the field of each limit."""
    for operation, lines in tree.get("limits", {}).items():
        for number, line in enumerate(lines):
            for field in line["characters"]:
                yield operation, ("limits", operation, number, "characters", field), field
    for model, entry in tree.get("models", {}).items():
        for operation, limits in (entry or {}).get("limits", {}).items():
            for field in limits:
                yield operation, ("models", model, "limits", operation, field), field


def _known(profile: Profile, operation: str) -> Collection[str]:
    """The fields of a request, by the rules that are about no single model."""
    fields = [rule.field for rule in profile.rules(operation) if not rule.model]
    return [name for name in dict.fromkeys(fields) if name != "body"]


def _without_personas(text: str, tree: Tree) -> Iterator[Said]:
    """Whether the models of which no persona is made are models of the profile, or of the family."""
    known = [*dict.fromkeys([*Profile.read(text).known_models.offered, *tree["model_names"]])]
    for number, model in enumerate(tree["personas_exclude"]):
        if model not in known and model not in tree.get("models", {}):
            yield ("personas_exclude", number), no_model(f"personas_exclude.{number}", model, known)


WORDS: Final[Sequence[Callable[[str, Tree], Iterator[Said]]]] = (_texts, _order, _fields, _without_personas)
