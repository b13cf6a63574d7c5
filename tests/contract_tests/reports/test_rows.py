"""What a reader and a program get to see of a run."""

import shlex
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.probes.request import Probe
from contract_tests.reports.rows import curl, provoked, rows, summary
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests import courses
from tests.courses import ACCEPTED, BAD, PUBLISHED, REFUSED, exchange

FINDING = Finding(rule="extend.title.length", expected="code 422", got="HTTP 200 {}")
PASSED = Result(rule="extend.example", verdict=Verdict.PASSED, probe=ACCEPTED, exchange=exchange())
READ = Result(rule="model_mismatch", verdict=Verdict.OBSERVED, why="refused")
LEFT = Result(rule="code.451", verdict=Verdict.NOT_TRIED, why="no --trigger")


violated = partial(courses.violated, FINDING)


DEVIATION = Finding(rule="callback.once", expected="text once", got="text, text")
DEVIATED = otherwise("callback.once", ACCEPTED, (DEVIATION,), exchange()).cited(PUBLISHED.registry)
ALL = (PASSED, violated(), READ, LEFT)


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (PASSED, "ok  extend.example                     1 tried"),
        (READ, "?   model_mismatch                     reads refused"),
        (LEFT, "-   code.451                           no --trigger"),
        (
            DEVIATED,
            "~   callback.once                      inferred: documented example: expected text once; got text, text",
        ),
        (violated(probe=None), "NO  extend.title.length                expected code 422; got HTTP 200 {}"),
    ],
)
def test_a_rule_has_one_line(result: Result, line: str) -> None:
    assert rows([result])[0].line == line


def test_what_was_left_out_is_counted_beside_what_was_tried() -> None:
    left = Result(rule="extend.example", verdict=Verdict.NOT_TRIED, why="budget")
    assert rows([PASSED, left, left])[0].line.endswith(" 1 tried, 2 not tried")


def test_a_line_cannot_be_forged_and_commands_no_terminal() -> None:
    forged = Finding(rule="answer.json", expected="JSON", got="\x1b[2J\nok  extend.fake 1 tried")
    (row,) = rows([violated(rule="answer.json", findings=(forged,))])
    assert row.line.endswith("expected JSON; got ?[2J ok  extend.fake 1 tried")


def test_a_violation_says_what_was_tried() -> None:
    assert f"{REFUSED.says}: expected code 422; got" in rows([violated()])[0].line


def test_a_rule_is_as_bad_as_its_worst_result() -> None:
    for results in ([PASSED, violated(rule="extend.example")], [violated(rule="extend.example"), PASSED]):
        (row,) = rows(results)
        assert (row.verdict, len(row.results)) == (Verdict.VIOLATED, 2)


def test_a_rule_that_was_tried_once_and_left_out_once_counts_as_tried() -> None:
    left = Result(rule="extend.example", verdict=Verdict.NOT_TRIED, why="budget")
    assert rows([left, PASSED])[0].verdict is Verdict.PASSED


def test_rules_stand_in_the_order_in_which_they_came_up() -> None:
    assert [row.rule for row in rows([*ALL, PASSED])] == [result.rule for result in ALL]


def test_the_summary_counts_rules_by_verdict() -> None:
    assert summary(rows(ALL), 5) == (
        "1 rule violated, 0 deviated from, 1 passed, 1 question observed, 1 not tried; 5 tasks started at most"
    )


def test_a_curl_takes_the_key_from_the_environment() -> None:
    words = shlex.split(curl(exchange(BAD, REFUSED)))
    assert words[:5] == ["curl", "-sS", "-X", "POST", "http://127.0.0.1:1/api/v1/generate/extend"]
    assert "Authorization: Bearer $SUNO_API_KEY" in words


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_a_curl_says_the_body_to_the_letter(body: str) -> None:
    command = curl(exchange(BAD, REFUSED, sent=body.encode()))
    assert command.replace("\n", "").isprintable()
    words = shlex.split(command)
    if words[0] == "printf":
        assert words[-2:] == ["--data-binary", "@-"]
        assert bytes(int(each, 8) for each in words[1].split("\\")[1:]) == body.encode()
    else:
        assert words[-2:] == ["--data-raw", body] if body else "--data-raw" not in words


def test_a_curl_holds_no_word_that_zsh_expands() -> None:
    assert curl(exchange(BAD, REFUSED, sent=b"=ls")).endswith(" --data-raw '=ls'")


FAILING = replace(ACCEPTED, fails=501)


def passed(probe: Probe, **changes: Any) -> Result:
    whole = {"rule": probe.rule, "verdict": Verdict.PASSED, "probe": probe, "exchange": exchange(probe=probe)}
    return Result(**{**whole, **changes})


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ([], "codes of answers: 3 documented, 0 provoked, 0 conforming; of callbacks: 2 documented, 0 provoked, 0 con"),
        ([passed(ACCEPTED)], "3 documented, 1 provoked, 1 conforming; of callbacks: 2 documented, 1 provoked, 1 conf"),
        ([passed(FAILING), passed(ACCEPTED)], "1 conforming; of callbacks: 2 documented, 2 provoked, 2 conforming"),
        ([violated(exchange=exchange(BAD, REFUSED))], "3 documented, 1 provoked, 0 conforming; of callbacks: 2 docum"),
        ([violated(exchange=exchange({"code": 418}, REFUSED))], "3 documented, 0 provoked, 0 conforming; "),
        (
            [passed(ACCEPTED, exchange=exchange(BAD))],
            "3 documented, 1 provoked, 1 conforming; of callbacks: 2 documented, 0",
        ),
    ],
)
def test_it_is_counted_which_codes_came(results: list[Result], line: str) -> None:
    assert line in provoked(rows(results), (200, 422, 429), (200, 501))


def test_a_code_conforms_once_some_answer_with_it_does() -> None:
    wrong, right = violated(exchange=exchange(BAD, REFUSED)), passed(REFUSED, exchange=exchange(BAD, REFUSED))
    assert "3 documented, 1 provoked, 1 conforming" in provoked(rows([wrong, right]), (200, 422, 429), ())
