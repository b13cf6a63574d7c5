"""What is said of a path that a profile does not serve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import operations
from mock_server.contract.profile_files import profile_file, profile_names
from mock_server.contract.unserved_paths import not_served
from tests.builders import editions

ELSEWHERE = load(OPENAPI / "elsewhere.yaml")
PATHS = [each.path for each in operations().values()]
each_profile = pytest.mark.parametrize("profile", profile_names())


def said(path: str, profile: str = "apikley") -> str:
    return not_served(path, editions(profile).profile)


def meant(path: str, profile: str = "apikley") -> str:
    """What is named as the nearest path."""
    return said(path, profile).partition(" Nearest: ")[2].partition(",")[0]


def test_the_credits_of_another_profile_name_it_and_the_path_here() -> None:
    allowed = ", ".join(f"{each.method} {each.path}" for each in editions("apikley").profile.operations.values())
    assert said("/api/v1/generate/credit") == (
        "nothing is served at /api/v1/generate/credit on the profile apikley: classic, observed and sunoapi serve it "
        f"(--profile classic or --profile observed or --profile sunoapi); allowed: {allowed}. "
        "Here GET /api/v1/chat/credit tells the credits that are left."
    )


@each_profile
@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_another_profile_names_all_that_serve_it(profile: str, path: str) -> None:
    (name,) = [each.name for each in operations().values() if each.path == path]
    serving = [each for each in profile_names() if name in profile_file(each)["serves"]]
    options = " or ".join(f"--profile {each}" for each in serving)
    for written in (path, f"{path}/"):
        assert (f"serve it ({options})" in said(written, profile)) == (profile not in serving)


def test_what_a_profile_does_not_do_has_no_path_here() -> None:
    text = said("/api/v1/generate/generate-persona", "classic")
    assert text.endswith("GET /api/v1/generate/record-info, GET /api/v1/generate/credit.")


@pytest.mark.parametrize("entry", ELSEWHERE, ids=lambda entry: entry["path"])
def test_a_path_of_the_family_that_nobody_serves_is_no_typing_error(entry: dict[str, str]) -> None:
    text = said(entry["path"])
    assert f"nothing is served at {entry['path']}, which {entry['does']} by the pages of " in text
    assert ": no profile of the mock serves it; allowed: " in text
    assert "Nearest" not in text


def test_one_provider_stands_alone() -> None:
    assert "by the pages of kie: no profile" in said("/api/v1/jobs/createTask")


def test_what_nobody_serves_is_served_nowhere() -> None:
    assert {entry["path"] for entry in ELSEWHERE}.isdisjoint(PATHS)
    assert len({entry["path"] for entry in ELSEWHERE}) == len(ELSEWHERE)


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/api/v1/credits", "GET /api/v1/chat/credit"),
        ("/api/v1/generate/credits", "GET /api/v1/chat/credit"),
        ("/api/get_limit", "GET /api/v1/chat/credit"),
        ("/api/v1/account/balance", "GET /api/v1/chat/credit"),
        ("/v1/generate/extend", "POST /api/v1/generate/extend"),
        ("/api/v1/generate/extend/", "POST /api/v1/generate/extend"),
        ("/api/v1/api/v1/generate/extend", "POST /api/v1/generate/extend"),
        ("/api/v1/generate/extend-music", "POST /api/v1/generate/extend"),
        ("/api/extend_audio", "POST /api/v1/generate/extend"),
        ("/API/V1/GENERATE/EXTEND", "POST /api/v1/generate/extend"),
        ("/api/v1/generate/extnd", "POST /api/v1/generate/extend"),
        ("/api/custom_generate", "POST /api/v1/generate"),
        ("/api/v1/music/details", "GET /api/v1/generate/record-info"),
        ("/api/v1/task/status", "GET /api/v1/generate/record-info"),
        ("/api/v1/query", "GET /api/v1/generate/record-info"),
        ("/api/v1/generate/recordinfo", "GET /api/v1/generate/record-info"),
        ("/api/v1/persona", "POST /api/v1/generate/generate-persona"),
        ("/api/v1/wav", "POST /api/v1/wav/generate"),
        ("/api/v1/chat/crdit", "GET /api/v1/chat/credit"),
        ("/api/get", ""),
    ],
)
def test_the_nearest_path_is_the_one_that_does_what_was_meant(path: str, nearest: str) -> None:
    assert meant(path) == nearest


@each_profile
@pytest.mark.parametrize("path", ["/", "/nothing", "/v1/chat/completions", "/favicon.ico", "/api/v1"])
def test_what_means_nothing_here_has_no_nearest(path: str, profile: str) -> None:
    assert meant(path, profile) == ""


def test_the_nearest_says_what_it_does() -> None:
    assert said("/api/v1/credits").endswith(" Nearest: GET /api/v1/chat/credit, which tells the credits that are left.")


@given(st.text(max_size=200), st.sampled_from(profile_names()))
def test_any_path_is_told_what_there_is(path: str, profile: str) -> None:
    text = said(path, profile)
    served = editions(profile).profile.operations.values()
    assert text.startswith(f"nothing is served at {path}")
    assert f"; allowed: {', '.join(f'{each.method} {each.path}' for each in served)}." in text


def test_every_endpoint_is_found_by_its_own_words() -> None:
    for each in editions("observed").profile.operations.values():
        assert meant(f"{each.path}/", "observed") == f"{each.method} {each.path}"
