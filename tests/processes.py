"""`suno-mock` as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Run = Callable[..., tuple[int, str, str]]
"""The command within this process: exit status, standard output, standard error."""
COMMAND = [sys.executable, "-m", "mock_server"]


def suno_mock(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


@contextmanager
def serving(*arguments: str, module: str = "mock_server", **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`suno-mock serve` on a free port, ended at the end. Its first line of output is the base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)
