"""What commands print: on which stream, and how, when nobody reads."""

import io
import logging
import os
import re
import threading
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.commands.output import KEPT, TEXTS_COUNTED, LogPrinter, Printer, fitted, tell, warn

LINE = "x" * 1000
LEFT_OUT = re.compile(r"\.\.\. (\d+) (?:lines are|line is) left out, because nobody read")


def test_lines_are_printed_in_their_order() -> None:
    stream = io.StringIO()
    say = Printer(stream)
    for number in range(100):
        say(str(number), "and")
    say.close()
    assert stream.getvalue().split() == [word for number in range(100) for word in (str(number), "and")]


def test_a_reader_may_leave() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        say = Printer(stream)
        for _ in range(3):
            say("one")
            say.close()


def test_a_stream_may_be_closed() -> None:
    stream = io.StringIO()
    stream.close()
    say = Printer(stream)
    say("one")
    say.close()


class HeldStream(io.StringIO):
    """A stream whose reader reads when the test says so, as much as is being written then."""

    def __init__(self) -> None:
        super().__init__()
        self.writing = threading.Semaphore(0)
        self.reads = threading.Semaphore(0)

    def write(self, text: str) -> int:
        self.writing.release()
        assert self.reads.acquire(timeout=10)
        return super().write(text)

    def is_written_to(self) -> None:
        """Return once a text is being written that nobody has read yet."""
        assert self.writing.acquire(timeout=10)


def counted(lines: Iterable[str], said: int) -> list[int]:
    """How many lines of those said were left out at each gap. All that were said come in their order, and fill the
    gaps."""
    gaps: list[int] = []
    number = 0
    for line in lines:
        if left_out := LEFT_OUT.fullmatch(line.rstrip("\n")):
            gaps.append(int(left_out[1]))
            number += gaps[-1]
        else:
            assert line.startswith(f"{number:05} ")
            number += 1
        if number == said:
            break
    assert number == said
    return gaps


def numbered(numbers: range) -> list[str]:
    return [f"{number:05} {LINE}" for number in numbers]


@pytest.mark.parametrize("further", [0, 3])
def test_lines_that_are_left_out_are_counted_where_they_are_missing(further: int) -> None:
    stream, many = HeldStream(), 2 * KEPT // len(LINE)
    say = Printer(stream)
    say(*numbered(range(2)))
    stream.is_written_to()
    for line in numbered(range(2, many)):
        say(line)
    stream.reads.release()
    stream.is_written_to()  # all but the first two lines, so that there is room for two more
    for line in numbered(range(many, many + further)):
        say(line)
    stream.reads.release(10)
    say.close()
    lines = stream.getvalue().splitlines()
    assert ("... 1 line is left out, because nobody read" in lines) is (further == 3)
    kept = KEPT // (len(LINE) + 7) + 1
    assert counted(lines, many + further) == ([many - kept] if further < 2 else [many - kept, further - 2])


def test_nobody_waits_for_a_reader_that_does_not_read() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, os.fdopen(reading) as reader:
        say = Printer(stream)
        many = 3 * KEPT // len(LINE)
        for line in numbered(range(many)):
            say(line)
        say.close(within=0)
        assert sum(counted(reader, many)) > KEPT // len(LINE)


def test_lines_come_whole_from_many_threads() -> None:
    stream = io.StringIO()
    say = Printer(stream)
    threads = [threading.Thread(target=say, args=(LINE,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say.close()
    assert stream.getvalue().splitlines() == [LINE] * 20


@pytest.mark.parametrize(("as_json", "output"), [(False, "one\ntwo\n"), (True, "[\n  1,\n  2\n]\n")])
def test_lines_or_json_are_the_output(as_json: bool, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    tell(["one", "two"], [1, 2], as_json)
    assert capsys.readouterr() == (output, "")


def test_a_warning_is_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    warn("look out")
    assert capsys.readouterr() == ("", "suno-mock: look out\n")


class Logged:
    """A logger whose records are printed, at a time that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self._stream = io.StringIO()
        self._say = Printer(self._stream)
        self.handler = LogPrinter(self._say, lambda: self.now)
        self.logger = logging.Logger("a logger")
        self.logger.addHandler(self.handler)

    def lines(self) -> list[str]:
        self._say.close()
        return self._stream.getvalue().splitlines()


def test_what_is_logged_is_printed() -> None:
    logged = Logged()
    logged.logger.warning("%s came", "nonsense")
    logged.logger.info("nobody asked")
    assert logged.lines() == ["suno-mock: nonsense came"]


def test_what_is_logged_again_is_counted_for_a_second() -> None:
    logged = Logged()
    for logged.now in (0.0, 0.3, 0.9, 1.1, 1.2):
        logged.logger.warning("nonsense")
    assert logged.lines() == ["suno-mock: nonsense", "suno-mock: nonsense (2 more)", "suno-mock: nonsense"]
    logged.handler.close()
    assert logged.lines()[3:] == ["suno-mock: nonsense (1 more)"]


def test_another_text_is_no_repetition() -> None:
    logged = Logged()
    for number in range(TEXTS_COUNTED + 1):
        logged.logger.warning("nonsense %d", number)
    logged.logger.warning("nonsense %d", TEXTS_COUNTED)
    assert len(logged.lines()) == TEXTS_COUNTED + 2


def test_every_traceback_is_printed() -> None:
    logged = Logged()
    for _ in range(2):
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            logged.logger.exception("it failed")
    assert logged.lines().count("ZeroDivisionError: division by zero") == 2


def test_a_line_fits_a_terminal_behind_a_hanging_indent() -> None:
    assert fitted("  check 6 of 17: is the body what the document says it is?", 40) == [
        "  check 6 of 17: is the body what the",
        "      document says it is?",
    ]


@given(st.text("ab  -", max_size=200), st.integers(40, 120))
def test_no_line_is_wider_than_a_terminal_and_no_word_is_lost(line: str, columns: int) -> None:
    parts = fitted(line, columns)
    assert max((len(part) for part in parts if len(part.split()) > 1), default=0) <= columns
    assert " ".join(parts).split() == line.split()


@pytest.mark.parametrize("columns", [None, 39, 200])
def test_a_line_stays_whole_where_it_fits_or_nothing_does(columns: int | None) -> None:
    assert fitted("word " * 20, columns) == ["word " * 20]


@pytest.mark.parametrize(
    "line", ["  suno-mock extend --prefer scenario=422", "    curl -s http://127.0.0.1:4010/api/v1/x"]
)
def test_what_is_to_be_pasted_stays_whole(line: str) -> None:
    assert fitted(line, 40) == [line]
