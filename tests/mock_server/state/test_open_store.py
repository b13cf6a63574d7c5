"""Which engine a mock has, and that a file is let go of where no mock can be made."""

from dataclasses import replace
from pathlib import Path

import pytest

from mock_server.contract.editions import Editions
from mock_server.core.clock import MockClock
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.state.memory_store import MemoryStore
from mock_server.state.open_store import open_store


def test_without_a_file_everything_is_in_memory() -> None:
    with open_store(Settings(), MockClock(7, frozen=True)) as store:
        assert (type(store), store.outlives) == (MemoryStore, False)
        store.let_go()


def test_a_file_outlives_the_mock_and_is_free_again(tmp_path: Path) -> None:
    settings = Settings(state=f"{tmp_path}/state")
    with pytest.raises(BadSetting, match="profile 'none' is unknown"), open_store(settings) as store:
        Editions(replace(store.settings, profile="none" if store.outlives else "apikley"))
    with open_store(settings) as store:
        store.let_go()


def test_a_file_has_a_clock_of_its_own(tmp_path: Path) -> None:
    with (
        pytest.raises(BadSetting, match="has a clock of its own"),
        open_store(Settings(state=f"{tmp_path}/state"), MockClock()),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
