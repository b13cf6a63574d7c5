"""The harness's strategies: what they make, and what it shrinks to."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings

from contract_tests.documents.files import profiles
from contract_tests.documents.oracle import JSON, Oracle
from contract_tests.documents.published import Published
from contract_tests.probes.refusals import LEFT_TO_QUESTIONS
from contract_tests.probes.strategies import Broken, Strategies
from contract_tests.target.mock import mock_tracks
from tests.builders import edition

pytestmark = pytest.mark.no_cover

PUBLISHED = {profile: Published.read(profile) for profile in profiles()}
STRATEGIES = {profile: Strategies(each, mock_tracks(each)) for profile, each in PUBLISHED.items()}
APIKLEY = STRATEGIES["apikley"]
EXAMPLE = APIKLEY.request({})
HEADERS = {"Authorization": "Bearer key", "Content-Type": JSON}
SHRUNK = settings(max_examples=500, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink])
URL = "http://127.0.0.1:3000/callback"
each_profile = pytest.mark.parametrize("profile", PUBLISHED)


def test_the_example_is_the_documented_one() -> None:
    documented = PUBLISHED["apikley"].example
    assert {
        name: "$URL" if name == "callBackUrl" else value for name, value in documented.items() if name != "personaId"
    } == EXAMPLE


def test_a_valid_request_shrinks_to_the_documented_example() -> None:
    assert find(APIKLEY.valid(), lambda body: True, settings=SHRUNK) == EXAMPLE


@pytest.mark.parametrize(
    ("field", "holds", "smallest"),
    [
        ("styleWeight", lambda value: value > 0.7, 0.71),
        ("title", lambda value: len(value) > 77, "x" * 78),
        ("continueAt", lambda value: value != 60, 1.0),
        ("vocalGender", lambda value: value == "f", "f"),
    ],
)
def test_all_but_what_matters_shrinks_to_the_documented_example(field: str, holds: Any, smallest: Any) -> None:
    found = find(APIKLEY.valid(), lambda body: field in body and holds(body[field]), settings=SHRUNK)
    assert found == {**EXAMPLE, field: smallest}


def test_what_need_not_be_there_shrinks_to_the_rest_of_the_example() -> None:
    found = find(APIKLEY.valid(), lambda body: "negativeTags" not in body, settings=SHRUNK)
    assert found == {name: value for name, value in EXAMPLE.items() if name != "negativeTags"}


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("extend.styleWeight.maximum", {"styleWeight": 1.01}),
        ("extend.styleWeight.minimum", {"styleWeight": -0.01}),
        ("extend.styleWeight.multipleOf", {"styleWeight": 0.001}),
        ("extend.continueAt.start", {"continueAt": 0}),
        ("extend.title.length", {"title": "x" * 81}),
        ("extend.prompt.type", {"prompt": 5}),
    ],
)
def test_a_broken_request_shrinks_to_the_example_but_for_its_fault(rule: str, changed: dict[str, Any]) -> None:
    found = find(APIKLEY.broken(rule), lambda broken: True, settings=SHRUNK)
    assert found.body == {**EXAMPLE, **changed}


@each_profile
def test_the_oracle_and_the_mock_accept_what_is_valid(profile: str) -> None:
    """Models that a profile adds are in no document, so the oracle is not asked about them."""
    document = PUBLISHED[profile].document
    oracle, known = Oracle(document), PUBLISHED[document.name.removesuffix(".openapi.yaml")].models

    @settings(max_examples=100)
    @given(STRATEGIES[profile].valid())
    def conform(body: dict[str, Any]) -> None:
        body |= {"callBackUrl": URL}
        assert body["model"] not in known or oracle.request(json.dumps(body), HEADERS) == []
        assert edition(profile).contract("extend").violations(body) == []

    conform()


@each_profile
def test_what_is_broken_breaks_one_rule(profile: str) -> None:
    """Of rules that need state, the contract sees none."""
    seen: set[str] = set()

    @settings(max_examples=300)
    @given(STRATEGIES[profile].broken())
    def break_one(broken: Broken) -> None:
        if broken.body.get("callBackUrl") == "$URL":
            broken.body["callBackUrl"] = URL
        rules = {each.rule for each in edition(profile).contract("extend").violations(broken.body)}
        assert rules == set() if broken.rule.endswith((".known", ".end")) else rules == {broken.rule}
        seen.add(broken.rule)

    break_one()
    assert len(seen) > 20


@pytest.mark.parametrize("reading", ["accepted", "refused"])
def test_an_empty_text_is_neither_valid_nor_a_fault(reading: str) -> None:
    published = PUBLISHED["apikley"]
    strategies = Strategies(
        replace(published, picks={**published.picks, "empty_text": reading}), mock_tracks(published)
    )
    assert not [fault.rule for fault in strategies.faults() if fault.rule.endswith(".empty")]

    @settings(max_examples=30)
    @given(strategies.valid(), strategies.broken())
    def hold_no_empty_text(body: dict[str, Any], broken: Broken) -> None:
        assert "" not in [sent.get(field) for sent in (body, broken.body) for field in ("prompt", "style", "title")]

    hold_no_empty_text()


@each_profile
def test_every_rule_that_holds_is_broken_somewhere(profile: str) -> None:
    broken = {fault.rule for fault in STRATEGIES[profile].faults()}
    published = PUBLISHED[profile]
    assert {rule.id for rule in published.holding(published.picks)} - broken <= LEFT_TO_QUESTIONS.keys()
