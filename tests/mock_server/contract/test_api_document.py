"""The document of what a profile serves."""

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_server.contract.api_document import api_document
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.editions import Editions
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_file, profile_names
from mock_server.core.settings import Settings

URL = "http://127.0.0.1:4010/suno"
HIDDEN = "[email protected]"
"""What the published page shows in place of the provider's mail address, which is none."""
profiles = pytest.mark.parametrize("profile", profile_names())


def of(profile: str) -> Profile:
    return Editions(Settings(profile=profile)).profile


def document(profile: str) -> dict[str, Any]:
    return api_document(profile, of(profile).operations, URL)


@profiles
def test_it_has_what_is_served_and_nothing_else(profile: str) -> None:
    described = {(path, method.upper()) for path, item in document(profile)["paths"].items() for method in item}
    uploads = {(path, "POST") for way, path in of(profile).family.uploads.items() if way != "days"}
    assert described == {(each.path, each.method) for each in of(profile).operations.values()} | uploads


@profiles
def test_it_is_what_was_published_but_for_its_server(profile: str) -> None:
    published = load(OPENAPI / profile_file(profile)["document"])
    described = document(profile)
    assert described["servers"] == [{"url": URL, "description": f"suno-mock, profile {profile}"}]
    for name in ("openapi", "info", "security"):
        assert described[name] == published[name]
    added = {each.documented: each.properties for each in of(profile).operations.values()}
    for path, item in published["paths"].items():
        properties = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"][
            "properties"
        ]
        assert {name: properties.pop(name) for name in added[path]} == added[path]
        assert described["paths"][path] == item
    for kind, named in published["components"].items():
        assert described["components"][kind].items() >= named.items()


@profiles
def test_it_is_an_openapi_document(profile: str) -> None:
    described = json.loads(json.dumps(document(profile)).replace(HIDDEN, "support@example.com"))
    assert [str(error) for error in OpenAPIV30SpecValidator(described).iter_errors()] == []
