"""Says what a client has to change that moves from one profile to another, in words, by subject. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mock_server.contract.body_validator import Rule
from mock_server.contract.editions import Edition, Editions
from mock_server.core.settings import RateLimit, Settings

APART: Final = (".length", ".model.enum")
"""The last part of the ids of rules that have a heading of their own."""
Facts = Mapping[str, str]
"""What is so under a profile, by what it is about."""


def differences(one: str, other: str) -> Iterator[str]:
    """A heading for each subject in which two profiles differ, and a line for each difference. Raises BadSetting."""
    before, after = (Editions(Settings(profile=each)).under(()).default for each in (one, other))
    for heading, facts in SUBJECTS.items():
        lines = list(_changes(facts(before, after), facts(after, before), after.profile.name))
        if lines:
            yield f"{heading} ({len(lines)})"
            yield from (f"    {line}" for line in lines)


def _changes(before: Facts, after: Facts, other: str) -> Iterator[str]:
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield f"{name}: {before[name]}; {other} has none"
        elif name not in before:
            yield f"{name}: new with {other}: {after[name]}"
        elif before[name] != after[name]:
            yield f"{name}: {before[name]} -> {after[name]}"


def _paths(edition: Edition, beside: Edition) -> Facts:
    return {name: f"{each.method} {each.path}" for name, each in edition.profile.operations.items()}


def _models(edition: Edition, beside: Edition) -> Facts:
    family = edition.family
    return {
        model: f"{family.model_names[model]}, at most {family.longest[model]} s" for model in edition.profile.models
    }


def _lengths(edition: Edition, beside: Edition) -> Facts:
    rules = [each for each in _holding(edition, beside) if each.id.endswith(".length")]
    found = {}
    for rule in rules:
        operation, field, _ = rule.id.split(".")
        about = [rule.model] if rule.model else edition.profile.models
        for model in [each for each in about if each in beside.profile.models]:
            allowed = rule.allowed.format(unit="characters").removesuffix(f" for model {model}")
            found[f"{field} of {operation} with {model}"] = allowed
    return found


def _rules(edition: Edition, beside: Edition) -> Facts:
    return {each.id: each.allowed for each in _holding(edition, beside) if not each.id.endswith(APART)}


def _holding(edition: Edition, beside: Edition) -> list[Rule]:
    """The rules of the operations that both serve."""
    both = edition.profile.operations.keys() & beside.profile.operations.keys()
    posts = [each.name for each in edition.profile.operations.values() if each.method == "POST" and each.name in both]
    return [rule for name in posts for rule in edition.profile.holding(name, edition.names)]


def _refusals(edition: Edition, beside: Edition) -> Facts:
    return {kind: f"code {code}" for kind, code in edition.family.refusals.items()}


def _codes(edition: Edition, beside: Edition) -> Facts:
    return {f"{code}": text for code, text in edition.profile.codes.items()}


def _callback_codes(edition: Edition, beside: Edition) -> Facts:
    return {f"{code}": text for code, text in edition.profile.callback_codes.items()}


def _stages(edition: Edition, beside: Edition) -> Facts:
    return {
        name: f"{stage.msg!r} after {stage.at:g} s, {stage.status} in polling"
        for name, stage in edition.family.stages.items()
    }


def _headers(edition: Edition, beside: Edition) -> Facts:
    form = edition.family.callbacks
    signature = form.signature
    signed = {"signature": f"{signature.header}, of {signature.signs}"} if signature else {}
    return {**dict(form.headers), **signed}


def _readings(edition: Edition, beside: Edition) -> Facts:
    return {name: edition.questions[name].readings[reading].says for name, reading in edition.names.items()}


def _numbers(edition: Edition, beside: Edition) -> Facts:
    family = edition.family
    prices = {f"price of {name}": f"{each.price} credits" for name, each in edition.profile.operations.items()}
    return {
        **prices,
        "tracks of a task": f"{family.tracks_per_task}",
        "media are kept": f"{family.retention_days:g} days",
        "a receiver may take": f"{family.callback_timeout:g} s",
        "polls of a task": _rate(family.poll_limit),
        "new tasks of an account": _rate(family.rate_limit),
    }


def _rate(limit: RateLimit | None) -> str:
    return "any number" if limit is None else f"{limit.requests} within {limit.seconds:g} s"


SUBJECTS: Final[Mapping[str, Callable[[Edition, Edition], Facts]]] = {
    "Paths that you call": _paths,
    "Models that you name": _models,
    "Longest texts that you send": _lengths,
    "Rules that your requests meet": _rules,
    "Codes by which refusals are told apart": _refusals,
    "Texts of the codes of answers": _codes,
    "Texts of the codes of callbacks": _callback_codes,
    "Stages": _stages,
    "Headers of callbacks": _headers,
    "What the documents leave open": _readings,
    "Numbers": _numbers,
}
"""What is compared, and under which heading."""
