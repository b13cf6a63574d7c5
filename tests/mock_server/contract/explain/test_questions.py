"""What is known of questions and readings."""

from mock_server.contract.explain.explanation import Explanation, Facts
from mock_server.contract.explain.questions import of_question, of_reading, question_names, reading_names
from mock_server.contract.questions import Register
from tests.places import line


def facts(found: Explanation, heading: str) -> Facts:
    return next((each.facts for each in found.sections if each.heading == heading), ())


def test_the_questions_are_the_register() -> None:
    assert question_names() == list(Register.read().questions)


def test_a_question_has_its_readings_picks_and_sources() -> None:
    found = of_question("first_items")
    one, both = facts(found, "Readings")
    assert (one.text, both.text) == (
        "one: the finished track  <- apikley, classic, kie",
        "both: both, the second unfinished  <- observed, sunoapi",
    )
    assert [line(place).strip().partition(":")[0] for place in both.places] == ["both", "first_items"]
    assert line(*facts(found, "Sources")[0].places).strip() == '- "kie: one track (D)"'


def test_a_question_has_who_reads_it_and_the_stage_that_it_decides_about() -> None:
    asked, read, stage = of_question("first_items").causes
    assert line(*asked.places).strip().startswith("question:")
    assert "def listed(" in line(*read.places)
    assert (stage.text, line(*stage.places)[:9]) == ("decides about the stage first", "  first: ")


def test_a_question_has_the_rules_that_it_decides_about() -> None:
    rules = {fact.text.split()[0] for fact in facts(of_question("prompt_required"), "Rules of extend")}
    assert rules == {"extend.prompt.required", "extend.prompt.custom"}


def test_a_reading_that_nobody_picks_has_no_arrow() -> None:
    texts = [fact.text for fact in facts(of_question("string_length"), "Readings")]
    assert "utf16: one UTF-16 unit, as Java and JavaScript count" in texts


def test_a_reading_is_found_with_its_question() -> None:
    found = of_reading("first_items=both")
    assert found.commands == ("suno-mock serve --set first_items=both",)
    assert [fact.text.split()[0] for fact in found.causes] == ["first_items", "both:"]


def test_a_reading_alone_is_that_of_every_question() -> None:
    found = of_reading("both")
    asked = ("text_items", "first_items", "record_items")
    assert found.commands == tuple(f"suno-mock serve --set {question}=both" for question in asked)
    assert {"both", "text_items=both"} <= {*reading_names()}


def test_a_reading_has_its_rules() -> None:
    rules = [fact.text.split()[0] for fact in facts(of_reading("continue_at_min=at_least_1"), "Rules of extend")]
    assert {*rules} == {"extend.continueAt.start"}
    assert of_reading("at_least_1").sections == of_reading("continue_at_min=at_least_1").sections
