"""What the mock itself can lack."""

import errno
import socket

import pytest

from mock_server.callbacks.connecting import Unconnected
from mock_server.callbacks.shortage import shortage

LACKS: list[tuple[BaseException, str]] = [
    (OSError(errno.EMFILE, "Too many open files"), "it has no descriptor left; raise its limit (ulimit -n)"),
    (OSError(errno.ENFILE, "x"), "the system has no descriptor left"),
    (OSError(errno.ENOMEM, "x"), "it has no memory left"),
    (socket.gaierror(socket.EAI_MEMORY, "x"), "it has no memory left"),
    (MemoryError(), "it has no memory left"),
    (RuntimeError("can't start new thread"), "it can start no thread; raise the limit of its processes (ulimit -u)"),
]


@pytest.mark.parametrize(("error", "says"), LACKS)
def test_what_is_lacking_is_named(error: BaseException, says: str) -> None:
    assert shortage(error).startswith(says)


def test_what_caused_an_error_counts() -> None:
    caused = Unconnected(OSError("x"))
    caused.__cause__ = OSError(errno.EMFILE, "x")
    assert shortage(caused).startswith("it has no descriptor left")


@pytest.mark.parametrize(
    "error", [OSError("x"), OSError(errno.ECONNREFUSED, "x"), RuntimeError("x"), KeyError("x"), None]
)
def test_all_else_is_no_want(error: BaseException | None) -> None:
    assert shortage(error) == ""
