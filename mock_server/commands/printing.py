"""Lines on a stream that may go away: whoever reads it can leave, and the command goes on."""

import os
import threading
from typing import TextIO


class Printer:
    """Prints lines from any thread. A stream that was closed is written to no more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._gone = False

    def __call__(self, line: str) -> None:
        with self._lock:
            if self._gone:
                return
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                self._gone = True
                _silence(self._stream)


def _silence(stream: TextIO) -> None:
    """Let what is buffered lead nowhere, or Python complains of it at the end."""
    if not stream.closed:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
