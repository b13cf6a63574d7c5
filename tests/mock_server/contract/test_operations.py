"""The endpoints that the family serves."""

from pathlib import Path

import pytest

from mock_server.contract.documents import OPENAPI, Document, load, load_head
from mock_server.contract.operation_files import FOLDER
from mock_server.contract.operations import (
    ANSWER,
    EXTEND,
    GENERATE,
    PERSONA,
    POLL,
    RECORD_INFO,
    TASK,
    TRACKS,
    Operation,
    operations,
    path,
)
from mock_server.contract.shapes import unknown_names

ALL = list(operations().values())
POSTED = [each.name for each in ALL if each.method == "POST"]
OF_FILES = [each for each in ALL if each.file]
FAMILY = load(OPENAPI / "family.openapi.yaml")["paths"] | {
    path: item for each in OF_FILES for path, item in Document.read(Path(each.file)).at("paths").items()
}


def test_the_endpoints_are_known_by_name() -> None:
    of_family = {EXTEND, GENERATE, PERSONA, RECORD_INFO, "chat-credit", "generate-credit"}
    assert of_family | {path.stem for path in FOLDER.glob("*.yaml")} == set(operations())
    assert all(name == each.name for name, each in operations().items())


def test_no_two_endpoints_are_the_same() -> None:
    assert len({(each.method, each.path) for each in ALL}) == len(ALL)


def test_an_endpoint_has_its_path() -> None:
    assert path(EXTEND) == "/api/v1/generate/extend"
    assert [path(each.name) for each in ALL] == [each.path for each in ALL]


@pytest.mark.parametrize("name", ["apikley", "classic"])
def test_the_published_documents_describe_extend_alone(name: str) -> None:
    paths = load(OPENAPI / f"{name}.openapi.yaml")["paths"]
    assert {path: list(methods) for path, methods in paths.items()} == {path(EXTEND): ["post"]}


def test_every_other_endpoint_is_described_as_the_family_has_it() -> None:
    described = {(path, method) for path, methods in FAMILY.items() for method in methods}
    assert described == {(each.path, each.method.lower()) for each in ALL if each.name != EXTEND}


@pytest.mark.parametrize("name", [each.name for each in ALL if each.name != EXTEND])
def test_a_description_goes_by_the_name_of_its_endpoint(name: str) -> None:
    operation = operations()[name]
    assert FAMILY[operation.path][operation.method.lower()]["operationId"] == name


def test_whatever_is_posted_has_rules() -> None:
    described = [each.name for each in OF_FILES if "rules" in Document.read(Path(each.file)).tree]
    assert sorted([*(path.stem for path in (OPENAPI / "rules").glob("*.yaml")), *described]) == sorted(POSTED)


@pytest.mark.parametrize("operation", OF_FILES)
def test_a_file_describes_one_operation_with_names_that_stand_for_something(operation: Operation) -> None:
    head = load_head(Path(operation.file))["operations"]
    assert [*head] == [operation.name] == [Path(operation.file).stem]
    assert operation.kind in (TASK, POLL, ANSWER)
    assert [*unknown_names(head)] == []
    assert operation.kind != TASK or operations()[operation.polled_by].kind == POLL


def test_what_makes_tracks_costs_the_same_and_lasts() -> None:
    music = [each for each in ALL if each.makes == TRACKS]
    replaced = operations()["replace-section"]
    assert {each.price for each in music} == {replaced.price, 12}
    assert {each.lasts for each in music} == {replaced.lasts, (30, 120), (120, 230)}
    assert (replaced.price, replaced.lasts) == (5, (0, 0))
    assert {each.lasts for each in ALL if each not in music} == {(0, 0)}


def test_what_starts_a_task_counts_against_the_rate() -> None:
    assert {each.name for each in ALL if each.limited} == {each.name for each in ALL if each.kind == TASK}
