"""What is known of operations, profiles and the family."""

import pytest

from mock_server.contract.explain.providers import of_operation, of_profile, of_shared, operation_names, shared_names
from mock_server.contract.operations import operations
from mock_server.contract.profile_files import profile_names
from tests.places import line


@pytest.mark.parametrize("name", operation_names())
def test_an_operation_has_its_line_and_its_function(name: str) -> None:
    facts = {fact.text: fact.places for fact in of_operation(name).causes}
    operation = operations()[name]
    assert line(*facts[f"{operation.method} {operation.path}"]) == f"    path: {operation.path}"
    assert line(*facts[f"it {operation.does}"]) == f"    does: {operation.does}"
    assert any(text.startswith("answered by ") for text in facts)
    assert any(text.startswith("served on ") for text in facts)


def test_what_an_operation_does_not_have_is_not_told() -> None:
    texts = [fact.text for fact in of_operation("wav").causes]
    assert "counts against the account's rate" in texts
    assert not any("credits" in text or "lasts" in text for text in texts)


def test_an_operation_is_quoted_from_the_document_that_describes_it() -> None:
    quotes = {quote.profile: quote for quote in of_operation("extend").quotes}
    assert quotes["apikley"].text == "Extend Music"
    assert quotes["classic"].text == "POST /api/v1/generate/extend"  # it has no summary there
    assert line(quotes["classic"].place).strip() == "post:"
    assert line(quotes["apikley"].place).strip() == "summary: Extend Music"


def test_only_extend_has_a_command() -> None:
    assert [name for name in operation_names() if of_operation(name).commands] == ["extend"]


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_has_its_readings(name: str) -> None:
    readings = next(each.facts for each in of_profile(name).sections if each.heading == "Readings")
    for fact in readings:
        picks, reading = (line(each).partition(" #")[0] for each in fact.places)
        question, _, picked = fact.text.split()[0].partition("=")
        assert picks.strip().replace('"', "") == f"{question}: {picked}"
        assert reading.strip().replace('"', "").startswith(f"{picked}:")


def test_a_profile_has_what_it_changes_and_what_it_takes_over() -> None:
    facts = {fact.text: fact.places for fact in of_profile("observed").causes}
    assert line(*facts["extends: apikley"]) == "extends: apikley"
    assert facts["document: apikley.openapi.yaml"][0].startswith("openapi/profiles/apikley.yaml:")
    assert line(*facts["stage first: msg First audio generated successfully."]).startswith("  first: ")
    assert line(*facts["model V5"]).strip() == "- V5"


def test_a_line_of_the_family_has_its_value_and_who_reads_it() -> None:
    value, *reading = of_shared("poll_limit").causes
    meaning = "queries of one task (D, apikley and kie, Get Music Details)"
    assert value.text == f"requests 3, seconds 1, on every profile: {meaning}"
    assert line(*value.places).startswith("poll_limit:")
    assert any("def _poll(" in line(*read.places) for read in reading)
    assert of_shared("callback_timeout").causes[0].text.startswith("15, on every profile: seconds the receiver has")
    assert of_shared("model_names").causes[0].text.endswith("V5 chirp-crow, on every profile")
    assert {"operations", "stages"}.isdisjoint(shared_names())
