"""The store of a worker that is alone with a new state file, in the place of every store in memory:
`pytest -p tests.shared_store`. What asks a store is the same with both.
"""

import tempfile
from pathlib import Path
from typing import Any

from mock_server.core.clock import Clock
from mock_server.core.settings import Settings
from mock_server.state import memory_store, open_store
from mock_server.state.shared.file_engine import FileEngine
from mock_server.state.shared.store import SharedStore
from tests import file_store

OTHERWISE = (
    *file_store.OTHERWISE,
    "tests/mock_server/control/test_control.py::test_a_stage_that_a_task_has_not_reached_is_not_sent",
    "tests/mock_server/control/test_control.py::test_a_stage_whose_callback_the_scenario_sends_late_can_be_sent_before",
    "tests/mock_server/control/test_routes.py::test_the_clock_ends_with_the_year_9999",
)
"""Tests that give a clock of their own, too, which a shared store has not."""
FOLDER = tempfile.TemporaryDirectory(prefix="suno-mock-tests-", ignore_cleanup_errors=True)


class NewSharedStore(SharedStore):
    """A store in a file of its own, which nobody has to name."""

    numbered = 0

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        type(self).numbered += 1
        path = Path(FOLDER.name) / f"{type(self).__name__}{type(self).numbered}"
        super().__init__(settings, FileEngine(str(path), {}))


def pytest_configure() -> None:
    for module in (memory_store, open_store):
        vars(module)["MemoryStore"] = NewSharedStore


def pytest_unconfigure(**_: Any) -> None:
    FOLDER.cleanup()
