"""Lines on a stream that may go away."""

import io
import os

from mock_server.commands.printing import Printer


def test_lines_are_there_at_once() -> None:
    stream = io.StringIO()
    Printer(stream)("one")
    assert stream.getvalue() == "one\n"


def test_a_reader_may_leave() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        say = Printer(stream)
        say("one")
        say("two")


def test_a_stream_may_be_closed() -> None:
    stream = io.StringIO()
    stream.close()
    Printer(stream)("one")
