"""One operation's document and prose: the rules that come of them."""

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract import rulebook
from mock_server.contract.body_validator import Rule
from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.operations import operations
from mock_server.contract.rule_source import Source, models, request_pointer
from mock_server.contract.rulebook import ANNOTATIONS, KEYWORDS
from tests.builders import edition, posts
from tests.places import APIKLEY, field_place, place

DOCUMENTS = ["apikley", "classic"]
NEIGHBOURS = ["generate", "persona", "wav"]
SERVED = [(profile, operation) for profile in DOCUMENTS for operation in posts(edition(profile).profile)]

each_document = pytest.mark.parametrize("name", DOCUMENTS)
each_source = pytest.mark.parametrize(
    ("operation", "name"),
    [*(("extend", name) for name in DOCUMENTS), *((operation, "apikley") for operation in NEIGHBOURS)],
)
each_served = pytest.mark.parametrize(("profile", "operation"), SERVED)


@cache
def document(name: str) -> Document:
    return Document.read(OPENAPI / f"{name}.openapi.yaml")


def source(operation: str = "extend", name: str = "apikley", **changes: Any) -> Source:
    """What one operation's rules come from, without limits, and with changes."""
    return replace(Source.read(operations()[operation], document(name), ()), **changes)


def stated(operation: str, name: str) -> list[Rule]:
    """The rules that the schema states."""
    return list(rulebook.rules(source(operation, name, prose=())))


def rules(name: str = "apikley", **changes: Any) -> list[Rule]:
    """The rules of extend."""
    return list(rulebook.rules(source("extend", name, **changes)))


@each_source
def test_every_schema_keyword_is_a_rule(operation: str, name: str) -> None:
    read = source(operation, name)
    assert {rule.id for rule in stated(operation, name) if not rule.id.endswith(".required")} == {
        f"{operation}.body.type",
        *(
            f"{operation}.{field}.{KEYWORDS[keyword]}"
            for field, keywords in read.properties.items()
            for keyword in keywords
            if keyword not in ANNOTATIONS
        ),
        *(["generate.model.enum"] if operation == "generate" else []),
    }


@each_source
def test_every_required_property_is_a_rule(operation: str, name: str) -> None:
    read = source(operation, name)
    required = [rule.field for rule in stated(operation, name) if rule.id.endswith(".required")]
    assert required == read.document.at(*read.request, "required")


@each_document
def test_schema_rules_stand_in_place(name: str) -> None:
    lines = document(name).text
    for rule in stated("extend", name):
        line = lines[int(rule.place.rpartition(":")[2]) - 1].strip()
        keyword = rule.id.rpartition(".")[2]
        expected = {"required": f"- {rule.field}", "length": "maxLength:"}.get(keyword, f"{keyword}:")
        assert line.startswith(expected)


@pytest.mark.parametrize("operation", NEIGHBOURS)
def test_schema_rules_of_the_neighbours_stand_in_place(operation: str) -> None:
    """Their document has several keywords in a line, and requires all properties in one."""
    for rule in stated(operation, "apikley"):
        file = operations()[operation].file
        described = Document.read(Path(file)) if file else document("family")
        line = described.text[int(rule.place.rpartition(":")[2]) - 1]
        assert rule.field in line or f"{rule.id.rpartition('.')[2]}:" in line


@each_document
def test_the_profiles_document_tells_the_models(name: str) -> None:
    schema = document(name).at(*request_pointer(operations()["extend"]))
    assert list(models(document(name))) == schema["properties"]["model"]["enum"]


@each_document
def test_a_document_without_models_takes_the_profiles(name: str) -> None:
    (rule,) = [rule for rule in stated("generate", name) if rule.id == "generate.model.enum"]
    assert rule.schema == {"properties": {"model": {"enum": list(models(document(name)))}}}
    assert rule.allowed == f"{', '.join(models(document(name)))}, or another with --model NAME=V5"
    assert "model: {type: string" in document("family").text[int(rule.place.rpartition(":")[2]) - 1]


@pytest.mark.parametrize("operation", ["persona", "wav"])
def test_what_has_no_model_needs_none(operation: str) -> None:
    assert "model" not in {rule.field for rule in stated(operation, "apikley")}


@pytest.mark.parametrize(("operation", "name"), [("extend", "apikley"), ("generate", "apikley")])
def test_a_reading_takes_a_rule_away(operation: str, name: str) -> None:
    found = rulebook.rules(source(operation, name))
    conditional = {rule.id: rule.when for rule in found if rule.id.endswith(".required") and rule.when}
    assert conditional == {f"{operation}.prompt.required": {"prompt_required": "always"}}


def test_limits_hold_per_model() -> None:
    line = {"models": ["V4_5", "V4_5PLUS"], "quote": "openapi: 3.0.0", "characters": {"title": 100}}
    limits = [rule for rule in rules(limits=[line], prose=[]) if rule.id == "extend.title.length"]
    assert [rule.allowed for rule in limits] == [
        "at most 100 {unit} for model V4_5",
        "at most 100 {unit} for model V4_5PLUS",
    ]
    assert limits[0].place == place(APIKLEY, "openapi: 3.0.0")
    assert limits[0].schema == {
        "if": {"properties": {"model": {"const": "V4_5"}}, "required": ["model"]},
        "then": {"properties": {"title": {"maxLength": 100}}},
    }


