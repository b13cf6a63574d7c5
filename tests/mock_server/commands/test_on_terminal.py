"""The journal's lines on a terminal: time, colour, width, and polls that are counted."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

import click
import pytest

from mock_server.commands.cli import GROUPS, cli
from mock_server.commands.on_terminal import SERIES, OnTerminal, Told, tone_of
from mock_server.commands.options import ALWAYS, AUTO, NEVER
from tests.builders import CREATED

TASK = "1035b5204b2d407caeeace0fff7f1dcf"
POLL = "/api/v1/generate/record-info?taskId=x"
ASKED = Told(line=f"--> POST /api/v1/generate/extend  200 task {TASK}", at=CREATED, tone="", task_id=TASK)
POLLED = Told(line="--> GET /api/v1/generate/record-info  200 success", at=CREATED + 2, tone="", polls=POLL)
CALLED = Told(
    line=f"<-- text of {TASK} to http://127.0.0.1:3000/{TASK}  refused in 4 ms: HTTP 500",
    at=CREATED + 30,
    tone="bad",
    task_id=TASK,
)
JOURNAL = [ASKED, POLLED, POLLED, POLLED, CALLED, POLLED, POLLED]

AT_80 = """\
00:00:00 --> POST /api/v1/generate/extend  200 task 1035b520
00:00:02 --> GET /api/v1/generate/record-info  200 success
             ... polled 2 times more
00:00:30 <-- text of 1035b520 to
             http://127.0.0.1:3000/1035b5204b2d407caeeace0fff7f1dcf  refused in
             4 ms: HTTP 500
00:00:02 --> GET /api/v1/generate/record-info  200 success
             ... polled once more"""
AT_120 = """\
00:00:00 --> POST /api/v1/generate/extend  200 task 1035b5204b2d407caeeace0fff7f1dcf
00:00:02 --> GET /api/v1/generate/record-info  200 success
             ... polled 2 times more
00:00:30 <-- text of 1035b5204b2d407caeeace0fff7f1dcf to http://127.0.0.1:3000/1035b5204b2d407caeeace0fff7f1dcf  refused
             in 4 ms: HTTP 500
00:00:02 --> GET /api/v1/generate/record-info  200 success
             ... polled once more"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(on: OnTerminal, journal: Sequence[Told] = JOURNAL) -> str:
    lines = [line for told in journal for line in on.lines(told)]
    return "\n".join([*lines, *on.rest()])


@pytest.mark.parametrize(("columns", "expected"), [(80, AT_80), (120, AT_120)])
def test_lines_fit_the_terminal(columns: int, expected: str) -> None:
    text = written(OnTerminal(columns, coloured=False))
    assert text == expected
    assert max(map(len, text.splitlines())) <= columns


def test_an_id_is_cut_to_what_tells_it_apart() -> None:
    on = OnTerminal(80, coloured=False)
    ids = ["1035b520aa", "1035b520ab", "1035b520aa", "5c79"]
    told = [Told(line=f"--> POST /  200 task {each}", at=CREATED, tone="", task_id=each) for each in ids]
    assert [line.split()[-1] for each in told for line in on.lines(each)] == [
        "1035b520",
        "1035b520a",
        "1035b520",
        "5c79",
    ]


def test_an_id_that_begins_another_is_whole() -> None:
    on = OnTerminal(80, coloured=False)
    told = [replace(ASKED, line=f"--> POST /  200 task {each}", task_id=each) for each in ("recorded-12", "recorded")]
    assert [line.split()[-1] for each in told for line in on.lines(each)] == ["recorded", "recorded"]


def test_polls_of_several_tasks_are_counted_together() -> None:
    polls = [replace(POLLED, polls=f"{POLL}{each}") for each in "ab"]
    assert written(OnTerminal(80, coloured=False), [*polls, *polls, *polls, ASKED]).splitlines() == [
        "00:00:02 --> GET /api/v1/generate/record-info  200 success",
        "00:00:02 --> GET /api/v1/generate/record-info  200 success",
        "             ... polled 4 times more",
        "00:00:00 --> POST /api/v1/generate/extend  200 task 1035b520",
    ]


def test_series_of_polls_are_bounded() -> None:
    on = OnTerminal(80, coloured=False)
    polls = [replace(POLLED, polls=f"{POLL}{number}") for number in range(SERIES + 1)]
    assert len(written(on, [*polls, polls[0]]).splitlines()) == SERIES + 2


def test_many_entries_at_the_same_time_are_counted() -> None:
    flood = [replace(ASKED, sort=f"POST {number % 5}") for number in range(100)]
    lines = [*OnTerminal(80, coloured=False).batch(flood)]
    assert len(lines) == 22
    assert lines[20:] == [
        "             ... 80 more: POST 0 (16), POST 1 (16), POST 2 (16), POST 3 (16),",
        "             others (16)",
    ]
    assert len([*OnTerminal(80, coloured=False).batch(flood[:50])]) == 50
    few = [*OnTerminal(80, coloured=True).batch([replace(each, sort="") for each in flood])]
    assert click.unstyle(few[-1]).strip() == "... 80 more:  (80)"


def test_colours_tell_how_it_went_and_change_nothing_else() -> None:
    text = written(OnTerminal(80, coloured=True))
    assert click.style("4 ms: HTTP 500", fg="red") in text
    assert click.unstyle(text) == AT_80


@pytest.mark.parametrize("columns", [None, 20])
def test_nothing_is_wrapped_without_a_width(columns: int | None) -> None:
    assert written(OnTerminal(columns, coloured=False), [CALLED]) == f"00:00:30 {CALLED.line}"


@pytest.mark.parametrize(
    ("stream", "colour", "no_color", "expected"),
    [
        (io.StringIO(), AUTO, "", None),
        (io.StringIO(), NEVER, "", None),
        (io.StringIO(), ALWAYS, "1", True),
        (Terminal(), AUTO, "", True),
        (Terminal(), AUTO, "1", False),
        (Terminal(), NEVER, "", False),
    ],
)
def test_colours_are_for_terminals_and_for_who_asks(
    monkeypatch: pytest.MonkeyPatch, stream: TextIO, colour: str, no_color: str, expected: bool | None
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    on = OnTerminal.of(stream, colour)
    assert (None if on is None else "\x1b[" in written(on)) == expected


def test_a_tone_is_that_of_the_entry() -> None:
    assert tone_of("attempt", 200, "accepted") == "good"
    assert tone_of("attempt", 200, "timed_out") == "bad"
    assert tone_of("request", 422, "") == "bad"
    assert tone_of("request", 200, "") == tone_of("request", 0, "") == ""


def test_the_help_has_every_command_in_a_group_with_its_whole_summary() -> None:
    context = click.Context(cli, info_name="suno-mock")
    listed = [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == cli.list_commands(context)
    for columns in (80, 120):
        text = cli.get_help(click.Context(cli, info_name="suno-mock", terminal_width=columns))
        assert "..." not in text.partition("Serve:")[2]
        assert max(map(len, text.splitlines())) <= columns
