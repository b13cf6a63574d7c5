"""In which order a server tells broken rules."""

from typing import Any

import pytest

from contract_tests.learn.evidence import UNTOLD, Left, Line
from contract_tests.learn.order import order, places_unknown
from contract_tests.probes.told_first import BETWEEN, ORDER
from contract_tests.reports.report import Asked
from tests.courses import PUBLISHED, exchange

TITLE, STYLE, PROMPT = "extend.title.length", "extend.style.length", "extend.prompt.required"
CUSTOM = {"prompt_required": "custom_only"}


def alone(rule: str, msg: Any, number: int = 1) -> Asked:
    return Asked(probe=f"{rule}: one", exchange=exchange({"code": 422, "msg": msg}, number=number))


def at_once(msg: Any, *rules: str) -> Asked:
    return Asked(probe=f"{ORDER}{BETWEEN.join(rules)}", exchange=exchange({"code": 422, "msg": msg}, number=9))


def found(*asked: Asked, picks: dict[str, str] | None = None, unplaced: tuple[str, ...] = ()) -> list[Line]:
    every = order(asked, PUBLISHED, picks or {}, unplaced)
    return [each for each in every if isinstance(each, Line)]


def left(*asked: Asked, picks: dict[str, str] | None = None) -> dict[str, str]:
    return {each.what: each.why for each in order(asked, PUBLISHED, picks or {}) if isinstance(each, Left)}


def test_what_is_told_against_the_documented_order_is_learned() -> None:
    asked = [alone(TITLE, "title"), alone(STYLE, "style"), at_once("title", STYLE, TITLE)]
    assert [each.value for each in found(*asked)] == [[TITLE]]
    assert not found(*asked, unplaced=(TITLE,))
    assert not found(*asked[:2], at_once("style", STYLE, TITLE))


def test_a_rule_is_named_as_it_holds_under_what_was_learned() -> None:
    asked = [alone(PROMPT, "prompt"), alone(TITLE, "title"), at_once("title", PROMPT, TITLE)]
    assert [each.value for each in found(*asked)] == [[TITLE]]
    untold = [what for what, why in left(*asked, picks=CUSTOM).items() if why == UNTOLD]
    assert "extend.prompt.custom" not in untold[0].split(", ")
    assert PROMPT not in untold[0]


@pytest.mark.parametrize("msg", [None, 5, ["no text"], {"no": "text"}])
def test_words_that_are_no_text_tell_no_order(msg: Any) -> None:
    assert not found(alone(TITLE, msg), alone(STYLE, msg), at_once(msg, STYLE, TITLE))


def test_rules_whose_place_did_not_show_are_listed() -> None:
    asked = [alone(TITLE, "title"), alone(STYLE, "style"), at_once("title", STYLE, TITLE)]
    unknown = places_unknown(left(*asked), PUBLISHED)
    assert {"extend.prompt.length", "extend.callBackUrl.format"} < unknown
    assert not {TITLE, STYLE} & unknown
    assert left() == {"order of all": UNTOLD}
    assert {TITLE, STYLE} < places_unknown(left(), PUBLISHED)


def test_a_question_without_a_rule_of_its_own_has_no_place() -> None:
    asked = [alone("question.string_length", "prompt"), alone(STYLE, "style"), alone(TITLE, "title")]
    assert not found(*asked, at_once("prompt", STYLE, "question.string_length"))
    (line,) = found(*asked, at_once("title", STYLE, "question.string_length", TITLE))
    assert line.value == [TITLE]
