"""The report that a program reads."""

import json
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.reports.json_report import as_json
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests import courses
from tests.courses import ACCEPTED, LIMIT, PUBLISHED, exchange, reported

FINDING = Finding(rule="extend.title.length", expected="code 422", got="HTTP 200 {}")
PASSED = Result(rule="extend.example", verdict=Verdict.PASSED, probe=ACCEPTED, exchange=exchange())
TWICE = Finding(rule="callback.once", expected="text once", got="text, text")
DEVIATED = otherwise("callback.once", ACCEPTED, (TWICE,), exchange()).cited(PUBLISHED.registry)

violated = partial(courses.violated, FINDING)


def test_json_holds_everything_of_a_violation() -> None:
    (row,) = json.loads(as_json(reported(violated(exchange=exchange(number=7)).cited(PUBLISHED.registry))))["rules"]
    (result,) = row["results"]
    assert (row["rule"], row["verdict"]) == ("extend.title.length", "violated")
    assert result["findings"] == [{"expected": "code 422", "got": "HTTP 200 {}"}]
    assert (result["place"], result["quote"]) == LIMIT
    assert result["curl"].startswith("curl -sS -X POST ")
    assert result["request"] == 7


def test_json_says_what_the_run_was() -> None:
    whole = json.loads(as_json(reported(PASSED, seed=7, date="2026-11-26T10:00:00+00:00", spent=3, budget=5)))
    assert (whole["about"]["target"], whole["about"]["seed"]) == ("http://127.0.0.1:1", 7)
    assert (whole["about"]["spent"], whole["about"]["budget"], whole["missing"]) == (3, 5, [])


def test_a_rule_that_passed_needs_no_curl() -> None:
    (row,) = json.loads(as_json(reported(PASSED)))["rules"]
    assert row["results"][0]["curl"] == ""


def test_json_says_where_a_rule_stands() -> None:
    (row,) = json.loads(as_json(reported(DEVIATED)))["rules"]
    assert (row["verdict"], row["source"]) == ("deviated", "inferred")
    assert row["demand"] == "a callback that was received does not come again"
    assert row["results"][0]["curl"].startswith("curl ")


@given(st.text(st.characters(codec="utf-8")))
def test_json_can_be_read_whatever_came(got: str) -> None:
    finding = Finding(rule="extend.title.length", expected="code 422", got=got)
    (row,) = json.loads(as_json(reported(violated(findings=(finding,)))))["rules"]
    assert row["results"][0]["findings"][0]["got"] == got
