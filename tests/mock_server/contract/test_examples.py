"""The documents' own examples."""

import json

import pytest

from mock_server.contract.documents import FIXTURES
from mock_server.contract.examples import documented_request
from mock_server.contract.profile import document_name, profile_names
from tests.builders import edition

each_profile = pytest.mark.parametrize("profile", profile_names())


@each_profile
def test_the_example_is_that_of_the_profiles_document(profile: str) -> None:
    path = FIXTURES / "documents" / document_name(profile) / "extend-request.json"
    assert documented_request(profile) == json.loads(path.read_text("utf-8"))


@each_profile
def test_the_example_is_accepted(profile: str) -> None:
    assert edition(profile).contract("extend").violations(documented_request(profile)) == []


def test_an_example_is_the_callers_to_change() -> None:
    documented_request("apikley").clear()
    assert documented_request("apikley")["model"] == "V4"
