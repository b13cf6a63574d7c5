"""What is known of rules."""

import shlex

import pytest

from mock_server.commands.client.extend_fields import documented, pairs
from mock_server.contract.examples import documented_request
from mock_server.contract.explain.rules import known, listed, named, of_rule, rule_names
from tests.builders import edition
from tests.places import line

DOCUMENTED = list(dict.fromkeys(each.rule.id for each in known()))


@pytest.mark.parametrize("rule", DOCUMENTED)
def test_every_rule_of_a_document_is_quoted(rule: str) -> None:
    found = of_rule(rule)
    assert found.quotes
    for quote in found.quotes:
        assert quote.text in line(quote.place)


@pytest.mark.parametrize("rule", [rule for rule in DOCUMENTED if of_rule(rule).commands])
def test_the_command_of_a_rule_breaks_it(rule: str) -> None:
    (command,) = of_rule(rule).commands
    _, _, option, value = shlex.split(command)
    request = documented_request("apikley")
    request = request | (pairs([value], documented(), further=True) if option == "--set" else {})
    request = {name: each for name, each in request.items() if option == "--set" or name != value}
    editions = [edition(), edition("classic"), edition("kie"), edition("apikley", "persona_without_custom=refused")]
    broken = {each.rule for under in editions for each in under.contract("extend").violations(request)}
    assert rule in broken


def test_a_limit_has_the_line_of_the_profile_that_makes_it() -> None:
    limits = {fact.text: fact.places for fact in of_rule("extend.prompt.length").causes}
    of_v4 = limits["422: prompt; allowed: at most 3000 characters for model V4"]
    assert [line(place).split()[0] for place in of_v4] == ["characters:", "characters:"]
    assert line(*limits["422: prompt; allowed: at most 3000 characters"]).strip() == "maxLength: 3000"


def test_a_rule_of_the_prose_has_the_line_that_makes_it() -> None:
    (cause,) = of_rule("extend.style.custom").causes
    assert line(*cause.places) == "  - id: extend.style.custom"


def test_a_rule_of_a_reading_has_the_line_of_the_reading() -> None:
    (section,) = of_rule("extend.continueAt.start").sections
    readings = {fact.text: line(*fact.places).strip() for fact in section.facts}
    assert readings == {
        "continue_at_min=above_0  anything greater than 0": "above_0: {says: anything greater than 0}",
        "continue_at_min=at_least_1  1 or more": "at_least_1: {says: 1 or more}",
    }


def test_a_limit_asks_what_a_character_is() -> None:
    (section,) = of_rule("extend.title.length").sections
    assert "string_length  What is one character of a length limit?" in [fact.text for fact in section.facts]


def test_a_rule_that_needs_state_has_the_function_that_enforces_it() -> None:
    *_, enforced = of_rule("persona.audioId.once").causes
    assert enforced.text == "enforced by made_already"
    assert line(*enforced.places).startswith("def made_already(")


@pytest.mark.parametrize("rule", ["extend.body.json", "extend.body.size", "wav.contentType", "mock.prefer"])
def test_a_rule_that_no_document_has_is_found_in_python(rule: str) -> None:
    assert rule in rule_names()
    said, enforced = of_rule(rule).causes
    assert said.text == "422: a rule of the mock's own, which no document has"
    assert "def " in line(*enforced.places)


def test_only_what_the_documents_leave_out_is_the_mocks_own() -> None:
    assert {"extend.audioId.once", "generate.taskId.complete"}.isdisjoint(rule_names())


def test_a_list_has_what_is_allowed_for_whom() -> None:
    sections = listed(lambda each: each.rule.id == "generate.prompt.description")
    fact, of_kie = sections[0].facts
    assert fact.text.endswith(
        "at most 500 characters, because customMode is false  <- apikley, classic, observed, sunoapi"
    )
    assert of_kie.text.endswith("at most 3000 characters, because customMode is false  <- kie")
    assert [line(place).strip() for place in fact.places] == [
        "- At most 500 characters in non-custom mode.",
        "- id: generate.prompt.description",
    ]


def test_names_have_the_first_line_of_each_document() -> None:
    (section,) = named(lambda rule: rule == "extend.prompt.length")
    files = [place.rpartition(":")[0] for place in section.facts[0].places]
    assert files == [f"openapi/{name}.openapi.yaml" for name in ("apikley", "classic", "kie")]
