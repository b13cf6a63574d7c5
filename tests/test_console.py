"""Lines of the console."""

import asyncio
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.answers import refused
from mock_server.console import Console
from mock_server.entries import Entry, line
from mock_server.errors import Maintenance
from tests.builders import attempted, edition, requested


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        pytest.param(
            requested(),
            "--> POST /api/v1/generate/extend  200 task 5c790000000040008000000000000be8",
            id="an accepted request",
        ),
        pytest.param(
            requested(refused(Maintenance("later"), edition())),
            "--> POST /api/v1/generate/extend  "
            "455 Service Unavailable - System is currently undergoing maintenance: later",
            id="a refusal inside HTTP 200",
        ),
        pytest.param(
            requested(refused(Maintenance("later"), edition("apikley", "refusal_status=mirror"))),
            "--> POST /api/v1/generate/extend  "
            "HTTP 455, 455 Service Unavailable - System is currently undergoing maintenance: later",
            id="a mirrored refusal",
        ),
        pytest.param(
            attempted(took=0.0123),
            "<-- text of 5c79 to http://127.0.0.1:3000/callback  accepted in 12 ms: HTTP 200",
            id="a first attempt",
        ),
        pytest.param(
            attempted(number=2),
            "<-- text of 5c79 to http://127.0.0.1:3000/callback (attempt 2)  accepted in 0 ms: HTTP 200",
            id="a retry that took no time",
        ),
        pytest.param(
            attempted(detail="a\nb\x1b[31m\x85é"),
            "<-- text of 5c79 to http://127.0.0.1:3000/callback  accepted in 0 ms: a\\nb\\x1b[31m\\x85é",
            id="control characters",
        ),
    ],
)
def test_an_entry_is_one_line(entry: Entry, text: str) -> None:
    assert line(entry) == text


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.integers(1, 4), st.floats(0, 20))
def test_no_text_breaks_the_line(path: str, detail: str, number: int, took: float) -> None:
    for entry in (requested(path=path), attempted(stage=path, detail=detail, number=number, took=took)):
        assert line(entry).isprintable()


def test_entries_are_written_in_order() -> None:
    stream = io.StringIO()

    async def record() -> None:
        console = Console(stream)
        console(requested())
        console(attempted())
        assert stream.getvalue() == ""
        console.flush()

    asyncio.run(record())
    assert [text[:3] for text in stream.getvalue().splitlines()] == ["-->", "<--"]


class SignallingStream(io.StringIO):
    """Tells when it was flushed."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed = asyncio.Event()

    def flush(self) -> None:
        self.flushed.set()


def test_an_entry_writes_itself() -> None:
    async def record() -> str:
        stream = SignallingStream()
        Console(stream)(attempted())
        await asyncio.wait_for(stream.flushed.wait(), timeout=10)
        return stream.getvalue()

    assert asyncio.run(record()).startswith("<-- text of 5c79")


def test_nothing_is_written_twice() -> None:
    stream = io.StringIO()

    async def record() -> None:
        console = Console(stream)
        console(attempted())
        console.flush()
        console.flush()

    asyncio.run(record())
    assert stream.getvalue().count("\n") == 1


class BrokenPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("closed", [True, False], ids=["a closed stream", "a broken pipe"])
def test_a_lost_stream_harms_nobody(closed: bool) -> None:
    stream = io.StringIO() if closed else BrokenPipe()
    if closed:
        stream.close()
    Console(stream).flush()


def test_what_the_stream_cannot_write_is_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    async def record() -> None:
        console = Console(stream)
        console(attempted(detail="é"))
        console.flush()

    asyncio.run(record())
    stream.seek(0)
    assert stream.read().endswith("accepted in 0 ms: \\xe9\n")
