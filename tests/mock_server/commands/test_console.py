"""Lines of the console."""

import asyncio
import io
import os
from typing import TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.commands.console import Console
from mock_server.commands.output import Printer
from mock_server.core.errors import Maintenance
from mock_server.domain.answer import refused
from mock_server.state.journal_entries import Entry, line
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


def printed(*entries: Entry, stream: TextIO | None = None) -> str:
    """What a console prints of entries."""
    into = stream or io.StringIO()

    async def record() -> None:
        console = Console(Printer(into))
        for entry in entries:
            console(entry)
        assert not into.tell()
        console.close()
        console.close()

    asyncio.run(record())
    into.seek(0)
    return into.read()


def test_entries_are_printed_once_and_in_order() -> None:
    assert [text[:3] for text in printed(requested(), attempted()).splitlines()] == ["-->", "<--"]


def test_what_the_stream_cannot_write_is_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert printed(attempted(detail="é"), stream=stream).endswith("accepted in 0 ms: \\xe9\n")


def test_an_entry_prints_itself() -> None:
    reading, writing = os.pipe()

    async def record() -> str:
        with os.fdopen(writing, "w") as stream:
            Console(Printer(stream))(attempted())
            return (await asyncio.to_thread(os.read, reading, 9)).decode()

    assert asyncio.run(record()) == "<-- text "
    os.close(reading)
