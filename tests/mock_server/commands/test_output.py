"""Lines on a stream that is read slowly, not at all, or goes away."""

import io
import os
import threading

from mock_server.commands.output import KEPT, Printer

LINE = "x" * 1000


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


def test_nobody_waits_for_a_reader_that_does_not_read() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, os.fdopen(reading) as reader:
        say = Printer(stream)
        said = 3 * KEPT // len(LINE)
        for number in range(said):
            say(f"{number:05} {LINE}")
        say.close(within=0)
        lines: list[str] = []
        while not lines or not lines[-1].startswith("..."):
            lines.append(reader.readline())
    assert [int(line[:5]) for line in lines[:-1]] == list(range(len(lines) - 1))
    assert lines[-1] == f"... {said - len(lines) + 1} lines are left out, because nobody read\n"


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
