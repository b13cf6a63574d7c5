"""Rows on a terminal and elsewhere."""

import io
from dataclasses import replace

import pytest

from contract_tests.reports.on_terminal import lines_of
from contract_tests.reports.rows import MARKS, Row, rows
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests.courses import ACCEPTED, exchange
from tests.scripted import http, scripted
from tests.terminals import terminal

FINDING = Finding(rule="callback.task_id", expected="the id of the task that was answered", got="e231 " * 9)
(VIOLATED,) = rows([otherwise("callback.task_id", ACCEPTED, (FINDING,), exchange())])
(PASSED,) = rows([Result(rule="extend.example", verdict=Verdict.PASSED, probe=ACCEPTED)])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


AT_80 = """\
NO  callback.task_id                   documented example: expected the id of
    the task that was answered; got e231 e231 e231 e231 e231 e231 e231 e231 e231"""


def test_a_row_fits_a_terminal_behind_its_mark() -> None:
    assert "\n".join(lines_of(VIOLATED, Terminal())) == AT_80


def test_a_row_is_one_line_elsewhere_and_where_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [*lines_of(VIOLATED, io.StringIO())] == [VIOLATED.line]
    monkeypatch.setenv("COLUMNS", "30")
    assert [*lines_of(VIOLATED, Terminal())] == [VIOLATED.line]


@pytest.mark.parametrize(("row", "sign"), [(VIOLATED, "\x1b[31m"), (PASSED, "\x1b[32m")])
def test_a_terminal_has_colours_unless_nobody_wants_them(row: Row, sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(line.startswith("\x1b") for line in lines_of(row, Terminal()))
    monkeypatch.delenv("NO_COLOR")
    assert all(line.startswith(sign) for line in lines_of(row, Terminal()))
    assert [*lines_of(row, io.StringIO())] == [row.line]


def test_what_is_only_seen_has_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    seen = replace(PASSED, verdict=Verdict.OBSERVED)
    assert [*lines_of(seen, Terminal())] == [seen.line]


def test_a_run_on_a_terminal_shows_rules_as_they_are_decided_and_its_violations_once_more_at_the_end() -> None:
    track = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "198.44")
    with scripted(http({"code": 418, "msg": "teapot"})) as server:
        asked = ("run", "--base-url", server.url, "--only", "extend.title.custom", *track)
        with terminal("contract_tests", *asked, environment={"SUNO_API_KEY": "sk-of-a-test"}) as screen:
            assert screen.read_to_the_end() == 1
    lines = screen.screen
    heading = lines.index("Violations:")
    rule = "NO  answer.code.listed"
    live, last = ([line for line in part if line.startswith(rule)] for part in (lines[:heading], lines[heading:]))
    assert (len(live), live) == (1, last)
    assert not any(line.startswith("[") for line in lines)
    assert [line for line in lines if line.startswith(tuple(MARKS.values())) and len(line) > 80] == []
    assert f"\x1b[31m{rule}" in screen.written
