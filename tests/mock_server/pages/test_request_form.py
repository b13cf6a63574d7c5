"""The form of a request, as values."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.body_validator import Rule
from mock_server.pages.request_form import MEMBER, Field, body_of, example, fields

PROPERTIES: dict[str, dict[str, Any]] = {
    "title": {"type": "string", "description": "What it is called."},
    "loud": {"type": "boolean"},
    "from": {"type": "number", "example": 60},
    "tags": {"type": "array"},
}


def rule(name: str, **schema: object) -> Rule:
    return Rule(id=f"x.{name}", field=name.partition(".")[0], place="", schema=schema, allowed="", when={})


def field(name: str, body: dict[str, object], *rules: Rule) -> Field:
    return next(each for each in fields(PROPERTIES, rules, body, "maxUtf8Length", []) if each.name == name)


@given(st.text(st.characters(blacklist_characters="\r"), min_size=1))
def test_a_text_is_sent_as_it_was_typed(text: str) -> None:
    assert body_of({MEMBER + "title": text.replace("\n", "\r\n")}, PROPERTIES) == {"title": text}


def test_values_have_their_type_and_else_are_texts() -> None:
    form = {MEMBER + "loud": "true", MEMBER + "from": "0.5", MEMBER + "tags": "[1]", MEMBER + "title": ""}
    assert body_of(form, PROPERTIES) == {"loud": True, "from": 0.5, "tags": [1]}
    assert body_of({MEMBER + "loud": "yes", MEMBER + "from": "soon"}, PROPERTIES) == {"loud": "yes", "from": "soon"}


def test_the_smallest_limit_that_holds_is_counted_in_its_unit() -> None:
    limit = {"properties": {"title": {"maxLength": 3}}}
    always = rule("title.length", properties={"title": {"maxWords": 9}})
    loud = rule("title.length", **{"if": {"required": ["loud"]}, "then": limit})
    counted = field("title", {"title": "four é", "loud": True}, always, loud).counted
    assert counted is not None
    assert (counted.has, counted.most, counted.unit, counted.over) == (7, 3, "bytes of UTF-8", True)
    counted = field("title", {"title": "two words"}, always, loud).counted
    assert counted is not None
    assert (counted.has, counted.unit, counted.over) == (2, "words", False)
    assert field("title", {"title": 5}, always).counted is None


def test_a_field_is_filled_in_as_its_schema_says() -> None:
    choice = field("title", {}, rule("title.enum", properties={"title": {"enum": ["a", "b"]}}))
    assert (choice.kind, choice.choices) == ("choice", ["a", "b"])
    assert field("loud", {"loud": True}).value == "true"
    assert field("title", {}, rule("title.length", properties={"title": {"maxLength": 1000}})).kind == "lines"
    assert field("title", {}, rule("title.required", required=["title"])).required


def test_an_example_is_of_what_the_document_demands() -> None:
    assert example(PROPERTIES, ["title", "from"]) == {"from": 60}
