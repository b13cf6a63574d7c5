"""A request whose answer is not the one that is due is sent again, and an answer that differs is named not stable."""

from dataclasses import replace
from itertools import count

import pytest

from contract_tests.targets.behaviour import Answer, Asked, Behaviour
from contract_tests.targets.changes import Change
from contract_tests.verdicts.results import Verdict
from tests.contract_tests.run.test_sending import ran, rules, server

NOT_NOW = "Not now."
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]


def refusing(code: int, times: int) -> Change:
    """Refuses the first so many requests for tasks that it would accept, with a code."""
    numbers = count()

    def change(behaviour: Behaviour) -> Behaviour:
        def answered(asked: Asked, answer: Answer) -> Answer:
            return answer.merged({"code": code}) if answer.content.get("msg") == NOT_NOW else answer

        steady = behaviour.checked_by({"steady+": lambda body, source: NOT_NOW if next(numbers) < times else ""})
        return replace(steady, answered=(answered,))

    return change


def test_an_answer_that_differs_is_not_stable_and_what_is_due_is_judged() -> None:
    results = ran(server(refusing(422, 1)), 5, only="extend.example")
    assert rules(results, Verdict.VIOLATED) == {"answer.stable"}
    assert rules(results, Verdict.PASSED) >= {"extend.example", "callbacks"}
    (unstable,) = [each for each in results if each.rule == "answer.stable"]
    assert unstable.findings[0].got.startswith("not stable: HTTP 200 ")


def test_an_error_of_the_server_that_passes_is_a_deviation() -> None:
    results = ran(server(refusing(500, 1)), 5, only="extend.example")
    assert rules(results, Verdict.DEVIATED) == {"answer.stable.error"}
    assert rules(results, Verdict.VIOLATED) == set()


def test_an_answer_that_stays_wrong_breaks_its_own_rule() -> None:
    results = ran(server(refusing(422, 2)), 5, only="extend.example")
    assert rules(results, Verdict.VIOLATED) == {"extend.example"}


def test_a_target_that_is_gone_by_then_is_judged_by_what_it_said() -> None:
    codes = iter([422])

    def answered(asked: Asked, answer: Answer) -> Answer:
        code = next(codes, 429) if asked.extends else 404
        return Answer(status=200, content={"code": code, "msg": "no"}, headers={"Retry-After": "0"})

    results = ran(server(lambda behaviour: replace(behaviour, answered=(answered,))), 1, only="extend.example")
    assert "extend.example" in rules(results, Verdict.VIOLATED)
    assert "answer.stable" not in rules(results, Verdict.VIOLATED)
