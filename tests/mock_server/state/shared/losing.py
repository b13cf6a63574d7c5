"""A way to an engine on which answers are lost: what was asked is done, and the connection ends."""

import asyncio
from contextlib import suppress
from typing import Final

PIECE: Final = 65_536


class Losing:
    """Loses the next `answers` answers. `port` is where it listens."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.answers = 0
        self.port = 0

    async def __aenter__(self) -> "Losing":
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _joined(self, asks: asyncio.StreamReader, hears: asyncio.StreamWriter) -> None:
        answers, engine = await asyncio.open_connection("127.0.0.1", self._to)
        asking = asyncio.create_task(_hand_on(asks, engine))
        with suppress(OSError):
            while piece := await answers.read(PIECE):
                if self.answers:
                    self.answers -= 1
                    break
                hears.write(piece)
                await hears.drain()
        hears.close()
        engine.close()
        await asking


async def _hand_on(asks: asyncio.StreamReader, engine: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await asks.read(PIECE):
            engine.write(piece)
            await engine.drain()
    engine.close()
