"""A store in a new state file in the place of every store in memory: `pytest -p tests.file_store`.

What asks a store is the same with both.
"""

import tempfile
from pathlib import Path
from typing import Any

from mock_server.core.clock import Clock
from mock_server.core.settings import Settings
from mock_server.state import memory_store, open_store
from mock_server.state.file_store import FileStore
from mock_server.state.state_file import StateFile

OTHERWISE: tuple[str, ...] = ()
"""Tests of what is otherwise with a file: what is owed when a mock stops is not written off, and nothing is changed
after its end."""
FOLDER = tempfile.TemporaryDirectory(prefix="suno-mock-tests-", ignore_cleanup_errors=True)


class NewFileStore(FileStore):
    """A store in a file of its own, which nobody has to name."""

    numbered = 0

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        type(self).numbered += 1
        path = Path(FOLDER.name) / f"{type(self).__name__}{type(self).numbered}"
        super().__init__(settings, StateFile(str(path), {}), clock)


def pytest_configure() -> None:
    for module in (memory_store, open_store):
        vars(module)["MemoryStore"] = NewFileStore


def pytest_unconfigure(**_: Any) -> None:
    FOLDER.cleanup()
