"""Profiles that a machine writes, whole and broken: each is served, or said to be wrong, and nothing fails."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import MockServer
from mock_server.contract.operations import EXTEND, GENERATE
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_names
from mock_server.contract.profile_schema import schema
from mock_server.core.errors import BadSetting
from tests.builders import request
from tests.mock_server.commands.test_profiles import run
from tests.mock_server.contract.test_profile_files import written

WORDS = st.sampled_from(["V5", "V6", "extend", "generate", "text", "both", "one", "a b", "/a", "first_items", "chirp"])
LIKELIHOODS = ("0", "0.5", "1")
KEYS = ("V5", "V6", "401", "433", "length", "title", "prompt", "X-A", "mine")
LEAVES = st.none() | st.booleans() | st.integers(-1, 600) | st.floats() | WORDS | st.just("")
BROKEN = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2), max_leaves=6
)


def allowed(node: dict[str, Any], broken: int) -> st.SearchStrategy[Any]:
    """What a node of the schema allows; `broken` of twelve values are anything."""
    inner = st.one_of([_allowed(each, broken) for each in node.get("anyOf", node.get("oneOf", [node]))])
    return st.integers(0, 11).flatmap(lambda drawn: BROKEN if drawn < broken else inner)


def _allowed(node: dict[str, Any], broken: int) -> st.SearchStrategy[Any]:
    below = node.get("additionalProperties")
    if "properties" in node:
        parts = {name: allowed(each, broken) for name, each in node["properties"].items()}
        needed = {name: parts.pop(name) for name in node.get("required", ())}
        return st.fixed_dictionaries(needed, optional=parts)
    if isinstance(below, dict):
        names = node.get("propertyNames", {})
        fits = re.compile(names.get("pattern", ".*")).fullmatch
        named = names.get("enum") or [each for each in KEYS if broken or fits(each)] or LIKELIHOODS
        return st.dictionaries(st.sampled_from(named), allowed(below, broken), max_size=2)
    if "items" in node:
        most = node.get("maxItems", 2)
        return st.lists(allowed(node["items"], broken), min_size=node.get("minItems", 0), max_size=most)
    return _leaf(node)


def _leaf(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    types = node.get("type", "string")
    least, most = node.get("minimum", 1), min(node.get("maximum", 900), 900)
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum") or [node["const"]])
    if "integer" in types or "number" in types:
        return st.integers(int(least), int(most))
    if "string" in types:
        return (
            st.from_regex(node["pattern"], fullmatch=True, alphabet=st.characters(codec="ascii"))
            if "pattern" in node
            else WORDS
        )
    return st.none() if types == "null" else BROKEN


def profiles(broken: int) -> st.SearchStrategy[dict[str, Any]]:
    """A few keys of a profile that extends one of ours."""
    properties = {name: each for name, each in schema()["properties"].items() if name not in ("format", "extends")}
    chosen = st.lists(st.sampled_from(sorted(properties)), max_size=4, unique=True)
    whole = chosen.flatmap(
        lambda names: st.fixed_dictionaries({each: allowed(properties[each], broken) for each in names})
    )
    return st.tuples(whole, st.sampled_from(profile_names())).map(
        lambda two: {"format": 1, "extends": two[1], **two[0]}
    )


@pytest.mark.parametrize("most", [6, pytest.param(1000, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("broken", [0, 1])
def test_a_profile_is_served_or_said_to_be_wrong(tmp_path: Path, most: int, broken: int) -> None:
    outcomes = set()

    @settings(max_examples=most, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True, database=None)
    @given(profiles(broken))
    def tried(profile: dict[str, Any]) -> None:
        outcomes.add(asked(written(tmp_path, yaml.safe_dump(profile))))

    tried()
    assert outcomes == {True, False}


def asked(path: str) -> bool:
    """Whether a profile can be served; then it is shown and compared, and requests come."""
    served = run("check", path)[0] == 0
    for others in (["show", path, "--resolved"], ["diff", "apikley", path]):
        with nullcontext() if served else pytest.raises(BadSetting):
            assert run(*others)[0] == 0
    if served:
        answers(Profile.read(path))
    return served


def answers(profile: Profile) -> None:
    """Send what each operation takes, in a form that it may refuse."""
    model = profile.models[-1]
    failed = profile.family.refusals["failed"]
    with MockServer(profile=profile.source) as mock, httpx.Client(verify=False, headers=mock.headers) as client:
        for each in profile.operations.values():
            body = request(model=model) if each.name == EXTEND else request(model=model, customMode=True)
            sent = {"json": body} if each.method == "POST" else {"params": {"taskId": "none"}}
            answer = client.request(each.method, f"{mock.url}{each.path}", **sent)
            assert answer.json()["code"] != failed or each.name not in (EXTEND, GENERATE), answer.json()
