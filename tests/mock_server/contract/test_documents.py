"""The OpenAPI documents and their examples are what the provider's pages say."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_server.contract.documents import OPENAPI, Document
from tests.places import APIKLEY, place

ROOT = Path(__file__).parents[3]
CALLBACK_URL = "{$request.body#/callBackUrl}"
PUBLISHED_SHA256 = "8215c2f3921b90f04eb87a01f2f8cb3d17596fdc9724fe9bb26d885aa3e83b3e"


def document(name: str) -> dict[str, Any]:
    text = (ROOT / "openapi" / f"{name}.openapi.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def operation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document(name)["paths"]["/api/v1/generate/extend"]["post"]
    return found


def schema(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message["content"]["application/json"]["schema"]
    return found


def callback(name: str) -> dict[str, Any]:
    found: dict[str, Any] = operation(name)["callbacks"]["audioExtend"][CALLBACK_URL]["post"]
    return found


def fixture(path: str) -> dict[str, Any]:
    text = (ROOT / "fixtures" / "documents" / path).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_the_apikley_document_is_the_published_one_line_for_line() -> None:
    """The constant is the SHA-256 of the YAML part of the provider's page 002_e9156eeeb0f7762f.txt.

    The part runs from `openapi: 3.0.0` to `in the management page`. Its lines were stripped, the empty ones
    left out, the rest joined with a newline and encoded as UTF-8. The page had lost all indentation, and shows
    the e-mail address without quotes, so both are set aside here.
    """
    text = (ROOT / "openapi" / "apikley.openapi.yaml").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    published = "\n".join(lines).replace("email: '[email protected]'", "email: [email protected]")
    assert hashlib.sha256(published.encode()).hexdigest() == PUBLISHED_SHA256


def test_the_only_fault_of_the_apikley_document_is_its_hidden_email() -> None:
    """The page was fetched with the address hidden as `[email protected]`, which is no e-mail address."""
    published = document("apikley")
    faults = [list(error.absolute_path) for error in OpenAPIV30SpecValidator(published).iter_errors()]
    assert faults == [["info", "contact", "email"]]

    published["info"]["contact"]["email"] = "support@example.com"
    assert list(OpenAPIV30SpecValidator(published).iter_errors()) == []


def test_the_classic_document_is_valid_and_names_its_sources() -> None:
    classic = document("classic")
    assert list(OpenAPIV30SpecValidator(classic).iter_errors()) == []
    assert "written from the page 000_62dd0bfe42806b7f.txt" in classic["info"]["description"]

    data = schema(operation("classic")["responses"]["200"])["allOf"][1]["properties"]["data"]
    borrowed = [data["properties"]["taskId"], schema(callback("classic")["requestBody"])]
    assert all("002_e9156eeeb0f7762f.txt" in part["x-source"] for part in borrowed)


def test_the_classic_callback_body_is_that_of_apikley() -> None:
    borrowed = schema(callback("classic")["requestBody"])
    own = schema(callback("apikley")["requestBody"])
    assert {key: value for key, value in borrowed.items() if key != "x-source"} == own

    stages = own["properties"]["data"]["properties"]["callbackType"]["enum"]
    assert stages == ["text", "first", "complete"]
    assert list(callback("classic")["responses"]) == ["200"]


@pytest.mark.parametrize("name", ["apikley", "classic"])
def test_the_request_fixture_holds_the_example_of_each_property(name: str) -> None:
    body = schema(operation(name)["requestBody"])
    examples = [(key, part["example"]) for key, part in body["properties"].items()]
    request = fixture(f"{name}/extend-request.json")
    assert list(request.items()) == examples
    assert set(body["required"]) <= set(request)
    assert ("personaId" in request) == (name == "apikley")


@pytest.mark.parametrize("name", ["apikley", "classic"])
def test_the_answer_fixture_holds_the_examples_of_the_answer(name: str) -> None:
    envelope, payload = schema(operation(name)["responses"]["200"])["allOf"]
    code, msg = envelope["properties"]["code"], envelope["properties"]["msg"]
    task_id = payload["properties"]["data"]["properties"]["taskId"]
    assert "example" not in code
    answer = {"code": code["enum"][0], "msg": msg["example"], "data": {"taskId": task_id["example"]}}
    assert fixture(f"{name}/extend-answer.json") == answer


def test_the_callback_fixture_is_the_fenced_block_of_the_description() -> None:
    description = callback("apikley")["description"]
    blocks = re.findall(r"^```json\n(.+?)\n```$", description, flags=re.DOTALL | re.MULTILINE)
    complete = fixture("apikley/callback-complete.json")
    assert [json.loads(block) for block in blocks] == [complete]
    assert blocks == [json.dumps(complete, indent=2)]

    track = schema(callback("apikley")["requestBody"])["properties"]["data"]["properties"]["data"]["items"]
    assert all(list(item) == list(track["properties"]) for item in complete["data"]["data"])


@pytest.mark.parametrize(
    ("models", "prompt", "style", "title"),
    [("V4", 3000, 200, 80), ("V4_5 & V4_5PLUS", 5000, 1000, 100), ("V4_5ALL", 5000, 1000, 80), ("V5", 5000, 1000, 100)],
)
def test_the_apikley_limits_stand_in_the_descriptions(models: str, prompt: int, style: int, title: int) -> None:
    limits = {"prompt": prompt, "style": style, "title": title}
    sentence = ", ".join(f"`{key}` {limit} characters" for key, limit in limits.items())
    assert f"    - **{models}**: {sentence}" in operation("apikley")["description"].splitlines()

    properties = schema(operation("apikley")["requestBody"])["properties"]
    for key, limit in limits.items():
        assert f"  - **{models}**: Maximum {limit} characters" in properties[key]["description"].splitlines()
        assert "maxLength" not in properties[key]


@pytest.mark.parametrize(("key", "limit"), [("prompt", 3000), ("style", 200), ("title", 80)])
def test_the_classic_limits_are_the_same_for_all_models(key: str, limit: int) -> None:
    extend = operation("classic")
    properties = schema(extend["requestBody"])["properties"]
    assert f"  - {key} length limit: {limit} characters" in extend["description"].splitlines()
    assert f"- Max length: {limit} characters." in properties[key]["description"].splitlines()
    assert properties[key]["maxLength"] == limit
    assert properties["model"]["enum"] == ["V3_5", "V4", "V4_5", "V4_5PLUS", "V5"]


@pytest.mark.parametrize("name", ["family", "admin"])
def test_our_own_documents_are_valid(name: str) -> None:
    assert list(OpenAPIV30SpecValidator(document(name)).iter_errors()) == []


def test_the_family_document_says_where_each_endpoint_is_documented() -> None:
    for path, methods in document("family")["paths"].items():
        for described in methods.values():
            assert re.search(r"\(D, .*(apikley|sunoapi\.org)", described["description"]), path


@pytest.mark.parametrize("name", ["apikley", "classic", "family"])
def test_every_node_has_its_line(name: str) -> None:
    read = Document.read(OPENAPI / f"{name}.openapi.yaml")
    assert read.tree == document(name)
    for pointer, line in read.lines.items():
        assert 1 <= line <= len(read.text)
        if isinstance(pointer[-1], str):
            assert pointer[-1] in read.text[line - 1]


def page(*lines: str) -> Document:
    """A document of these lines, with a node at each."""
    nodes: dict[tuple[str | int, ...], int] = {(number,): number for number in range(1, len(lines) + 1)}
    return Document(name="page.yaml", tree={}, text=lines, lines=nodes)


def line_of_page(number: int) -> str:
    return f"page.yaml:{number}"


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        pytest.param("- `prompt` is required", "prompt is required", id="backticks do not count"),
        pytest.param("the source audio’s model", "source audio's model", id="nor do curly apostrophes"),
        pytest.param("- **V4**: 3000 characters", "**V4**: 3000", id="a part of a line"),
    ],
)
def test_a_quote_is_found(line: str, quote: str) -> None:
    assert page("", line, line).place_of(quote) == line_of_page(2)


def test_a_quote_is_found_after_a_node() -> None:
    assert page("quote", "", "quote").place_of("quote", after=(2,)) == line_of_page(3)
    assert page("quote").place_of("quote", after=("no such node",)) == line_of_page(1)


@pytest.mark.parametrize("quote", ["Quote", "another line", "quote quote"])
def test_what_no_line_holds_is_no_quote(quote: str) -> None:
    with pytest.raises(LookupError) as failed:
        page("quote", "quote").place_of(quote, after=(2,))
    assert str(failed.value) == f"page.yaml has no line {quote!r} at or after line 2"


def test_a_node_has_its_place() -> None:
    read = Document.read(OPENAPI / "apikley.openapi.yaml")
    assert read.place(("openapi",)) == place(APIKLEY, "openapi: 3.0.0")
    assert read.at("openapi") == "3.0.0"
    with pytest.raises(KeyError):
        read.at("swagger")
