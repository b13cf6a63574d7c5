"""What is known of stages and statuses."""

import pytest

from mock_server.contract.explain.explanation import Explanation
from mock_server.contract.explain.stages import of_stage, of_status, stage_names, status_names
from mock_server.contract.family import Family
from mock_server.contract.questions import Register
from mock_server.contract.scenarios import STAGES
from tests.places import line

FAMILY = Family.read("apikley")


def section(found: Explanation, heading: str) -> list[str]:
    return [
        fact.text.replace(":", " ").split()[0]
        for each in found.sections
        if each.heading == heading
        for fact in each.facts
    ]


def test_the_stages_are_those_of_the_code() -> None:
    assert stage_names() == list(STAGES)


def test_a_stage_has_its_delay_message_and_status() -> None:
    facts = {fact.text: fact.places for fact in of_stage("first").causes}
    for text in (
        "105 s after the answer at real pace",
        "callback: code 200, First track generated successfully.",
        "polling: FIRST_SUCCESS from then on",
    ):
        assert line(*facts[text]).startswith("  first: {")
    captured = facts["callback on observed: code 200, First audio generated successfully."]
    assert line(*captured).startswith("  first: {msg: First audio")


def test_a_stage_has_the_questions_that_decide_about_it() -> None:
    assert "first_items" in section(of_stage("first"), "Questions")
    assert "first_items" not in section(of_stage("text"), "Questions")
    assert section(of_stage("complete"), "Questions")[-1] == "callback_exception"


def test_questions_name_stages_that_exist() -> None:
    assert {stage for each in Register.read().questions.values() for stage in each.stages} == {*STAGES}


def test_a_stage_has_the_scenarios_in_which_it_is_not_so() -> None:
    differs = section(of_stage("first"), "Not so in the scenarios")
    assert {"skip-first", "malformed", "callback-501", "silent"} <= {*differs}
    assert {"200", "402", "callback-200"}.isdisjoint(differs)


def test_a_stage_is_quoted_from_the_callback() -> None:
    assert all(line(quote.place).strip().startswith("description:") for quote in of_stage("text").quotes)


@pytest.mark.parametrize("stage", STAGES)
def test_the_status_of_a_stage_is_reached_by_the_clock(stage: str) -> None:
    found = of_status(FAMILY.stages[stage].status)
    assert found.commands[-1] == f"suno-mock clock advance {FAMILY.stages[stage].at:g}s"
    assert found.causes[1].text.startswith(f"from the stage {stage} on, ")


def test_a_status_stands_in_the_document() -> None:
    for name in status_names():
        if name != "FAILED":
            assert line(*of_status(name).causes[0].places).strip() == f"- {name}"


def test_a_status_of_a_scenario_alone_is_told_as_that() -> None:
    found = of_status("FAILED")
    assert found.causes[0].text == "a status that no document has"
    assert line(*found.causes[0].places).strip() == "enum:"
    assert "undocumented-failed: polling ends in FAILED" in [fact.text for fact in found.causes]
    assert "suno-mock queue undocumented-failed" in found.commands


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (FAMILY.pending, "from the answer on, before any stage"),
        (
            FAMILY.lost,
            "in place of the last stage's, once every retry of its callback failed; a blocked one loses nothing",
        ),
        ("SENSITIVE_WORD_ERROR", "callback-400: polling ends in SENSITIVE_WORD_ERROR"),
    ],
)
def test_a_status_says_when_polling_shows_it(status: str, said: str) -> None:
    assert said in [fact.text for fact in of_status(status).causes]


def test_the_status_of_a_failure_is_provoked_by_its_scenarios() -> None:
    assert "suno-mock queue callback-413" in of_status("CREATE_TASK_FAILED").commands
