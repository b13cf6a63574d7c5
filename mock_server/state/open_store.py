"""Chooses the engine that the settings ask for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_server.core.clock import Clock
from mock_server.core.errors import BadSetting
from mock_server.core.setting_limits import DAY
from mock_server.core.settings import Settings
from mock_server.state.memory_store import MemoryStore
from mock_server.state.needs_client import needs_client
from mock_server.state.store import Store

if TYPE_CHECKING:
    from mock_server.state.shared.engine import Engine


@contextmanager
def open_store(settings: Settings, clock: Clock | None = None) -> Iterator[Store]:
    """The store of a mock, in memory, or in the file or engine that the settings name, which is let go of where no mock
    can be made with it. Raises BadSetting for what cannot be used, and for a clock beside it, which has its own."""
    if not settings.state:
        yield MemoryStore(settings, clock)
        return
    if clock is not None:
        raise BadSetting("what keeps the state has a clock of its own. Allowed: --state, or a clock.")
    store = _opened(settings)
    try:
        yield store
    except BaseException:
        store.let_go()
        raise


def _opened(settings: Settings) -> Store:
    # What a mock in memory would load for nothing.
    from mock_server.state.file_store import FileStore, made_with

    if not settings.shared:
        return FileStore.open(settings)
    from mock_server.state.shared.store import SharedStore

    engine = (
        _in_engine(settings, made_with(settings)) if settings.in_engine else _in_file(settings, made_with(settings))
    )
    return SharedStore(settings, engine, settings.lease)


def _in_file(settings: Settings, about: Mapping[str, str]) -> "Engine":
    from mock_server.state.shared.file_engine import FileEngine

    return FileEngine(settings.state, about, settings.durability)


def _in_engine(settings: Settings, about: Mapping[str, str]) -> "Engine":
    with needs_client():
        from mock_server.state.shared.redis_engine import RedisEngine
    return RedisEngine(settings.state, settings.state_prefix, about, settings.state_ttl * DAY)
