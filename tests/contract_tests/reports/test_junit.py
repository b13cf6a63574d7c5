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
from tests.courses import ACCEPTED, PUBLISHED, exchange, reported

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
    kinds = {case.get("name"): [child.tag for child in case] for case in found}
    assert kinds == {
        "extend.example": [],
        "extend.title.length": ["failure"],
        "model_mismatch": [],
        "code.451": ["skipped"],
    }


@pytest.mark.parametrize(("strict", "failures", "tag"), [(False, "0", "system-out"), (True, "1", "failure")])
def test_a_deviation_is_a_failure_of_junit_where_it_counts(strict: bool, failures: str, tag: str) -> None:
    found = suite(DEVIATED, strict=strict)
    assert found.get("failures") == failures
    assert [child.tag for case in found for child in case] == [tag]


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_junit_can_be_read_whatever_came(got: str, why: str) -> None:
    assert suite(violated(findings=(replace(FINDING, got=got),)), replace(LEFT, why=why)).get("tests") == "2"
