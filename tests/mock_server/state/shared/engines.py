"""The engines that workers can share, each a new one with nothing in it."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Final

from mock_server.core.settings import Settings
from mock_server.state.file_store import made_with
from mock_server.state.shared.engine import Engine
from mock_server.state.shared.file_engine import FileEngine
from mock_server.state.shared.redis_engine import RedisEngine
from mock_server.state.shared.store import SharedStore
from tests.mock_server.state.shared.servers import PROGRAMS, Server

LEASE: Final = 5.0
NUMBERS: Final = count(1)
Connect = Callable[[], Engine]
"""Another worker's way to one engine."""


def in_file(folder: Path, settings: Settings) -> Connect:
    return lambda: FileEngine(f"{folder}/state", made_with(settings))


@cache
def server(name: str) -> Server:
    """The server of all tests of one process; tests/mock_server/state/shared/conftest.py ends it."""
    return Server(name)


def in_server(name: str, folder: Path, settings: Settings) -> Connect:
    prefix = f"test-{next(NUMBERS)}"
    return lambda: RedisEngine(server(name).url, prefix, made_with(settings))


ENGINES: Final[Mapping[str, Callable[[Path, Settings], Connect]]] = {
    "file": in_file,
    **{name: partial(in_server, name) for name in PROGRAMS},
}


def worker(connect: Connect, settings: Settings, name: str) -> SharedStore:
    """A worker of that name."""
    return SharedStore(settings, connect(), LEASE, name)
