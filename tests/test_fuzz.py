"""A short run of the nightly fuzzing, and that it would find what it looks for."""

import logging
import sys
from collections.abc import Iterator

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server.http.connection import BoundedConnection
from tests.fuzz import __main__ as command
from tests.fuzz import target
from tests.fuzz.inputs import connection, numbered
from tests.fuzz.twins import Twins

pytestmark = pytest.mark.anyio
SHORT = range(1500)


@pytest.fixture(autouse=True)
def _server_log() -> Iterator[None]:
    """The server's log goes where it went before."""
    log = logging.getLogger("uvicorn.error")
    handlers, propagate = log.handlers, log.propagate
    yield
    log.handlers, log.propagate = handlers, propagate


async def test_broken_requests_get_documented_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert await command.run(SHORT, seed=1) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.startswith("1,500 inputs in ")


def test_a_number_is_an_input() -> None:
    assert numbered(5, seed=1) == numbered(5, seed=1) != numbered(5, seed=2)
    assert len({b"".join(numbered(number)) for number in range(500)}) > 400


def test_a_number_is_a_connection_of_several_requests() -> None:
    assert connection(5, seed=1) == connection(5, seed=1) != connection(5, seed=2)
    requests = [b"".join(connection(number)).count(b" HTTP/1.") for number in range(200)]
    assert max(requests) > 9
    assert sum(each > 1 for each in requests) > 100


async def test_what_depends_on_the_pieces_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    twins, whole, broken = Twins(target.Troubles()), b"GET / HTTP/1.1\r\n\r\n", b"GET / NOPE\r\n\r\n"
    pieces = [whole * 2 + broken[:5], broken[5:]]
    assert await twins.violation(pieces) is None
    monkeypatch.setattr(BoundedConnection, "send_400_response", HttpToolsProtocol.send_400_response)
    found = await twins.violation(pieces)
    assert found is not None
    assert found.startswith("at once b'HTTP/1.1 400")


async def test_an_answer_that_no_document_names_is_found_and_made_small(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "CODES", target.CODES - {401})
    assert await command.run(SHORT, seed=1) == 1
    found, smallest, again = capsys.readouterr().out.splitlines()
    assert "AssertionError" in found
    assert len(smallest) < 300
    assert again.startswith("again: python -m tests.fuzz --seed 1 --only ")


async def test_a_traceback_is_found(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.media.files.call_of", None)
    assert await command.run(SHORT, seed=1) == 1
    assert "TypeError: 'NoneType' object is not callable" in capsys.readouterr().out


async def test_memory_that_grows_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    held = iter(range(0, 10**12, 2 * command.GROWTH_ALLOWED))
    monkeypatch.setattr(command, "RESET_EVERY", 10)
    assert await command.run(range(100), seed=1, memory=lambda: 1 + next(held)) == 1


@pytest.mark.parametrize(
    ("written", "violation"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nx", "KeyError 'content-length'"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nx", "ValueError body too short"),
        (b"HTTP/1.1 200 OK\r\nx: a\nb\r\n\r\n", "ValueError no response"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-type: text/html\r\n\r\nx", "AssertionError text/html"),
        (b"", "a whole request was not answered"),
    ],
)
async def test_what_is_no_answer_is_found(written: bytes, violation: str) -> None:
    judged = target.Target().judged(b"GET / HTTP/1.1\r\n\r\n", written)
    assert judged is not None
    assert judged.startswith(violation)


def test_the_input_of_a_number_can_be_sent_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["fuzz", "--only", "7", "--seed", "1"])
    assert command.main() == 0
    assert "1 inputs in " in capsys.readouterr().out
