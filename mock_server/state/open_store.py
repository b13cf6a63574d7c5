"""Chooses the engine that the settings ask for."""

from collections.abc import Iterator
from contextlib import contextmanager

from mock_server.core.clock import Clock
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.state.memory_store import MemoryStore
from mock_server.state.store import Store


@contextmanager
def open_store(settings: Settings, clock: Clock | None = None) -> Iterator[Store]:
    """The store of a mock, in memory or in the file that the settings name, which is let go of where no mock can be
    made with it. Raises BadSetting for a file that cannot be used, and for a clock beside one, which has its own."""
    if not settings.state:
        yield MemoryStore(settings, clock)
        return
    if clock is not None:
        raise BadSetting("the state file has a clock of its own. Allowed: --state, or a clock.")
    store = _opened(settings)
    try:
        yield store
    except BaseException:
        store.let_go()
        raise


def _opened(settings: Settings) -> Store:
    # What a mock in memory would load for nothing.
    if settings.workers == 1:
        from mock_server.state.file_store import FileStore

        return FileStore.open(settings)
    from mock_server.state.file_store import made_with
    from mock_server.state.shared.file_engine import FileEngine
    from mock_server.state.shared.store import SharedStore

    return SharedStore(settings, FileEngine(settings.state, made_with(settings), settings.durability), settings.lease)
