"""A command in a terminal of so many columns, and what somebody reads there."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from select import select
from types import MappingProxyType
from typing import Final

COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PATIENCE: Final = 60
"""Seconds for the next output."""


class Terminal:
    """What a process writes to a terminal, from one end to the other."""

    def __init__(self, process: "subprocess.Popen[bytes]", descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._written = b""

    @property
    def written(self) -> str:
        """All that was written until now, as it came."""
        return self._written.decode()

    @property
    def screen(self) -> list[str]:
        """The lines that are to be read now, without colours."""
        return [shown(line) for line in COLOUR.sub("", self.written).split("\r\n")]

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._descriptor, text.encode())

    def read_until(self, text: str) -> None:
        """Return when a text was written, which was not before."""
        while text not in self.written:
            assert self._read(), f"{text!r} was never written, but {self.written!r}"

    def read_to_the_end(self) -> int:
        """The exit status, once the process has ended and all is read."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        assert select([self._descriptor], [], [], PATIENCE)[0], f"nothing came any more, behind {self.written!r}"
        came = b""
        with suppress(OSError):  # which is how Linux tells that the other side has gone
            came = os.read(self._descriptor, 65536)
        self._written += came
        return bool(came)


def shown(line: str) -> str:
    """What stands in a line after all that was written over it."""
    found: list[str] = []
    for part in line.split("\r"):
        found[: len(part)] = part
    return "".join(found).rstrip()


def terminal(
    module: str, *arguments: str, columns: int = 80, environment: Mapping[str, str] = MappingProxyType({})
) -> AbstractContextManager[Terminal]:
    """`python -m MODULE` in a terminal of its own; it is ended at the end."""
    return in_terminal([sys.executable, "-m", module, *arguments], columns, environment)


@contextmanager
def in_terminal(command: Sequence[str], columns: int, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """The same for any command."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    of_terminals = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={name: each for name, each in os.environ.items() if name not in of_terminals} | {**environment},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.terminate()
        os.close(ours)
        process.wait(PATIENCE)
