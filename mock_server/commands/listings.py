"""The lists that commands print: tracks, scenarios, profiles and questions, as lines of text."""

from collections.abc import Iterable, Iterator, Mapping

from mock_server.contract.profile import Profile
from mock_server.contract.questions import Question
from mock_server.contract.scenarios import Scenario, cause
from mock_server.contract.source_tracks import Track


def tracks(found: Iterable[Track]) -> Iterator[str]:
    for track in found:
        yield f"{track.id}  {track.model:8}  {track.duration:7.2f} s  {track.title}"


def scenarios(found: Iterable[Scenario]) -> Iterator[str]:
    for scenario in found:
        yield f"{scenario.name}  {scenario.summary}"
        yield f"    {cause(scenario)}"
        yield f"    on demand: {' | '.join(scenario.triggers())}"


def profiles(found: Iterable[Profile]) -> Iterator[str]:
    for profile in found:
        yield f"{profile.name}  {profile.summary}"
        yield f"    models: {', '.join(profile.models)}"
        yield f"    endpoints: {', '.join(profile.operations)}"


def questions(found: Iterable[tuple[Question, Mapping[str, str]]]) -> Iterator[str]:
    """Each with the reading that each profile picks."""
    for question, picks in found:
        yield f"{question.id}  {question.question}"
        for reading in question.readings.values():
            picking = [profile for profile, name in picks.items() if name == reading.name]
            told = f"  <- {', '.join(picking)}" if picking else ""
            yield f"    {reading.name}: {reading.says}{told}"
        for source in question.sources:
            yield f"    source: {source}"
