"""A request as a document describes it: where its fields come from, and what is said of wrong ones."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from mock_server.contract.decode import BODY_LIMIT
from mock_server.control.request_schema import Problem, RequestSchema

pytestmark = pytest.mark.anyio

DOCUMENT: dict[str, Any] = {
    "components": {
        "parameters": {"name": {"name": "name", "in": "query", "schema": {"type": "string", "minLength": 1}}},
        "schemas": {"Colour": {"type": "string", "enum": ["red", "green"]}},
        "requestBodies": {"Optional": {"content": {"application/json": {"schema": {"type": "object"}}}}},
    }
}
PARAMETERS = [
    {"$ref": "#/components/parameters/name"},
    {"name": "count", "in": "query", "schema": {"type": "integer", "minimum": 1}},
    {"name": "colour", "in": "query", "schema": {"$ref": "#/components/schemas/Colour"}},
    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
]
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["a"],
    "properties": {
        "a": {"type": "integer", "minimum": 0},
        "b": {"type": "string", "nullable": True},
        "colour": {"$ref": "#/components/schemas/Colour"},
        "all": {"type": "boolean", "enum": [True], "x-way-out": "what else there is"},
    },
}
BODY = {"required": True, "content": {"application/json": {"schema": SCHEMA}}}


def described(**operation: Any) -> RequestSchema:
    return RequestSchema(DOCUMENT, {"responses": {"200": {}}, **operation})


async def fields(operation: RequestSchema, query: str = "", body: bytes = b"", **path: str) -> dict[str, Any]:
    """The fields of a request with this query, body and path parameters."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    scope = {"type": "http", "query_string": query.encode(), "headers": [], "path_params": path}
    return await operation.fields(Request(scope, receive))


async def problem(operation: RequestSchema, query: str = "", body: bytes = b"") -> str:
    """The text of the 400 that a request gets."""
    with pytest.raises(Problem) as caught:
        await fields(operation, query, body)
    assert caught.value.status == 400
    assert str(caught.value) == caught.value.text
    return caught.value.text


@pytest.mark.parametrize(
    ("responses", "status"), [({"200": {}, "400": {}}, 200), ({"404": {}, "201": {}}, 201), ({"204": {}}, 204)]
)
def test_the_status_is_that_of_the_success(responses: dict[str, Any], status: int) -> None:
    assert described(responses=responses).status == status


async def test_fields_come_from_path_query_and_body() -> None:
    operation = described(parameters=PARAMETERS, requestBody=BODY)
    found = await fields(operation, "name=x&count=2", b'{"a": 1, "b": null}', id="7")
    assert found == {"id": "7", "name": "x", "count": 2, "a": 1, "b": None}


async def test_what_was_not_sent_is_no_field() -> None:
    assert await fields(described(parameters=PARAMETERS)) == {}


@pytest.mark.parametrize("body", [b"", b"{}", b" {}\n"])
async def test_an_operation_without_a_body_takes_an_empty_one(body: bytes) -> None:
    assert await fields(described(), body=body) == {}


async def test_an_operation_without_a_body_takes_no_other() -> None:
    assert await problem(described(), body=b'{"to": 3}') == r'body is "{\"to\": 3}"; allowed: none'


async def test_what_was_not_sent_has_its_default() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer", "default": 1}, "b": {"type": "integer"}}}
    body = {"content": {"application/json": {"schema": schema}}}
    operation = described(
        parameters=[{"name": "c", "in": "query", "schema": {"type": "integer", "default": 3}}], requestBody=body
    )
    assert await fields(operation) == {"a": 1, "c": 3}
    assert await fields(operation, "c=4", b'{"a": 2, "b": 5}') == {"a": 2, "b": 5, "c": 4}


