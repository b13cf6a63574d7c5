"""The line that ticks at the end of a terminal while a command waits."""

import io
from functools import partial

import pytest

from mock_server.commands.ticking import Ticking, ticking
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.terminals import shown, terminal


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def line(stream: io.StringIO) -> Ticking:
    moments = iter([0.0, 1.5, 12.0, 13.0])
    return Ticking(stream, "TEXT_SUCCESS", lambda: next(moments))


def read(stream: io.StringIO) -> list[str]:
    return [shown(line) for line in stream.getvalue().split("\n")]


def test_it_tells_how_long_and_what_is_waited_for(line: Ticking, stream: io.StringIO) -> None:
    line.tick()
    assert read(stream) == ["    1.5 s  waits for TEXT_SUCCESS"]
    line.waits_for = "SUCCESS"
    line.tick()
    assert read(stream) == ["   12.0 s  waits for SUCCESS"]


def test_what_is_said_stands_above_it(line: Ticking, stream: io.StringIO) -> None:
    line.tick()
    line.above(partial(stream.write, "task x\n"))
    assert read(stream) == ["task x", "   12.0 s  waits for TEXT_SUCCESS"]


def test_it_leaves_nothing_behind(line: Ticking, stream: io.StringIO) -> None:
    line.tick()
    line.erase()
    assert read(stream) == [""]
    line.erase()


def test_it_fits_a_narrow_terminal(line: Ticking, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    line.tick()
    assert read(stream) == ["    1.5 s  waits fo"]


def test_there_is_none_where_no_terminal_is(stream: io.StringIO) -> None:
    with ticking("SUCCESS", stream) as line:
        line.tick()
        line.above(partial(stream.write, "task x\n"))
    assert stream.getvalue() == "task x\n"


def test_extend_tells_stage_after_stage_and_the_time_between() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver:
        asked = ("extend", "--url", mock.url, "--callback-url", receiver.url)
        with terminal("mock_server", *asked) as screen:
            for status, seconds in {"TEXT_SUCCESS": 40, "FIRST_SUCCESS": 80, "SUCCESS": 120}.items():
                screen.read_until(f"s  waits for {status}")
                mock.clock.advance(seconds)
            assert screen.read_to_the_end() == 0
    lines = [line.partition(" s  ")[2] or line for line in screen.screen]
    assert [line for line in lines if "waits" in line] == []
    assert [line for line in lines if line.isupper()] == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]


def test_trigger_tells_that_the_next_callback_is_waited_for() -> None:
    with (
        MockServer(pace="time") as mock,
        Receiver() as receiver,
        terminal("mock_server", "trigger", "200", "--to", receiver.url, "--url", mock.url) as screen,
    ):
        assert screen.read_to_the_end() == 0
    assert "s  waits for the next callback" in screen.written
    assert [line.split()[:2] for line in screen.screen if line] == [
        ["<--", "text"],
        ["<--", "first"],
        ["<--", "complete"],
    ]
