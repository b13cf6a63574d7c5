"""The lists that the command prints."""

import pytest

from mock_server.commands import listings
from mock_server.contract.profile_files import profile_names
from mock_server.contract.questions import Question, Reading
from mock_server.contract.scenarios import Scenario
from mock_server.contract.source_tracks import Track
from tests.builders import SCENARIOS, SOURCE, edition

PICKS = {"apikley": "large", "classic": "large"}


def question(*, sources: tuple[str, ...] = ()) -> Question:
    return Question(
        id="size",
        question="How large is it?",
        decided_by="the server",
        sources=sources,
        readings={
            "small": Reading(name="small", says="as a pea", value=1),
            "large": Reading(name="large", says="as a house", value=2),
        },
    )


def test_tracks_stand_in_columns() -> None:
    long = Track(id="other", model="V4_5PLUS", duration=1000.0, title="Glass Mountain", style="", prompt="")
    assert list(listings.tracks([SOURCE, long])) == [
        "source  V4         198.44 s  Iron Man",
        "other  V4_5PLUS  1000.00 s  Glass Mountain",
    ]


@pytest.mark.parametrize(
    ("scenario", "lines"),
    [
        pytest.param(
            Scenario(name="402", summary="No credits.", natural="the key empty-key", answer=402),
            [
                "402  No credits.",
                "    by itself: the key empty-key",
                "    on demand: Prefer: code=402 | Prefer: scenario=402 | audioId mock-402 | key mock-402",
            ],
            id="a natural code",
        ),
        pytest.param(
            Scenario(name="409", summary="A conflict.", unreachable="extend makes none", answer=409),
            [
                "409  A conflict.",
                "    never by itself: extend makes none",
                "    on demand: Prefer: code=409 | Prefer: scenario=409 | audioId mock-409 | key mock-409",
            ],
            id="an unreachable code",
        ),
        pytest.param(
            Scenario(name="silent", summary="Nothing comes.", shape=True, callbacks=()),
            [
                "silent  Nothing comes.",
                "    a course of callbacks to survive; never by itself",
                "    on demand: Prefer: scenario=silent | audioId mock-silent | key mock-silent",
            ],
            id="a shape",
        ),
        pytest.param(
            Scenario(name="undeliverable", summary="Lost.", natural="no receiver", shape=True, lost=True, callbacks=()),
            [
                "undeliverable  Lost.",
                "    by itself: no receiver",
                "    on demand: Prefer: scenario=undeliverable | audioId mock-undeliverable | key mock-undeliverable",
            ],
            id="a shape with a cause",
        ),
        pytest.param(
            Scenario(name="failed", summary="It fails.", outside="nobody has it"),
            [
                "failed  It fails.",
                "    never by itself, and in no document: nobody has it",
                "    on demand: Prefer: scenario=failed | audioId mock-failed | key mock-failed",
            ],
            id="what no document has",
        ),
    ],
)
def test_a_scenario_tells_its_triggers(scenario: Scenario, lines: list[str]) -> None:
    assert list(listings.scenarios([scenario])) == lines


@pytest.mark.parametrize("scenario", list(SCENARIOS), ids=lambda scenario: scenario.name)
def test_every_scenario_has_one_cause(scenario: Scenario) -> None:
    """Either something causes it, or it is told why nothing does; a course of callbacks needs neither."""
    assert [scenario.natural, scenario.unreachable, scenario.outside].count(None) == 2 or scenario.shape
    assert not ((scenario.unreachable or scenario.outside) and (scenario.natural or scenario.shape))


def test_a_profile_tells_its_models() -> None:
    assert list(listings.profiles([edition("classic").profile])) == [
        "classic  The older page (000_62dd0bfe42806b7f.txt): model V3_5, the same limits for every model, no personas.",
        "    models: V3_5, V4, V4_5, V4_5PLUS, V5",
        "    endpoints: extend, generate, wav, record-info, generate-credit",
    ]


def test_every_profile_is_listed() -> None:
    profiles = [edition(name).profile for name in profile_names()]
    lines = list(listings.profiles(profiles))
    assert [line.partition("  ")[0] for line in lines[::3]] == profile_names()


def test_a_question_tells_its_readings() -> None:
    assert list(listings.questions([(question(sources=("apikley, title", "a capture")), PICKS)])) == [
        "size  How large is it?",
        "    small: as a pea",
        "    large: as a house  <- apikley, classic",
        "    source: apikley, title",
        "    source: a capture",
    ]


def test_a_question_may_lack_sources() -> None:
    lines = list(listings.questions([(question(), PICKS)]))
    assert lines[-1].strip() == "large: as a house  <- apikley, classic"