@given(st.integers(1, 10**9))
async def test_a_number_of_the_query_becomes_a_number(count: int) -> None:
    found = await fields(described(parameters=PARAMETERS), urlencode({"count": count}))
    assert (found, type(found["count"])) == ({"count": count}, int)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("count=two", 'count: "two" is not of type "integer"'),
        ("count=1.5", 'count: "1.5" is not of type "integer"'),
        ("count=0", "count: 0 is less than the minimum of 1"),
        ("name=", 'name: "" is shorter than 1 character'),
        ("colour=blue", 'colour: "blue" is unknown. Nearest: red. Known: red, green'),
        ("nam=x", "query parameter 'nam' is unknown. Nearest: name. Known: name, count, colour"),
        ("count=1&count=2", "query parameter 'count' came 2 times; allowed: once"),
        ("name=x&name=x", "query parameter 'name' came 2 times; allowed: once"),
        (f"colour={'x' * 300}", f'colour: "{"x" * 59}... (302 characters) is unknown. Nearest: red. Known: red, green'),
    ],
)
async def test_a_wrong_query_names_its_parameter(query: str, text: str) -> None:
    assert await problem(described(parameters=PARAMETERS), query) == text


@pytest.mark.parametrize("value", ["1_0", " 5", "+5", "٣"])
async def test_a_number_of_the_query_is_written_as_in_json(value: str) -> None:
    text = await problem(described(parameters=PARAMETERS), urlencode({"count": value}))
    assert text.endswith('is not of type "integer"')


async def test_an_operation_may_allow_no_query() -> None:
    assert await problem(described(), "z=1&x=2") == "query parameter 'x' is unknown. Known: none"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", 'body is missing; allowed: a JSON object with "a"'),
        (
            b"{",
            "body is not JSON: EOF while parsing an object at line 1 column 1; allowed: JSON in UTF-8, each key once",
        ),
        (
            b"\xef\xbb\xbf{}",
            "body is not JSON: it begins with a byte order mark of UTF-8; allowed: JSON in UTF-8, each ",
        ),
        (b'{"a": NaN}', "body is not JSON: expected value at line 1 column 7"),
        (b'{"a": 1, "a": 1}', 'body is not JSON: Detected duplicate key "a"'),
        (b"[]", 'body: [] is not of type "object"'),
        (b"{}", 'body: "a" is a required property'),
        (b'{"a": -1}', "a: -1 is less than the minimum of 0"),
        (b'{"a": true}', 'a: true is not of type "integer"'),
        (b'{"a": 1, "b": 2}', 'b: 2 is not of types "null", "string"'),
        (b'{"a": 1, "colur": "red"}', "colur: unknown field. Nearest: colour. Known: a, b, colour, all"),
        (b'{"a": "%b"}' % (b"x" * 300), f'a: "{"x" * 59}... (302 characters) is not of type "integer"'),
        (b'{"a": 1, "colour": null}', "colour: null is unknown. Known: red, green"),
        (b'{"a": 1, "colour": 502}', "colour: 502 is unknown. Known: red, green"),
        (b'{"a": 1, "all": false}', "all: false is not allowed. Allowed: true, or leave it out; what else there is"),
    ],
)
async def test_a_wrong_body_names_its_field(body: bytes, text: str) -> None:
    assert (await problem(described(requestBody=BODY), body=body)).startswith(text)


async def test_every_wrong_field_is_named() -> None:
    text = await problem(described(requestBody=BODY), body=json.dumps({"b": 1, "colour": "blue", "d": 1}).encode())
    for part in (
        "b: 1 is not",
        'colour: "blue" is unknown',
        "d: unknown field. Known: a, b, colour, all",
        '"a" is a required property',
    ):
        assert part in text
    assert text.count("; ") == 3


async def test_a_body_may_be_left_out_where_it_is_not_required() -> None:
    optional = described(requestBody={"$ref": "#/components/requestBodies/Optional"})
    assert await fields(optional) == {}
    assert await fields(optional, body=b'{"a": 1}') == {"a": 1}
    assert await problem(optional, body=b"null") == 'body: null is not of type "object"'


async def test_a_body_has_a_size() -> None:
    text = f"body is too large; allowed: at most {BODY_LIMIT} bytes"
    assert await problem(described(requestBody=BODY), body=b" " * (BODY_LIMIT + 1)) == text


async def test_every_unknown_field_is_named() -> None:
    text = await problem(described(requestBody=BODY), body=b'{"a": 1, "zz": 1, "yy": 2}')
    assert text == "zz: unknown field. Known: a, b, colour, all; yy: unknown field. Known: a, b, colour, all"
