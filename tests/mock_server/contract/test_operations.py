"""The endpoints that the family serves."""

import pytest

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import EXTEND, GENERATE, PERSONA, RECORD_INFO, WAV, operations, path

ALL = list(operations().values())
POSTED = [each.name for each in ALL if each.method == "POST"]
FAMILY = load(OPENAPI / "family.openapi.yaml")["paths"]


def test_the_endpoints_are_known_by_name() -> None:
    assert {EXTEND, GENERATE, PERSONA, WAV, RECORD_INFO, "chat-credit", "generate-credit"} == set(operations())
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
    assert sorted(path.stem for path in (OPENAPI / "rules").glob("*.yaml")) == sorted(POSTED)


def test_what_makes_tracks_costs_the_same_and_lasts() -> None:
    assert {each.name: each.price for each in ALL if each.price} == {EXTEND: 12, GENERATE: 12}
    assert {each.name: each.lasts for each in ALL if each.price} == {EXTEND: (30, 120), GENERATE: (120, 230)}
    assert {each.lasts for each in ALL if not each.price} == {(0, 0)}


def test_what_starts_a_task_counts_against_the_rate() -> None:
    assert {each.name for each in ALL if each.limited} == {EXTEND, GENERATE, WAV}
