"""Several open questions in one request."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contract_tests.probes.at_once import AtOnce, Together
from contract_tests.probes.plan import Plan
from tests.courses import PUBLISHED, TRACKS

PLAN = Plan(published=PUBLISHED, tracks=TRACKS, searches=True)
REQUESTS = AtOnce(PUBLISHED, TRACKS)


def body(asked: Together) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(asked.probe.body)
    return found


def questions(asked: Together) -> list[str]:
    return [each.question for each in asked.alone]


def test_a_request_has_what_each_of_its_questions_asks() -> None:
    custom, original = PLAN.at_once()
    assert questions(custom) == ["empty_text", "extra_properties", "continue_at_min", "model_mismatch"]
    sent = body(custom)
    assert (sent["style"], sent["tempo"], sent["continueAt"]) == ("", 90, 0.5)
    assert sent["model"] != next(each.model for each in TRACKS if each.id == sent["audioId"])
    assert questions(original) == ["prompt_required", "persona_without_custom"]
    assert "prompt" not in body(original)
    assert body(original)["defaultParamFlag"] is False


def test_a_request_costs_one_task_and_is_no_question_itself() -> None:
    assert [(each.probe.cost, each.probe.question) for each in PLAN.at_once()] == [(1, "")] * 2


def test_half_of_the_questions_are_asked_where_all_are_refused() -> None:
    custom, original = PLAN.at_once()
    assert [questions(each) for each in REQUESTS.halves(custom)] == [
        ["empty_text", "extra_properties"],
        ["continue_at_min", "model_mismatch"],
    ]
    assert [each.probe for each in REQUESTS.halves(original)] == [*original.alone]


def test_what_a_known_server_refuses_is_asked_alone_and_first() -> None:
    refused = {"continue_at_min": "at_least_1", "prompt_required": "always", "persona_without_custom": "ignored"}
    published = replace(PUBLISHED, picks={**PUBLISHED.picks, **refused, "empty_text": "accepted"})
    asked = [*replace(PLAN, published=published, knows=True).at_once()]
    alone = [each.probe.question for each in asked if each.alone == (each.probe,)]
    assert alone == [each.probe.question for each in asked[: len(alone)]]
    assert {"continue_at_min", "prompt_required"} <= {*alone}
    assert not {"empty_text", "persona_without_custom"} & {*alone}
    assert "continue_at_min" not in {name for each in asked[len(alone) :] for name in questions(each)}


def test_a_run_that_does_not_search_asks_each_question_alone() -> None:
    assert not list(Plan(published=PUBLISHED, tracks=TRACKS).at_once())


def test_only_the_questions_that_are_asked_for_go_together() -> None:
    (asked,) = Plan(published=PUBLISHED, tracks=TRACKS, searches=True, only="question.[ce][om]*").at_once()
    assert questions(asked) == ["empty_text", "continue_at_min"]


def test_a_known_question_is_not_asked_again() -> None:
    custom, _ = PLAN.at_once()
    left = {each.question for each in PLAN.probes(questions(custom), 1)}
    assert {"", "prompt_required"} <= left
    assert not {*questions(custom)} & left


def test_one_task_is_left_for_what_must_be_refused() -> None:
    plan = replace(PLAN, budget=3)
    custom, _ = plan.at_once()
    before = [each.cost for each in plan.probes()]
    after = [each.cost for each in plan.probes(questions(custom), 1)]
    assert (sum(before[:20]), sum(after[:20])) == (2, 1)
