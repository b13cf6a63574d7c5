"""What the mock itself lacks, which is no fault of a receiver and passes: descriptors, memory, threads."""

import errno
import socket
from collections.abc import Mapping
from typing import Final

LACKS: Final[Mapping[int, str]] = {
    errno.EMFILE: "it has no descriptor left; raise its limit (ulimit -n)",
    errno.ENFILE: "the system has no descriptor left",
    errno.ENOMEM: "it has no memory left",
    errno.ENOBUFS: "the system has no memory left for connections",
    socket.EAI_MEMORY: "it has no memory left",
}
NO_THREAD: Final = "start new thread"
"""In the text of Python's RuntimeError."""


def shortage(error: BaseException | None) -> str:
    """What is lacking, from an error or what caused it; empty where nothing is."""
    while error is not None:
        if isinstance(error, MemoryError):
            return LACKS[errno.ENOMEM]
        if isinstance(error, OSError) and (lack := LACKS.get(error.errno or 0)):
            return lack
        if isinstance(error, RuntimeError) and NO_THREAD in str(error):
            return "it can start no thread; raise the limit of its processes (ulimit -u) or of its memory (ulimit -v)"
        error = error.__cause__ or error.__context__
    return ""
