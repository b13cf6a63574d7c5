"""Terminals: commands of a shell that end, and one that stays, with what they print."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic

PATIENCE = 300.0
"""Seconds that a command may take, and that a line may be waited for: a compiler may have to run first."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where commands run. `places` says what stands for what is shown: addresses, ports and folders."""

    folder: Path
    environment: Mapping[str, str]
    places: Mapping[str, str]

    def run(self, commands: str, patience: float = PATIENCE) -> str:
        """What commands print, in both streams, as the page would show it."""
        ended = subprocess.run(
            ["bash", "-c", self._actual(commands)],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=patience,
            check=False,
        )
        return self.shown(ended.stdout).rstrip("\n")

    @contextmanager
    def staying(self, command: str) -> Iterator["Lines"]:
        """A command that stays until the end, with all that it started, and the lines of its standard output."""
        process = subprocess.Popen(
            ["bash", "-c", self._actual(command)],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        lines = Lines(process, self)
        try:
            yield lines
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=PATIENCE)
            lines.close()

    def shown(self, text: str) -> str:
        """A text with what the page shows in place of what is."""
        for shown, actual in self.places.items():
            text = text.replace(actual, shown)
        return text

    def _actual(self, text: str) -> str:
        for shown, actual in self.places.items():
            text = text.replace(shown, actual)
        return text

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


class Lines:
    """The lines that a process prints, as they come. What it says to standard error is kept for a failure."""

    def __init__(self, process: subprocess.Popen[str], terminal: Terminal) -> None:
        self._process, self._terminal = process, terminal
        self._lines: Queue[str] = Queue()
        self._errors: list[str] = []
        assert process.stdout
        assert process.stderr
        self._streams = (process.stdout, process.stderr)
        self._readers = [Thread(target=self._read_lines), Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read_lines(self) -> None:
        for line in self._streams[0]:
            self._lines.put(line)

    def _read_errors(self) -> None:
        self._errors.extend(self._streams[1])

    def next(self) -> str:
        """The next line, as the page would show it. TimeoutError, with what went to standard error: there was none."""
        try:
            return self._terminal.shown(self._lines.get(timeout=PATIENCE)).rstrip("\n")
        except Empty:
            raise TimeoutError(f"no line came: {''.join(self._errors)}") from None

    def wait_for_port(self, port: int) -> None:
        """Return once somebody listens. TimeoutError: nobody does; or RuntimeError: the process has ended."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"it has ended: {''.join(self._errors)}")
            with closing(socket.socket()) as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return
            Event().wait(0.02)
        raise TimeoutError(f"nobody listens on port {port}: {''.join(self._errors)}")

    def close(self) -> None:
        """Wait until everything was read."""
        for reader in self._readers:
            reader.join()
        for stream in self._streams:
            stream.close()


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
