"""Connections that are kept for a moment, so that callbacks that come in a rush share them."""

import asyncio
from typing import Final

from mock_server.callbacks.connection import Connection

KEPT_FOR: Final = 0.1
"""Seconds that an idle connection is kept: as long as callbacks come in a rush, and too short for a receiver to give it
up first, or to keep others waiting because it serves one connection at a time."""


class KeptConnections:
    """Idle connections, by where they lead."""

    def __init__(self) -> None:
        self._idle: dict[str, dict[Connection, asyncio.TimerHandle]] = {}

    def take(self, where: str) -> Connection | None:
        """The connection that was kept last, if one can be used."""
        while kept := self._idle.get(where):
            connection, timer = kept.popitem()
            timer.cancel()
            if not kept:
                del self._idle[where]
            if connection.idle:
                return connection
            connection.close()
        return None

    def keep(self, where: str, connection: Connection) -> None:
        """Keep one that is idle."""
        timer = asyncio.get_running_loop().call_later(KEPT_FOR, self._drop, where, connection)
        self._idle.setdefault(where, {})[connection] = timer

    def close(self) -> None:
        """Keep none any longer."""
        for where in list(self._idle):
            while (connection := self.take(where)) is not None:
                connection.close()

    def _drop(self, where: str, connection: Connection) -> None:
        kept = self._idle[where]
        del kept[connection]
        connection.close()
        if not kept:
            del self._idle[where]
