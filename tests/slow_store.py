"""A store in which every method waits a millisecond: what a mock must put up with from an engine behind a network.

As a plugin, `pytest -p tests.slow_store`, it takes the place of the store in memory in every mock of the tests;
`python -m tests.slow_store serve …` is `suno-mock` with it.
"""

import asyncio
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from mock_server.core.clock import Clock
from mock_server.core.settings import Settings
from mock_server.state import open_store
from mock_server.state.memory_store import MemoryStore
from mock_server.state.store import Store

WAITS = 0.001
"""Seconds of real time."""


class Slow:
    """Everything that an object has, but its coroutines wait first."""

    def __init__(self, within: object) -> None:
        self.within = within

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.within, name)
        return _waiting(found) if iscoroutinefunction(found) else found


class SlowStore(Slow):
    """The store in memory, slowly."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        store = MemoryStore(settings, clock)
        super().__init__(store)
        self.journal = Slow(store.journal)


def slow_store(settings: Settings, clock: Clock | None = None) -> Store:
    """A store that waits."""
    return cast(Store, SlowStore(settings, clock))


def _waiting(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    async def waiting(*arguments: Any, **named: Any) -> Any:
        await asyncio.sleep(WAITS)
        return await method(*arguments, **named)

    return waiting


def install() -> None:
    """Have every mock that is given no store take this one."""
    vars(open_store)["MemoryStore"] = slow_store


def pytest_configure() -> None:
    install()


if __name__ == "__main__":
    from mock_server.commands.cli import main

    install()
    main()
