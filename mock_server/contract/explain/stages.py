"""What is known of a stage of generation, and of a status of polling: when, what is told, who decides. Pure."""

from collections.abc import Iterator
from typing import Final

from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.explain.codes import ending_in, summary
from mock_server.contract.explain.explanation import Explanation, Fact, Quote, Section
from mock_server.contract.explain.places import (
    describing,
    family,
    in_document,
    in_family,
    in_profile,
    profiles,
    questions,
    sources,
)
from mock_server.contract.explain.questions import asking
from mock_server.contract.operations import RECORD_INFO, operations
from mock_server.contract.profile import CALLBACK
from mock_server.contract.profile_files import profile_file
from mock_server.contract.scenarios import Scenario, Scenarios, Step

DATA: Final = (*CALLBACK, "requestBody", "content", "application/json", "schema", "properties", "data", "properties")
TYPE: Final = (*DATA, "callbackType", "description")
"""Where a document says what the stages are."""
STATUSES: Final = ("components", "schemas", "Record", "properties", "status", "enum")
"""Where a document lists what polling can say."""


def stage_names() -> list[str]:
    return list(family().stages)


def of_stage(name: str) -> Explanation:
    every = [each for each in Scenarios.read() if _differs(each, name)]
    asked = [each for each in questions().values() if name in each.stages]
    return Explanation(
        name=name,
        quotes=tuple(_said(profile) for profile in sources()),
        causes=tuple(_course(name)),
        sections=(
            Section("Questions", tuple(map(asking, asked))),
            Section("Not so in the scenarios", tuple(map(summary, every))),
        ),
        commands=_waited(name),
    )


def status_names() -> list[str]:
    """Those that the document lists, then those of scenarios that it does not."""
    ends = {each.fails.status for each in Scenarios.read() if each.fails}
    return [*_documented(), *sorted(ends - {*_documented()})]


def of_status(name: str) -> Explanation:
    stage = next((each for each in stage_names() if family().stages[each].status == name), None)
    failures = ending_in(name)
    return Explanation(
        name=name,
        causes=(*_listed(name), *_shown(name), *failures.causes),
        commands=failures.commands if stage is None else _waited(stage),
    )


def _documented() -> list[str]:
    return [str(each) for each in _record_info().at(*STATUSES)]


def _listed(status: str) -> Iterator[Fact]:
    """Where the document has a status, or that it has not."""
    if status in _documented():
        place = in_document(_record_info(), *STATUSES, _documented().index(status))
        yield Fact("a status of record-info", (place,))
    else:
        yield Fact("a status that no document has", (in_document(_record_info(), *STATUSES),))


def _said(profile: str) -> Quote:
    document = Document.read(OPENAPI / profile_file(profile)["callback_document"])
    return Quote(profile=profile, about="callback", text=document.at(*TYPE), place=in_document(document, *TYPE))


def _course(name: str) -> Iterator[Fact]:
    """When the stage is reached, what its callback says on which profile, what polling shows."""
    stage = family().stages[name]
    yield Fact(f"{stage.at:g} s after the answer at real pace", (in_family("stages", name, "at"),))
    yield Fact(f"callback: code 200, {stage.msg}", (in_family("stages", name, "msg"),))
    for profile in profiles():
        if profile.stage_messages[name] != stage.msg:
            at = in_profile(profile.source, "stages", name)
            yield Fact(f"callback on {profile.source}: code 200, {profile.stage_messages[name]}", (at,))
    yield Fact(f"polling: {stage.status} from then on", (in_family("stages", name, "status"),))


def _shown(status: str) -> Iterator[Fact]:
    """When polling shows it."""
    known = family()
    for name, stage in known.stages.items():
        if stage.status == status:
            said = f"from the stage {name} on, {stage.at:g} s after the answer at real pace"
            yield Fact(said, (in_family("stages", name, "status"),))
    if status == known.pending:
        yield Fact("from the answer on, before any stage", (in_family("pending"),))
    if status == known.lost:
        said = "in place of the last stage's, once every retry of its callback failed; a blocked one loses nothing"
        yield Fact(said, (in_family("lost"),))


def _differs(scenario: Scenario, stage: str) -> bool:
    """Whether the callback of a stage is not what it is without the scenario."""
    steps = [step for step in scenario.steps() if step.stage == stage]
    return scenario.answer is None and (steps != [Step(stage=stage)] or scenario.failure_at(stage) is not None)


def _waited(stage: str) -> tuple[str, ...]:
    """How the mock is brought there by hand."""
    at = f"{family().stages[stage].at:g}s"
    return ("suno-mock serve --pace manual", "suno-mock extend --no-wait", f"suno-mock clock advance {at}")


def _record_info() -> Document:
    """The document that describes polling, whatever the profile."""
    return describing(sources()[0], operations()[RECORD_INFO])
