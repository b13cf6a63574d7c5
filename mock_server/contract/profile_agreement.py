"""What has to agree in the whole of a profile, once the form of each of its files is right. Pure.

Every model has a name, a length and limits; every code a text; every rule a place; every question a reading.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from mock_server.contract.body_validator import Contract
from mock_server.contract.checks import ordered
from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.family import Stage
from mock_server.contract.models import goes_round
from mock_server.contract.operation_check import known_operations, whole_operations
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.own_rules_check import own_names, own_rules
from mock_server.contract.profile import ANSWER_CODE, CALLBACK_CODE, Profile, code_texts
from mock_server.contract.profile_files import DOCUMENTS, resolved
from mock_server.contract.profile_places import Problem, place_of
from mock_server.contract.profile_values import VALUES, Said, Tree, complete
from mock_server.contract.profile_words import WORDS, no_model
from mock_server.contract.questions import Register
from mock_server.contract.rule_source import models
from mock_server.core.errors import nearest

LIMITED: Final = ("prompt", "style", "title")
"""The fields whose length depends on the model."""


def disagreements(text: str, paths: Sequence[Path]) -> Iterator[Problem]:
    """What does not agree. The checks of a later step need what those of an earlier one hold."""
    tree = resolved(text)
    for step in STEPS:
        told = [each for check in step for each in check(text, tree)]
        found = [Problem(place_of(paths, each[0], *each[2:]), each[1]) for each in told]
        if found:
            yield from found
            return


def _documents(text: str, tree: Tree) -> Iterator[Said]:
    ours = ", ".join(sorted(path.name for path in OPENAPI.glob("*.openapi.yaml")))
    for key in DOCUMENTS:
        if key not in tree:
            yield (), f"{key} is missing. Allowed: {ours}, or a file beside the profile; or extend another profile."
        elif not (OPENAPI / str(tree[key])).is_file():
            yield (key,), f"{key} is {tree[key]!r}, and no such file is there. Allowed: {ours}, or a file beside it."
        else:
            yield from _readable(key, tree)


def _readable(key: str, tree: Tree) -> Iterator[Said]:
    """Whether a document describes what a profile needs of it."""
    try:
        document = Document.read(OPENAPI / tree[key])
        if key == "document":
            models(document)
        code_texts(document, ANSWER_CODE if key == "document" else CALLBACK_CODE)
    except (yaml.YAMLError, LookupError, TypeError, AttributeError, ValueError, OSError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        yield (key,), f"{key}: {tree[key]} does not describe POST {operations()[EXTEND].path} with its models: {why}."


def _served(text: str, tree: Tree) -> Iterator[Said]:
    if "serves" not in tree:
        yield (), f"serves is missing. Allowed: a list of {', '.join(operations())}; or extend another profile."
    paths: dict[tuple[str, str], str] = {}
    for name, entry in tree["operations"].items():
        other = paths.setdefault((entry["method"], entry["path"]), name)
        if other != name:
            said = f"operations.{name}.path is {entry['path']}, that of {other} too. Allowed: one of its own."
            yield ("operations", name, "path"), said, ("operations", other, "path")


def _read(text: str, tree: Tree) -> Iterator[Said]:
    """What the reader of profiles itself refuses."""
    try:
        Profile.read(text)
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError, yaml.YAMLError) as error:
        yield ("document",), f"the profile cannot be read: {' '.join(str(error).split())[:300]}"


def _models(text: str, tree: Tree) -> Iterator[Said]:
    profile = Profile.read(text)
    known = profile.known_models
    if not known.offered:
        yield ("models",), "models: every model is taken away. Allowed: one at least."
    if known.other and known.other not in known.offered:
        yield ("unknown_model",), no_model("unknown_model", known.other, known.offered), ("models", known.other)
    own = {name: entry for name, entry in tree.get("models", {}).items() if entry}
    for name, entry in own.items():
        yield from _alike(name, entry, own, known.offered)
    for name in known.offered:
        for key, table in (("name", known.names), ("longest", known.longest)):
            if table.get(name) is None:
                yield ("models", name), f"models.{name}.{key} is missing. Allowed: {key}, or `like:` a model with one."
        yield from _unlimited(profile, name)


def _alike(name: str, entry: Tree, own: Mapping[str, Tree], offered: Sequence[str]) -> Iterator[Said]:
    """Whether a model is like one that is there, and not like itself."""
    for key in ("like", "as"):
        if key in entry and entry[key] not in offered:
            said = no_model(f"models.{name}.{key}", entry[key], offered)
            yield ("models", name, key), said, ("models", entry[key])
    if {"like", "as"} <= entry.keys():
        yield ("models", name, "as"), f"models.{name} has both like and as. Allowed: one of them."
    if goes_round(own, name):
        yield (
            ("models", name),
            f"models.{name} is like itself, by way of others. Allowed: a model that is not.",
        )


def _unlimited(profile: Profile, model: str) -> Iterator[Said]:
    """The fields of a model without a limit: none may be forgotten, though a profile may say that there is none."""
    rules = profile.rules(EXTEND) if EXTEND in profile.operations else ()
    fields = {rule.field for rule in rules}
    lengths = {rule.field for rule in rules if rule.id.endswith(".length") and rule.model in ("", model)}
    for field in LIMITED:
        if field in fields - lengths - {*profile.known_models.unlimited(model)}:
            way_out = "a number in its limits.extend, null where there is none, or `like:` a model that has one"
            yield ("models", model), f"models.{model} has no limit of {field} for extend. Allowed: {way_out}."


def _readings(text: str, tree: Tree) -> Iterator[Said]:
    questions, picks = Register.of(tree).questions, tree.get("picks", {})
    for name, question in questions.items():
        if name not in picks:
            names = ", ".join(f"{each} in quotes" if each == "null" else each for each in question.readings)
            yield ("picks",), f"picks.{name} is missing. Allowed: {names}."
        elif picks[name] not in question.readings:
            said = f"picks.{name} is {picks[name]!r}.{nearest(picks[name], question.readings, alike=0)}"
            yield ("picks", name), f"{said} Allowed: {', '.join(question.readings)}."
    for operation, lines in tree.get("limits", {}).items():
        for number, line in enumerate(lines):
            for name, reading in line.get("when", {}).items():
                if name not in questions or reading not in questions[name].readings:
                    said = f"limits.{operation}: {name}={reading} is no reading.{nearest(name, questions)}"
                    yield ("limits", operation, number, "when"), f"{said} `suno-mock questions` lists them."


def _limit_lines(text: str, tree: Tree) -> Iterator[Said]:
    offered = Profile.read(text).known_models.offered
    for operation, lines in tree.get("limits", {}).items():
        for number, line in enumerate(lines):
            for model in line["models"]:
                if model not in offered and model not in tree.get("models", {}):
                    yield ("limits", operation, number), no_model(f"limits.{operation}", model, offered)


def _tracks(text: str, tree: Tree) -> Iterator[Said]:
    offered = Profile.read(text).known_models.offered
    for number, track in enumerate(tree.get("tracks", ())):
        if track["model"] not in offered:
            said = no_model(f"tracks.{number}.model", track["model"], offered)
            yield ("tracks", number, "model"), said, ("models", track["model"])


def _codes(text: str, tree: Tree) -> Iterator[Said]:
    profile = Profile.read(text)
    for kind, code in profile.family.refusals.items():
        if code not in profile.codes:
            known = ", ".join(map(str, profile.codes))
            said = f"refusals.{kind} is {code}, which has no text. Allowed: {known}, or a text in codes."
            yield ("refusals", kind), said, ("codes", code)


def _stages(text: str, tree: Tree) -> Iterator[Said]:
    """Whether stages come one after the other, and the last one comes."""
    before, last, earlier = 0.0, [*tree["stages"]][-1], ""
    for name, stage in tree["stages"].items():
        key, known = ("stages", name, "at"), Stage.of(stage)
        seconds = [value for _, value in known.quantiles]
        if seconds != sorted(seconds):
            yield key, f"stages.{name}.at is {stage['at']}. Allowed: the least first, {sorted(seconds)}."
        if known.at < before:
            said = f"stages.{name}.at is {stage['at']}. Allowed: {before:g} or more, that of the stage before."
            yield key, said, ("stages", earlier, "at")
        before, earlier = max(before, known.at), name
    if tree["stages"][last].get("skipped"):
        yield ("stages", last, "skipped"), f"stages.{last}.skipped is not 0. Allowed: 0, since it ends a task."


def _checks(text: str, tree: Tree) -> Iterator[Said]:
    """Whether each check comes after those whose findings it needs."""
    before: set[str] = set()
    for check in ordered(tree["checks"]):
        missing = [each for each in check.after if each not in before]
        if missing:
            said = f"checks: {check.name} comes before {', '.join(missing)}, whose findings it needs."
            yield ("checks",), f"{said} Allowed: {', '.join(missing)} before it."
        before.add(check.name)


def _rules(text: str, tree: Tree) -> Iterator[Said]:
    """Whether every rule has a place, and all can be compiled."""
    profile, register = Profile.read(text), Register.of(tree)
    length = register.settle(tuple(profile.picks[name] for name in register.questions)).string_length
    for operation in [each.name for each in profile.operations.values() if each.method == "POST"]:
        try:
            Contract(profile.holding(operation, profile.picks), length)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            why = " ".join(str(error).split())[:300]
            own = ("operations", operation, "rules") if profile.operations[operation].rules else ("limits", operation)
            yield own, f"the rules of {operation} cannot be read: {why}"


STEPS: Final[Sequence[Sequence[Callable[[str, Tree], Iterator[Said]]]]] = (
    (known_operations,),
    (_documents, _served, _stages, _checks, complete, whole_operations),
    (_readings, _read),
    (_limit_lines, _codes, _tracks, *VALUES),
    (own_names,),
    (_rules,),
    (own_rules,),
    (_models, *WORDS),
)
