"""The report that a CI server reads."""

from dataclasses import replace
from functools import partial
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.reports.junit import as_junit
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests import courses
from tests.courses import ACCEPTED, LIMIT, PUBLISHED, REFUSED, exchange, reported

FINDING = Finding(rule="extend.title.length", expected="code 422", got="HTTP 200 {}")
PASSED = Result(rule="extend.example", verdict=Verdict.PASSED, probe=ACCEPTED, exchange=exchange())
READ = Result(rule="model_mismatch", verdict=Verdict.OBSERVED, why="refused")
LEFT = Result(rule="code.451", verdict=Verdict.NOT_TRIED, why="no --trigger")
TWICE = Finding(rule="callback.once", expected="text once", got="text, text")
DEVIATED = otherwise("callback.once", ACCEPTED, (TWICE,), exchange()).cited(PUBLISHED.registry)

violated = partial(courses.violated, FINDING)


def suite(*results: Result, strict: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(as_junit(reported(*results, strict=strict)).encode())


def test_junit_has_a_case_per_rule() -> None:
    found = suite(PASSED, violated(), READ, LEFT)
    assert (found.get("tests"), found.get("failures"), found.get("skipped")) == ("4", "1", "1")
    kinds = {case.get("name"): [child.tag for child in case] for case in found.iter("testcase")}
    assert kinds == {
        "extend.example": [],
        "extend.title.length": ["failure"],
        "model_mismatch": [],
        "code.451": ["skipped"],
    }


def test_a_run_that_tells_nothing_is_an_error_of_junit() -> None:
    found = ElementTree.fromstring(as_junit(reported(PASSED, nothing="this is not the API")))
    assert (found.get("tests"), found.get("errors")) == ("2", "1")
    (error,) = found.iter("error")
    assert (error.get("message"), error.text) == ("this is not the API", "this is not the API")


@pytest.mark.parametrize(("strict", "failures", "tag"), [(False, "0", "system-out"), (True, "1", "failure")])
def test_a_deviation_is_a_failure_of_junit_where_it_counts(strict: bool, failures: str, tag: str) -> None:
    found = suite(DEVIATED, strict=strict)
    assert found.get("failures") == failures
    assert [child.tag for case in found.iter("testcase") for child in case] == [tag]


def test_the_suite_says_what_the_run_was() -> None:
    told = {"date": "2026-11-26T10:00:00+00:00", "took": 9.0, "seed": 7, "command": "suno-contract run"}
    found = ElementTree.fromstring(as_junit(reported(PASSED, **told)))
    assert (found.get("name"), found.get("time"), found.get("timestamp"), found.get("errors")) == (
        "suno-contract",
        "9.000",
        "2026-11-26T10:00:00",
        "0",
    )
    properties = {each.get("name"): each.get("value") for each in found.iter("property")}
    assert properties.items() >= {"target": "http://127.0.0.1:1", "seed": "7", "command": "suno-contract run"}.items()
    assert "budget" not in properties


def test_a_case_says_how_long_it_took_and_where_its_rule_stands() -> None:
    limit, sense = suite(violated().cited(PUBLISHED.registry), PASSED, PASSED).iter("testcase")
    file, _, line = LIMIT.place.rpartition(":")
    assert (limit.get("classname"), limit.get("time")) == ("suno-contract.extend", "0.500")
    assert (limit.get("file"), limit.get("line")) == (f"openapi/{file}", line)
    assert (sense.get("file"), sense.get("line"), sense.get("time")) == ("openapi/judged.yaml", None, "0.500")


def test_a_failure_has_a_short_message_and_all_that_a_reader_needs() -> None:
    wrong = replace(FINDING, got=f"HTTP 200\n{'x' * 500}")
    (failure,) = suite(*[violated(findings=(wrong,)).cited(PUBLISHED.registry)] * 2).iter("failure")
    message = failure.get("message") or ""
    assert message.startswith("expected code 422; got HTTP 200 xxx")
    assert (len(message), message[-1], failure.get("type")) == (160, "…", "document")
    lines = (failure.text or "").splitlines()
    assert lines[:5] == [
        "extend.title.length: title has 80 characters or fewer for V4 (document)",
        str(LIMIT),
        f"tried: {REFUSED.says}",
        "expected: code 422",
        "got: HTTP 200",
    ]
    *_, more, repeat, command = lines
    assert (more, repeat) == ("and 1 more, in report.html", "repeat it:")
    assert command.startswith("curl -sS -X POST http://127.0.0.1:1/")


def test_a_curl_of_a_failure_says_that_it_costs() -> None:
    (failure,) = suite(violated(probe=ACCEPTED)).iter("failure")
    assert "repeat it, which may start a task and cost credits:" in (failure.text or "")


def test_what_came_to_nobody_has_no_curl() -> None:
    (failure,) = suite(violated(probe=None, exchange=None)).iter("failure")
    assert "repeat" not in (failure.text or "")


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_junit_can_be_read_whatever_came(got: str, why: str) -> None:
    assert suite(violated(findings=(replace(FINDING, got=got),)), replace(LEFT, why=why)).get("tests") == "2"
