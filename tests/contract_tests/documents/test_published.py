"""What the harness reads of the documents."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from contract_tests.documents import published
from contract_tests.documents.files import ROOT
from contract_tests.documents.published import Limit, Published, Rule, profiles

PUBLISHED = {profile: Published.read(profile) for profile in profiles()}
each_profile = pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)


def test_every_profile_is_known_by_its_name() -> None:
    assert profiles() == ["apikley", "classic", "observed"]


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(LookupError, match=r"^profile 'acme' is unknown\. Known: apikley, classic, observed\.$"):
        Published.read("acme")


@each_profile
def test_no_rule_holds_twice(published: Published) -> None:
    ids = [rule.id for rule in published.holding(published.picks)]
    assert len(set(ids)) == len(ids)


@each_profile
def test_every_quote_stands_at_its_place_in_the_document(published: Published) -> None:
    text = published.document.read_text("utf-8").replace("`", "").replace("’", "'").splitlines()
    stated: list[Rule | Limit] = [*published.rules, *published.limits]
    for each in (each for each in stated if ":" in each.place):
        file, _, number = each.place.partition(":")
        assert file == published.document.name
        assert each.quote in text[int(number) - 1]


@each_profile
def test_a_rule_without_a_line_still_has_its_document_and_words(published: Published) -> None:
    for rule in published.rules:
        assert rule.place.startswith(published.document.name)
        assert rule.quote


RULES = {
    *re.findall(
        r"""(?:finding\(|rule=|rule = )f?"((?:answer|callback|polling|failure|delivery|refusal|credits)s?[\w.{}]*)\"""",
        "".join(path.read_text("utf-8") for path in Path(published.__file__).parents[1].rglob("*.py")),
    )
}
"""The ids of what the harness finds wrong."""


@each_profile
def test_every_rule_of_the_harness_cites_a_line_or_says_that_there_is_none(published: Published) -> None:
    assert {"answer.msg", "callback.echo.{field}", "polling.step"} <= RULES
    known = [glob for glob, _, _ in published.citations]
    for rule in RULES - {"callback.echo.{field}", "callback.track.{field}"}:
        assert any(fnmatchcase(rule, glob) for glob in known), rule
    for field in ("title", "tags", "prompt"):
        assert published.cited(f"callback.echo.{field}")[1] == published.cited(f"callback.track.{field}")[1]
    for field in ("id", "audio_url", "stream_audio_url", "image_url", "model_name", "title", "duration", "createTime"):
        assert published.cited(f"callback.track.{field}")[0].startswith(published.document.name)
    for name in published.failures:
        assert ":" in published.cited(f"code.{name}")[0], name


@each_profile
def test_every_citation_stands_at_its_place(published: Published) -> None:
    for _, place, quote in published.citations:
        if place:
            file, _, number = place.partition(":")
            lines = (ROOT / "openapi" / file).read_text("utf-8").replace("`", "").splitlines()
            assert quote in lines[int(number) - 1]


def test_a_rule_that_nobody_documents_cites_nothing() -> None:
    assert PUBLISHED["apikley"].cited("answer.given") == ("", "")
    assert PUBLISHED["apikley"].cited("no.such.rule") == ("", "")


@each_profile
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
