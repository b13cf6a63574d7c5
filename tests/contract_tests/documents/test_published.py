"""What the harness reads of the documents."""

import pytest

from contract_tests.documents.extend import PROFILE, Limit, Rule
from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published

PUBLISHED = {profile: Published.read(profile) for profile in profiles()}
each_profile = pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)


def test_every_profile_is_known_by_its_name() -> None:
    assert profiles() == ["apikley", "classic", "kie", "observed", "sunoapi"]


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(LookupError, match=rf"^profile 'acme' is unknown\. Known: {', '.join(profiles())}\.$"):
        Published.read("acme")


@each_profile
def test_no_rule_holds_twice(published: Published) -> None:
    ids = [rule.id for rule in published.holding(published.picks)]
    assert len(set(ids)) == len(ids)


@each_profile
def test_every_quote_stands_at_its_place_in_the_document(published: Published) -> None:
    text = published.document.read_text("utf-8").replace("`", "").replace("’", "'").splitlines()
    stated: list[Rule | Limit] = [*published.rules, *published.limits]
    for citation in (each.citation for each in stated if ":" in each.citation.place):
        file, _, number = citation.place.partition(":")
        assert file == published.document.name
        assert citation.quote in text[int(number) - 1]


@each_profile
def test_a_rule_without_a_line_still_has_its_document_and_words(published: Published) -> None:
    for rule in published.rules:
        assert rule.citation.place.startswith((published.document.name, PROFILE))
        assert rule.citation.quote


@pytest.mark.parametrize("published", [PUBLISHED[name] for name in ("apikley", "classic", "observed")])
def test_the_documented_codes_are_read(published: Published) -> None:
    assert {200, 401, 402, 404, 409, 422, 429, 451, 455, 500} >= set(published.codes) >= {200, 401, 422, 429, 455}
    assert set(published.callback_codes) == {200, 400, 408, 413, 500, 501, 531}


@each_profile
def test_every_question_has_a_pick(published: Published) -> None:
    assert set(published.picks) == set(published.questions)
    for name, pick in published.picks.items():
        assert pick in published.questions[name]["readings"]


def test_a_profile_that_extends_another_has_its_limits() -> None:
    assert PUBLISHED["observed"].limits == PUBLISHED["apikley"].limits


def test_limits_of_the_schema_hold_for_every_model() -> None:
    classic = PUBLISHED["classic"]
    assert {(limit.model, limit.field) for limit in classic.limits} == {
        (model, field) for model in classic.models for field in ("prompt", "style", "title")
    }


def test_a_rule_holds_under_its_readings_only() -> None:
    apikley = PUBLISHED["apikley"]
    held = {rule.id for rule in apikley.holding({**apikley.picks, "prompt_required": "custom_only"})}
    assert "extend.prompt.required" not in held
    assert "extend.prompt.custom" in held
