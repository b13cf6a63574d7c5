"""The documents' own examples."""

import json
import shlex

import pytest

from mock_server.contract.documents import FIXTURES
from mock_server.contract.examples import documented_request, example_curl
from mock_server.contract.profile import document_name
from mock_server.contract.profile_files import profile_names
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


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("http://127.0.0.1:4010", "curl -s http://127.0.0.1:4010/api/v1/generate/extend -H "),
        ("http://[::1]:4010", "curl -s 'http://[::1]:4010/api/v1/generate/extend' -H "),
    ],
)
def test_the_curl_of_an_example_can_be_pasted_into_every_shell(url: str, written: str) -> None:
    command = example_curl(url, "apikley", "test-key")
    assert command.startswith(written)
    assert shlex.split(command)[2] == f"{url}/api/v1/generate/extend"
