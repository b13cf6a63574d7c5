"""The words and the codes of refusals, as texts of a profile."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import UNREFUSED, Left, Line
from contract_tests.learn.other_causes import telling
from contract_tests.learn.refusals import Refusal, codes, due, of_questions, several, templates, texts, told_at_once
from contract_tests.probes.near_misses import AT_ONCE
from contract_tests.probes.request import Probe
from contract_tests.reports.rows import rows
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import ACCEPTED, PROBES, PUBLISHED, REFUSED, exchange

OTHERS = ("extend.audioId.known", "extend.styleWeight.maximum")
LIMIT = 80
"""Characters of a title of V4."""


def of(rule: str, number: int = 0) -> Probe:
    return [probe for probe in PROBES if probe.rule == rule][number]


def answered(probe: Probe, msg: Any, number: int = 1, **changes: Any) -> Exchange:
    return exchange({"code": 422, "msg": msg, **changes}, probe, number=number)


def passed(probe: Probe, msg: Any, number: int = 1, **changes: Any) -> Result:
    came = answered(probe, msg, number, **changes)
    return Result(rule=probe.rule, verdict=Verdict.PASSED, probe=probe, exchange=came)


def refusals(*results: Result) -> list[Refusal]:
    return list(due(rows(results), PUBLISHED))


def learned(*results: Result, kept: dict[int, object] | None = None) -> dict[tuple[str | int, ...], Any]:
    found = texts(refusals(*results), kept or {}, PUBLISHED)
    return {each.path: each.value for each in found if isinstance(each, Line)}


@pytest.mark.parametrize(
    ("rule", "said", "template"),
    [
        ("extend.title.length", "title: at most 80 characters", "{field}: at most {limit} characters"),
        ("extend.title.length", "The title's 80-character limit", "The {field}'s {limit}-character limit"),
        ("extend.title.length", "subtitle80 is too long", "subtitle80 is too long"),
        ("extend.title.length", "title has 81, at most 80", "{field} has {length}, at most {limit}"),
        ("extend.styleWeight.maximum", "styleWeight > 1", "{field} > {limit}"),
        ("extend.body.json", "no JSON", "no JSON"),
    ],
)
def test_what_a_refusal_names_has_its_place_in_the_text(rule: str, said: str, template: str) -> None:
    assert templates(rule, answered(of(rule), said), PUBLISHED)[0] == template


@pytest.mark.parametrize("said", ["", None, 5, "the title {title}", "your key *** is unknown"])
def test_what_no_text_of_a_profile_can_be_is_none(said: Any) -> None:
    assert templates(REFUSED.rule, answered(REFUSED, said), PUBLISHED) == ()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}*"), min_size=1))
def test_a_template_with_what_it_names_is_the_text_again(said: str) -> None:
    title = json.loads(REFUSED.body)["title"]
    for template in templates(REFUSED.rule, answered(REFUSED, said), PUBLISHED):
        filled = (
            template.replace("{limit}", str(LIMIT))
            .replace("{length}", str(len(title)))
            .replace("{field}", "title")
            .replace("{value}", json.dumps(title))
        )
        assert filled == said


def test_words_that_the_rules_of_a_kind_share_are_said_once() -> None:
    found = learned(passed(of("extend.title.length"), "Wrong."), passed(of("extend.model.enum"), "Wrong.", 2))
    assert found == {("texts", "invalid"): "Wrong."}


def test_words_that_the_last_parts_of_rules_share_are_said_by_these() -> None:
    found = learned(
        passed(of("extend.title.type"), "title is mistyped"),
        passed(of("extend.style.type"), "style is mistyped", 2),
        passed(of("extend.model.enum"), "no such model", 3),
    )
    assert found == {("texts", "type"): "{field} is mistyped", ("texts", "extend.model.enum"): "no such {field}"}


def test_words_of_other_kinds_are_not_said_by_a_last_part() -> None:
    key, scheme = (of(f"extend.auth.{part}") for part in ("key", "scheme"))
    different = passed(key, "Who?", code=401), passed(scheme, "How?", 2, code=401)
    assert [*texts(refusals(*different), {}, PUBLISHED)][:-1] == [
        Left("texts.extend.auth.key", 'a profile tells it under another rule; its words: "Who?"'),
        Left("texts.extend.auth.scheme", 'a profile tells it under another rule; its words: "How?"'),
    ]
    alike = passed(key, "Who?", code=401), passed(scheme, "Who?", 2, code=401)
    assert learned(*alike) == {("texts", "unauthorized"): "Who?"}


def test_the_value_has_its_place_where_the_words_follow_it() -> None:
    one, two = of("extend.model.enum"), of("extend.model.enum", 1)
    follows = passed(one, 'no "unlisted" here'), passed(two, 'no "v4" here', 2)
    assert learned(*follows) == {("texts", "extend.model.enum"): "no {value} here"}
    constant = passed(of("extend.continueAt.start"), "above 0"), passed(of("extend.continueAt.start", 1), "above 0", 2)
    assert learned(*constant) == {("texts", "extend.continueAt.start"): "above 0"}


def test_what_a_question_is_answered_with_has_the_words_of_its_rule() -> None:
    empty, unnamed = of("question.empty_text"), of("question.extra_properties")
    found = learned(passed(empty, "style is blank"), passed(unnamed, "unknown: tempo", 2))
    assert found == {
        ("texts", "extend.style.empty"): "{field} is blank",
        ("texts", "extend.body.properties"): "unknown: {value}",
    }


@pytest.mark.parametrize("said", ["TEMPO?", "no Tempo"])
def test_what_was_sent_is_no_word_of_a_text(said: str) -> None:
    left, _ = texts(refusals(passed(of("question.extra_properties"), said)), {}, PUBLISHED)
    assert isinstance(left, Left)
    assert left.what == "texts.extend.body.properties"


def test_the_words_are_those_of_the_rule_that_holds_as_was_learned() -> None:
    sent = rows([passed(of("extend.prompt.required"), "no prompt")])
    rules = [[each.rule for each in due(sent, PUBLISHED, picks)] for picks in ({}, {"prompt_required": "custom_only"})]
    assert rules == [["extend.prompt.required"], ["extend.prompt.custom"]]


def test_words_without_a_pattern_are_left() -> None:
    one, two = passed(of("extend.title.type"), "no"), passed(of("extend.title.type", 1), "never", 2)
    left, _ = texts(refusals(one, two), {}, PUBLISHED)
    assert left == Left("texts.extend.title.type", 'its words differ from request to request: "never"; "no"')


def test_words_that_the_mock_says_already_are_not_learned() -> None:
    assert learned(passed(REFUSED, "Too long."), kept={1: "Too long."}) == {}


def test_a_code_in_place_of_the_documents_is_learned_with_its_words() -> None:
    one, two = passed(REFUSED, "Bad.", code=400), passed(of("extend.model.enum"), "Worse.", 2, code=400)
    assert [*codes(refusals(one, two), PUBLISHED)] == [
        Line(("refusals", "invalid"), 400, "2 times: requests 1, 2"),
        Line(("codes", 400), "Bad.", "once: request 1"),
    ]


def test_a_code_that_the_document_lists_needs_no_words() -> None:
    (line,) = codes(refusals(passed(REFUSED, "x", code=409)), PUBLISHED)
    assert line == Line(("refusals", "invalid"), 409, "once: request 1")


def test_codes_that_differ_are_left() -> None:
    one, two = passed(REFUSED, "x", code=400), passed(of("extend.model.enum"), "x", 2)
    assert [*codes(refusals(one, two), PUBLISHED)] == [Left("refusals.invalid", "seen in several ways: codes 400, 422")]


def test_what_is_accepted_or_of_another_operation_is_no_refusal() -> None:
    assert refusals(Result(rule=ACCEPTED.rule, verdict=Verdict.PASSED, probe=ACCEPTED, exchange=exchange())) == []
    assert refusals(passed(REFUSED, "x", code=None)) == []


@pytest.mark.parametrize(
    ("said", "tells"),
    [(["title is mistyped"], ["first"]), (["title, style"], []), (["title is mistyped", "title, style"], ["left"])],
)
def test_whether_all_faults_are_told_is_learned(said: list[str], tells: list[str]) -> None:
    alone = passed(of("extend.title.type"), "title is mistyped")
    both = replace(of("extend.title.type"), says=f"2 {AT_ONCE}: title, style")
    found = rows([alone, *(passed(both, each, number) for number, each in enumerate(said, 2))])
    told = told_at_once(several(found), due(found, PUBLISHED), PUBLISHED)
    assert [each.value if isinstance(each, Line) else "left" for each in told] == tells


def test_where_no_request_breaks_several_rules_it_is_open_what_is_told() -> None:
    found = rows([passed(of("extend.title.type"), "title is mistyped")])
    (told,) = told_at_once(several(found), due(found, PUBLISHED), PUBLISHED)
    assert told == Left("tells", "no request that breaks several rules was refused")


def test_a_refused_model_that_the_server_has_was_refused_for_another_reason() -> None:
    other = of("extend.model.enum")
    model = json.loads(other.body)["model"]
    result = passed(other, "model is not that of the source")
    assert [each.rule for each in due(rows([result]), PUBLISHED)] == ["extend.model.enum"]
    assert not list(due(rows([result]), PUBLISHED, models=[model]))


def test_rules_that_nothing_was_refused_for_are_listed() -> None:
    *_, left = texts(refusals(passed(REFUSED, "no")), {}, PUBLISHED, {"prompt_required": "always"})
    assert isinstance(left, Left)
    rules = left.what.removeprefix("texts of ").split(", ")
    assert (left.why, REFUSED.rule in rules) == (UNREFUSED, False)
    assert {"extend.style.length", "extend.prompt.required"} < {*rules}
    assert "extend.prompt.custom" not in rules
    assert [*texts([], {}, PUBLISHED)] == [Left("texts of all", UNREFUSED)]


def test_what_valid_requests_are_told_too_is_told_of_no_rule() -> None:
    limit = "title: at most 13 characters"
    valid = Result(rule=ACCEPTED.rule, verdict=Verdict.VIOLATED, probe=ACCEPTED, exchange=answered(ACCEPTED, limit, 1))
    others = [passed(of(rule), limit, 2 + number) for number, rule in enumerate(OTHERS)]
    itself = passed(of("extend.styleWeight.type"), "styleWeight is no number", 9)
    found = rows([valid, *others, itself])
    assert [each.rule for each in telling(list(due(found, PUBLISHED)), found)] == ["extend.styleWeight.type"]


def test_where_everything_is_refused_with_the_same_words_they_stay() -> None:
    valid = Result(rule=ACCEPTED.rule, verdict=Verdict.VIOLATED, probe=ACCEPTED, exchange=answered(ACCEPTED, "no", 1))
    found = rows([valid, *(passed(of(rule), "no", 2 + number) for number, rule in enumerate(OTHERS))])
    assert {each.rule for each in telling(list(due(found, PUBLISHED)), found)} == {*OTHERS}


def test_words_for_the_reading_that_refuses_are_listed_where_no_rule_has_them() -> None:
    told = passed(of("question.continue_at_min"), "continueAt is 1 or more")
    (left,) = of_questions(rows([told]), [], PUBLISHED)
    assert left == Left(
        "texts.question.continue_at_min", 'refused in words that no rule was seen with: "continueAt is 1 or more"'
    )
    rule = Refusal("extend.continueAt.start", "invalid", answered(ACCEPTED, "continueAt is 1 or more"), ())
    assert not list(of_questions(rows([told]), [rule], PUBLISHED))