def test_limits_may_hold_under_a_condition() -> None:
    custom = {"properties": {"customMode": {"const": True}}}
    line = {"models": ["V4"], "if": custom, "quote": "openapi: 3.0.3", "characters": {"title": 80}}
    (limit,) = [rule for rule in rulebook.rules(source("generate", limits=[line], prose=[])) if "length" in rule.id]
    assert (limit.id, limit.place) == ("generate.title.length", document("family").place_of("openapi: 3.0.3"))
    assert limit.schema == {
        "if": {"allOf": [{"properties": {"model": {"const": "V4"}}, "required": ["model"]}, custom]},
        "then": {"properties": {"title": {"maxLength": 80}}},
    }


def test_limits_may_hold_under_a_reading() -> None:
    line = {"models": ["V4"], "when": {"q": "a"}, "quote": "openapi: 3.0.0", "characters": {"title": 80}}
    assert rules(limits=[line], prose=[])[-1].when == {"q": "a"}


def prose(**changes: Any) -> Rule:
    """The rule of one entry of the prose."""
    entry = {"id": "extend.title.custom", "field": "title", "quote": "- Required when", "schema": {}} | changes
    return rules(prose=[entry])[-1]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({}, field_place("title", "- Required when"), id="after the field's own line"),
        pytest.param({"field": "style"}, field_place("style", "- Required when"), id="after another field's line"),
        pytest.param(
            {"quote": "- Required when defaultParamFlag is true."},
            field_place("title", "- Required when"),
            id="backticks",
        ),
        pytest.param(
            {"quote": "operationId: extend"}, place(APIKLEY, "operationId: extend"), id="before it, in the operation"
        ),
        pytest.param(
            {"quote": "openapi: 3.0.0"}, place(APIKLEY, "openapi: 3.0.0"), id="before that, when nowhere after"
        ),
        pytest.param(
            {"field": "body", "quote": "properties:"},
            place(APIKLEY, "properties:", under="requestBody:"),
            id="after the request's",
        ),
    ],
)
def test_quotes_are_found_near_fields(changes: dict[str, str], found: str) -> None:
    assert prose(**changes).place == found


def test_a_made_up_quote_fails() -> None:
    with pytest.raises(LookupError, match=r"^apikley\.openapi\.yaml has no line 'made up' at or after line 1$"):
        prose(quote="made up")


def test_a_rule_needs_no_field() -> None:
    rule = rules(prose=[{"id": "extend.body.odd", "quote": "properties:"}])[-1]
    assert (rule.field, rule.schema, rule.allowed, rule.when) == ("body", None, "", {})


def test_a_field_that_no_document_names_has_no_rule() -> None:
    entry = {"id": "extend.tempo.slow", "field": "tempo", "quote": "made up"}
    assert "tempo" not in {rule.field for rule in rules(prose=[entry])}
    assert "personaId" not in {rule.field for rule in rules("classic")}


@each_served
def test_documented_properties_are_filled_in(profile: str, operation: str) -> None:
    found = {rule.id: rule.schema for rule in edition(profile).profile.rules(operation)}
    documented = source(operation, profile).properties
    assert found[f"{operation}.body.properties"] == {
        "properties": {field: {} for field in documented},
        "additionalProperties": False,
    }


@each_served
def test_a_rule_is_of_its_operation(profile: str, operation: str) -> None:
    for rule in edition(profile).profile.rules(operation):
        assert rule.id.startswith(f"{operation}.{rule.field}.")


@each_served
def test_no_two_rules_say_the_same(profile: str, operation: str) -> None:
    found = edition(profile).profile.rules(operation)
    told = Counter((rule.id, *sorted(rule.when.items()), rule.allowed) for rule in found)
    assert [rule for rule, times in told.items() if times > 1] == []
    assert {id for id, times in Counter(id for id, *_ in told).items() if times > 1} <= {
        f"{operation}.continueAt.start",
        *(f"{operation}.{field}.length" for field in ("prompt", "style", "title")),
    }


@each_served
def test_every_rule_stands_in_its_own_operation(profile: str, operation: str) -> None:
    read = source(operation, profile)
    first = read.document.lines["paths", read.operation.path]
    later = [line for pointer, line in read.document.lines.items() if len(pointer) <= 2 and line > first]
    last = min(later, default=len(read.document.text) + 1)
    for rule in edition(profile).profile.rules(operation):
        file, _, line = rule.place.partition(":")
        assert file == read.document.name
        assert first < int(line) < last, rule.id


def test_a_limit_of_nowhere_has_no_place() -> None:
    source = Source.read(operations()["extend"], document("apikley"), [{"models": ["V4"], "characters": {"title": 3}}])
    (rule,) = [rule for rule in rulebook.rules(source) if rule.id == "extend.title.length"]
    assert (rule.place, rule.model) == ("", "V4")
