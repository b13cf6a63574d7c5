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
    "tests/mock_server/control/test_json_answer.py::test_no_step_of_an_answer_is_long",
    "tests/mock_server/control/test_trigger.py::test_it_goes_on_from_a_track_that_the_key_can_extend",
    "tests/mock_server/pages/test_inbox.py::test_callbacks_that_are_not_sent_because_the_mock_stops_do_not_fail",
)
"""Tests that change something after the end of a mock, whose callbacks the next one sends, or look at the first step of
a coroutine."""
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
