"""What is known of an operation, of a profile, and of what all profiles have in common. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from mock_server.contract.documents import Document
from mock_server.contract.explain import python_source
from mock_server.contract.explain.explanation import Explanation, Fact, Quote, Section
from mock_server.contract.explain.fields import offer
from mock_server.contract.explain.places import (
    describing,
    in_document,
    in_family,
    in_profile,
    in_reading,
    operation_file,
    place,
    profiles,
    questions,
)
from mock_server.contract.explain.rules import listed
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import FAMILY, profile_file

OPERATION: Final = {
    "kind": "it is of the kind {kind}",
    "path": "{method} {path}",
    "does": "it {does}",
    "price": "a task costs {price} credits",
    "lasts": "a track lasts {lasts[0]} to {lasts[1]} seconds, or so much longer than its source",
    "limited": "counts against the account's rate",
    "once": "a track can have one {once}",
    "polled_by": "its tasks are polled by {polled_by}",
}
"""What the lines of an operation mean."""
SHARED: Final = "family"
"""What the facts that all profiles share are called wherever one is read."""
ENTRIES: Final = frozenset({"operations", "stages"})
"""Lines of openapi/family.yaml whose entries have names of their own."""


def operation_names() -> list[str]:
    return list(operations())


def of_operation(name: str) -> Explanation:
    operation = operations()[name]
    serving = [each for each in profiles() if name in each.operations]
    file = operation_file(operation)
    entry: dict[str, Any] = Document.read(file).at("operations", name)
    facts = [
        *(
            Fact(said.format(**entry), (place(file, "operations", name, key),))
            for key, said in OPERATION.items()
            if key in entry
        ),
        *(Fact(f"served on {each.source}", (_serves(each, name),)) for each in serving),
        *python_source.facts("answered by", python_source.answering(operation)),
    ]
    return Explanation(
        name=name,
        quotes=tuple(_summary(each, name) for each in serving),
        causes=tuple(facts),
        sections=listed(lambda each: each.rule.id.startswith(f"{name}.")),
        commands=("suno-mock extend",) if name == EXTEND else (),
    )


def of_profile(name: str) -> Explanation:
    profile = next(each for each in profiles() if each.source == name)
    return Explanation(
        name=name,
        causes=tuple(_read(profile)),
        sections=(
            Section("Readings", tuple(_picks(name))),
            *listed(lambda each: each.profile == name and each.limits),
        ),
        commands=(f"suno-mock serve --profile {name}", f"suno-mock demo --profile {name}"),
    )


def shared_names() -> list[str]:
    return [each for each in Document.read(FAMILY).tree if each not in ENTRIES]


def of_shared(name: str) -> Explanation:
    """A line of openapi/family.yaml."""
    file = Document.read(FAMILY)
    value, meaning = file.at(name), file.comment(name)
    said = [f"{key} {each}" for key, each in value.items()] if isinstance(value, dict) else [str(value)]
    means = f": {meaning}" if meaning else ""
    return Explanation(
        name=name,
        causes=(
            Fact(f"{', '.join(said) or 'none'}, on every profile{means}", (in_family(name),)),
            *python_source.facts("read by", python_source.reading(SHARED, name)),
        ),
    )


def _summary(profile: Profile, operation: str) -> Quote:
    """What the document says that an operation is."""
    found = operations()[operation]
    document = describing(profile.source, found)
    node = ("paths", found.path, found.method.lower())
    said = document.at(*node).get("summary")
    text = said or f"{found.method} {found.path}"
    place = in_document(document, *node, *(["summary"] if said else []))
    return Quote(profile=profile.source, about="endpoint", text=text, place=place)


def _serves(profile: Profile, operation: str) -> str:
    return in_profile(profile.source, "serves", list(profile.operations).index(operation))


def _read(profile: Profile) -> Iterator[Fact]:
    """What its file says, with that of the profile which it extends."""
    name = profile.source
    yield Fact(profile.summary, (in_profile(name, "summary"),))
    file = profile_file(name)
    for key in ("extends", "document", "callback_document"):
        if key in file:
            yield Fact(f"{key}: {file[key]}", (in_profile(name, key),))
    for model in profile.models:
        yield Fact(f"model {model}", (offer(profile, model),))
    for operation in profile.operations:
        yield Fact(f"operation {operation}", (_serves(profile, operation),))
    for key, text in file.get("codes", {}).items():
        said = f"message of {key}: {text}" if text else f"no code {key}"
        yield Fact(said, (in_profile(name, "codes", str(key)),))
    for key, stage in file.get("stages", {}).items():
        said = ", ".join(f"{part} {value}" for part, value in stage.items())
        yield Fact(f"stage {key}: {said}", (in_profile(name, "stages", key),))


def _picks(profile: str) -> Iterator[Fact]:
    picks = profile_file(profile)["picks"]
    for question in questions().values():
        name = picks[question.id]
        places = (in_profile(profile, "picks", question.id), in_reading(question.id, name))
        yield Fact(f"{question.id}={name}  {question.readings[name].says}", places)
