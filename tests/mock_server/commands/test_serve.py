"""The console of a mock that is served: a line per entry of the journal."""

import asyncio
import io
import os
from typing import TextIO

from mock_server.commands.output import Printer
from mock_server.commands.serve import Console
from mock_server.state.journal_entries import Entry
from tests.builders import attempted, requested


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
