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

OTHERWISE = (
    "tests/mock_server/control/test_control.py::test_credits_can_be_given_and_given_back",
    "tests/mock_server/control/test_control.py::test_a_reset_forgets_before_anything_can_come_between",
)
"""Tests that change something after the end of a mock, or look at the first step of a coroutine."""
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
