"""Refusals and wrong settings: their codes, their texts, their hints."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.errors import (
    ApiError,
    Conflict,
    Forced,
    InsufficientCredits,
    Invalid,
    Maintenance,
    NotFound,
    RateLimited,
    Unauthorized,
    Violation,
    nearest,
    unknown,
)
from tests.places import field_place

PLACE = field_place("model", "enum:")
PLACED = Violation(rule="extend.model.enum", field="model", message="model is 4", place=PLACE)
OURS = Violation(rule="mock.prefer", field="Prefer", message="Prefer is odd")
names = st.lists(st.text("abcdef", min_size=1), min_size=1, unique=True)


@pytest.mark.parametrize(
    ("error", "code", "rules"),
    [
        pytest.param(ApiError("m"), 500, (), id="a bug"),
        pytest.param(Unauthorized("m"), 401, (), id="no key"),
        pytest.param(InsufficientCredits(0, 12), 402, (), id="no credits"),
        pytest.param(NotFound("m"), 404, (), id="not found"),
        pytest.param(NotFound("m", "extend.audioId.known"), 404, ("extend.audioId.known",), id="not found by a rule"),
        pytest.param(Conflict("m"), 409, (), id="a conflict"),
        pytest.param(Conflict("m", "wav.audioId.once"), 409, ("wav.audioId.once",), id="a conflict by a rule"),
        pytest.param(Invalid([PLACED, OURS]), 422, ("extend.model.enum", "mock.prefer"), id="two broken rules"),
        pytest.param(RateLimited("m", 3), 429, (), id="too many requests"),
        pytest.param(Maintenance("m"), 455, (), id="maintenance"),
        pytest.param(Forced(451, "451", ""), 451, (), id="forced"),
    ],
)
def test_a_refusal_has_code_and_rules(error: ApiError, code: int, rules: tuple[str, ...]) -> None:
    assert (error.code, error.rules) == (code, rules)


def test_missing_credits_say_how_many() -> None:
    assert InsufficientCredits(3, 12).msg == (
        "the account has 3 credits and this costs 12; use another key, or start the mock with more --credits"
    )


def test_a_forced_refusal_names_its_scenario() -> None:
    forced = Forced(402, "402", "code=402")
    assert (forced.msg, forced.scenario, forced.applied) == ("scenario 402", "402", "code=402")


def test_a_limit_says_when_to_retry() -> None:
    assert RateLimited("later", 3).retry_after == 3


def test_a_violation_names_its_place() -> None:
    assert str(PLACED) == f"model is 4 (extend.model.enum, {PLACE})"


def test_our_rules_have_no_place() -> None:
    assert str(OURS) == "Prefer is odd (mock.prefer)"


def test_one_violation_stands_alone() -> None:
    assert Invalid([OURS]).msg == "Prefer is odd (mock.prefer)"


def test_several_violations_are_counted() -> None:
    error = Invalid([PLACED, OURS])
    assert error.violations == (PLACED, OURS)
    assert error.msg == (f"2 rules are broken: model is 4 (extend.model.enum, {PLACE}); Prefer is odd (mock.prefer)")


def test_an_unknown_name_shows_the_known() -> None:
    error = unknown("profile", "apikly", {"observed", "classic", "apikley"})
    assert str(error) == "profile 'apikly' is unknown. Nearest: apikley. Known: apikley, classic, observed."


def test_a_far_name_gets_no_hint() -> None:
    assert nearest("zzz", ["apikley", "classic"]) == ""
    assert nearest("clasic", ["apikley", "classic"]) == " Nearest: classic."


@settings(max_examples=60)
@given(st.text(), names)
def test_the_hint_is_a_known_name(value: str, known: list[str]) -> None:
    assert nearest(value, known, alike=0) in {f" Nearest: {name}." for name in known}


@settings(max_examples=60)
@given(st.text(), names)
def test_a_wrong_name_is_one_line(value: str, known: list[str]) -> None:
    text = str(unknown("scenario", value, known))
    assert text.isprintable()
    assert text.endswith(f" Known: {', '.join(sorted(known))}.")
