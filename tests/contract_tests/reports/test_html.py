"""The page of a run, as a reader gets it."""

import re
from functools import partial
from typing import Any

import pytest

from contract_tests.reports.html import as_html
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests import courses
from tests.courses import ACCEPTED, LIMIT, PUBLISHED, REFUSED, exchange, reported

FINDING = Finding(rule=REFUSED.rule, expected="code 422", got="HTTP 200 <script>{}")


violated = partial(courses.violated, FINDING)


def page(*results: Result) -> str:
    return as_html(reported(*results))


def test_all_rules_stand_in_a_matrix_by_verdict_the_worst_first() -> None:
    shown = page(
        Result(rule="extend.example", verdict=Verdict.PASSED),
        Result(rule="code.451", verdict=Verdict.NOT_TRIED, why="no --trigger"),
        violated(),
        Result(rule="model_mismatch", verdict=Verdict.OBSERVED, why="refused"),
    )
    assert re.findall(r"<h3>(.+)</h3>", shown) == ["1 violated", "1 passed", "1 observed", "1 not tried"]
    assert re.findall(r'<li class="(\w+)"', shown) == ["violated", "passed", "observed", "not_tried"]
    assert f'<a href="#{REFUSED.rule}">' in shown
    assert "<td>code.451</td><td>no --trigger</td>" in shown
    assert "<td>model_mismatch</td><td>refused</td>" in shown


def test_a_violation_shows_what_reproduces_it_and_the_line_of_the_document() -> None:
    shown = page(violated().cited(PUBLISHED.registry))
    assert f"<dt>tried</dt><dd>{REFUSED.says}</dd>" in shown
    assert "<dt>expected</dt><dd>code 422</dd><dt>got</dt><dd>HTTP 200 &lt;script&gt;{}</dd>" in shown
    assert f"<dt>document</dt><dd>{LIMIT}</dd>" in shown
    assert "<pre>curl -sS -X POST http://127.0.0.1:1/" in shown
    assert "<script>" not in shown


def test_a_deviation_stands_apart_with_where_its_rule_stands() -> None:
    twice = Finding(rule="callback.once", expected="text once", got="text, text")
    deviated = otherwise("callback.once", ACCEPTED, (twice,), exchange()).cited(PUBLISHED.registry)
    shown = page(deviated, violated())
    assert shown.index("<h2>Violations, each") < shown.index("<h2>Deviations: the target does otherwise than expected")
    assert "<dt>demanded</dt><dd>a callback that was received does not come again (inferred)</dd>" in shown
    assert re.findall(r'<li class="(\w+)"', shown) == ["violated", "deviated"]


def test_the_smallest_request_is_shown_and_the_others_are_listed() -> None:
    small = violated(exchange=exchange(sent=b'{"small": 1}'), probe=ACCEPTED)
    shown = page(violated(), small, violated())
    assert shown.count("<pre>") == 1
    assert "&#34;small&#34;: 1" in shown
    assert "<summary>and 2 more</summary>" in shown
    assert shown.count(f"<li>{REFUSED.says}</li>") == 2


def test_a_line_of_the_document_stands_only_by_the_rule_that_it_states() -> None:
    assert "<dt>document</dt>" not in page(violated(rule="answer.given").cited(PUBLISHED.registry))
    assert f"<dt>document</dt><dd>{PUBLISHED.registry.cited('answer.msg')}</dd>" in page(
        violated(rule="answer.msg").cited(PUBLISHED.registry)
    )


@pytest.mark.parametrize(
    ("timeline", "places"),
    [
        ((), []),
        (((0.0, "answer"),), ["0.0"]),
        (((0.5, "answer"), (1.0, "text"), (2.0, "complete")), ["25.0", "50.0", "100.0"]),
        (((0.5, "answer"), (0.25, "text")), ["100.0", "50.0"]),
    ],
)
def test_the_callbacks_are_drawn_in_their_time(timeline: Any, places: list[str]) -> None:
    shown = page(violated(timeline=timeline))
    assert re.findall(r"left: ([\d.]+)%", shown) == places
    assert [what for _, what in timeline] == re.findall(r"<b>(\w+)</b>", shown)


def test_what_came_to_nobody_needs_no_request() -> None:
    shown = page(violated(rule="callback.url", probe=None, exchange=None))
    assert "<pre>" not in shown
    assert '<h3 id="callback.url">' in shown


def test_the_page_holds_nothing_that_is_obeyed_without_a_sign() -> None:
    shown = page(violated(findings=(Finding(rule=REFUSED.rule, expected="\x1b[31m", got="a\u202eb\x9b"),)))
    assert "<dt>expected</dt><dd>?[31m</dd><dt>got</dt><dd>a?b?</dd>" in shown
