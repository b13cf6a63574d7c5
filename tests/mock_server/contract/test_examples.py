"""The documents' own examples."""

import json
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import MockServer
from mock_server.contract.documents import FIXTURES
from mock_server.contract.examples import documented_request, example_curl
from mock_server.contract.profile import document_name
from mock_server.contract.profile_files import profile_names
from tests.builders import edition
from tests.mock_server.contract.test_profile_files import written

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


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("tracks: [{id: x1, model: V5, duration: 30}]", {"audioId": "x1", "model": "V5", "continueAt": 15}),
        ("tracks: [{id: x1, model: V4, duration: 300}]", {"audioId": "x1", "model": "V4", "continueAt": 60}),
        ("personas: [anna, berta]", {"personaId": "anna"}),
    ],
)
def test_the_example_is_about_what_the_profile_has(tmp_path: Path, own: str, said: dict[str, Any]) -> None:
    path = written(tmp_path, f"format: 1\nextends: apikley\n{own}")
    assert documented_request(path) == documented_request("apikley") | said
    with MockServer(profile=path) as mock:
        answer = httpx.post(f"{mock.url}/api/v1/generate/extend", headers=mock.headers, json=documented_request(path))
    assert answer.json()["code"] == 200


def test_the_example_names_no_persona_where_the_profile_has_none(tmp_path: Path) -> None:
    assert "personaId" not in documented_request(written(tmp_path, "format: 1\nextends: apikley\npersonas: []"))
