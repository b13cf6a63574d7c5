"""The engines that workers can share, each a new one with nothing in it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from mock_server.core.settings import Settings
from mock_server.state.file_store import made_with
from mock_server.state.shared.engine import Engine
from mock_server.state.shared.file_engine import FileEngine
from mock_server.state.shared.store import SharedStore

LEASE: Final = 5.0
Connect = Callable[[], Engine]
"""Another worker's way to one engine."""


def in_file(folder: Path, settings: Settings) -> Connect:
    return lambda: FileEngine(f"{folder}/state", made_with(settings))


ENGINES: Final[Mapping[str, Callable[[Path, Settings], Connect]]] = {"file": in_file}


def worker(connect: Connect, settings: Settings, name: str) -> SharedStore:
    """A worker of that name."""
    return SharedStore(settings, connect(), LEASE, name)
