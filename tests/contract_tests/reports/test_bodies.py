"""A body as a reader gets it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.reports.bodies import LONGEST, body
from contract_tests.verdicts.course import Finding
from tests.courses import stage

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=LONGEST),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
)


def finding(rule: str, got: str) -> Finding:
    return Finding(rule=rule, expected="", got=got)


def marked(value: Any, *findings: Finding) -> list[str]:
    return [line.text.strip() for line in body(json.dumps(value).encode(), findings).lines if line.marked]


@given(st.lists(JSON) | st.dictionaries(st.text(min_size=1), JSON))
def test_the_lines_say_what_the_body_says(value: Any) -> None:
    shown = body(json.dumps(value).encode())
    assert json.loads("\n".join(line.text for line in shown.lines)) == value


@pytest.mark.parametrize(
    ("rule", "got", "lines"),
    [
        ("callback.task_id", "5c79", ['"task_id": "5c79",']),
        ("callback.stage", "complete", ['"callbackType": "complete",']),
        ("callback.code", "200", ['"code": 200,']),
        ("callback.track.duration", "180.5", ['"duration": 180.5', '"duration": 180.5']),
        ("callback.track.duration", "null", []),
        ("callback.json", "5c79", []),
    ],
)
def test_the_place_is_marked_that_a_finding_is_about(rule: str, got: str, lines: list[str]) -> None:
    assert marked(stage("complete"), finding(rule, got)) == lines


def test_a_place_is_marked_whose_value_was_cut_in_the_finding() -> None:
    value = {"title": "x" * 90}
    assert marked(value, finding("callback.echo.title", f'"{"x" * 79}…')) != []


def test_a_long_text_is_cut_and_stands_there_as_a_whole() -> None:
    raw = json.dumps({"prompt": "x" * 5000}).encode()
    shown = body(raw)
    assert shown.lines[1].text.endswith('xxx… (5000 characters)"')
    assert shown.raw == raw.decode()
    assert not shown.marked


@pytest.mark.parametrize(("raw", "rest"), [(b"<html>", ""), (b"<" * 200, "<" * 200), (b"\xff", "")])
def test_what_is_no_json_is_shown_as_it_is(raw: bytes, rest: str) -> None:
    shown = body(raw)
    assert (len(shown.lines), shown.raw) == (1, rest)
