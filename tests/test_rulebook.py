"""One document and its profile file: the rules that come of them."""

from typing import Any

import pytest

from mock_server import rulebook
from mock_server.contract import Rule
from mock_server.documents import OPENAPI, Document, load
from mock_server.profile import profile_names
from mock_server.rulebook import ANNOTATIONS, KEYWORDS, REQUEST
from tests.builders import edition

DOCUMENTS = ["apikley", "classic"]


def document(name: str) -> Document:
    return Document.read(OPENAPI / f"{name}.openapi.yaml")


def rules(name: str, **changes: Any) -> list[Rule]:
    """The rules of a profile's file with changes."""
    return list(rulebook.rules(document(name), load(OPENAPI / "profiles" / f"{name}.yaml") | changes))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_keyword_is_a_rule(name: str) -> None:
    properties = document(name).at(*REQUEST, "properties")
    assert {rule.id for rule in rules(name, rules=[], limits=[]) if not rule.id.endswith(".required")} == {
        "extend.body.type",
        *(
            f"extend.{field}.{KEYWORDS[keyword]}"
            for field, keywords in properties.items()
            for keyword in keywords
            if keyword not in ANNOTATIONS
        ),
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_required_property_is_a_rule(name: str) -> None:
    required = [rule.field for rule in rules(name, rules=[], limits=[]) if rule.id.endswith(".required")]
    assert required == document(name).at(*REQUEST, "required")


@pytest.mark.parametrize("name", profile_names())
def test_a_rule_holds_once_per_edition(name: str) -> None:
    judged = edition(name)
    holding = [rule.id for rule in judged.profile.rules if rule.holds(judged.names)]
    per_model = {"extend.prompt.length", "extend.style.length", "extend.title.length"}
    assert {id for id in holding if holding.count(id) > 1} <= per_model


@pytest.mark.parametrize("name", DOCUMENTS)
def test_schema_rules_stand_in_place(name: str) -> None:
    lines = document(name).text
    for rule in rules(name, rules=[], limits=[]):
        line = lines[int(rule.place.rpartition(":")[2]) - 1].strip()
        keyword = rule.id.rpartition(".")[2]
        expected = {"required": f"- {rule.field}", "length": "maxLength:"}.get(keyword, f"{keyword}:")
        assert line.startswith(expected)


def test_a_reading_takes_a_rule_away() -> None:
    conditional = {rule.id: rule.when for rule in rules("apikley") if rule.id.endswith(".required") and rule.when}
    assert conditional == {"extend.prompt.required": {"prompt_required": "always"}}


def test_limits_hold_per_model() -> None:
    line = {"models": ["V4_5", "V4_5PLUS"], "quote": "openapi: 3.0.0", "characters": {"title": 100}}
    limits = [rule for rule in rules("apikley", limits=[line], rules=[]) if rule.id == "extend.title.length"]
    assert [rule.allowed for rule in limits] == [
        "at most 100 {unit} for model V4_5",
        "at most 100 {unit} for model V4_5PLUS",
    ]
    assert limits[0].place == "apikley.openapi.yaml:1"
    assert limits[0].schema == {
        "if": {"properties": {"model": {"const": "V4_5"}}, "required": ["model"]},
        "then": {"properties": {"title": {"maxLength": 100}}},
    }


def prose(**changes: Any) -> Rule:
    """The rule of one entry of a profile's file."""
    entry = {"id": "extend.title.custom", "field": "title", "quote": "- Required when", "schema": {}} | changes
    return rules("apikley", rules=[entry])[-1]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        pytest.param({}, "apikley.openapi.yaml:121", id="after the field's own line"),
        pytest.param({"field": "style"}, "apikley.openapi.yaml:107", id="after another field's line"),
        pytest.param({"quote": "openapi: 3.0.0"}, "apikley.openapi.yaml:1", id="before it, when nowhere after"),
        pytest.param({"field": "body", "quote": "properties:"}, "apikley.openapi.yaml:66", id="after the request's"),
    ],
)
def test_quotes_are_found_near_fields(changes: dict[str, str], place: str) -> None:
    assert prose(**changes).place == place


def test_a_made_up_quote_fails() -> None:
    with pytest.raises(LookupError, match=r"^apikley\.openapi\.yaml has no line 'made up' at or after line 1$"):
        prose(quote="made up")


def test_a_rule_needs_no_field() -> None:
    rule = rules("apikley", rules=[{"id": "extend.body.odd", "quote": "properties:"}])[-1]
    assert (rule.field, rule.schema, rule.allowed, rule.when) == ("body", None, "", {})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documented_properties_are_filled_in(name: str) -> None:
    schemas = {rule.id: rule.schema for rule in rules(name)}
    documented = list(document(name).at(*REQUEST, "properties"))
    assert schemas["extend.body.properties"] == {
        "properties": {field: {} for field in documented},
        "additionalProperties": False,
    }
