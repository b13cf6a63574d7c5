"""An answer as JSON, which holds nobody up while it is written, however long it is."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_server.core.json_pieces import pieces


class Json(Response):
    """Ends with an end of line, for who reads it in a terminal. Of a long one nothing says how long it will be."""

    media_type = "application/json"

    def __init__(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(None, status, headers)
        self._value = value

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        written = pieces(self._value)
        piece = next(written)
        await asyncio.sleep(0)
        following = next(written, None)
        if following is None:
            self.headers["content-length"] = str(len(_encoded(piece)) + 1)
        else:
            del self.headers["content-length"]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while following is not None:
            await send({"type": "http.response.body", "body": _encoded(piece), "more_body": True})
            await asyncio.sleep(0)
            piece, following = following, next(written, None)
        await send({"type": "http.response.body", "body": _encoded(piece) + b"\n"})


def _encoded(piece: str) -> bytes:
    """In UTF-8; half a surrogate pair stays written as JSON writes it."""
    return piece.encode(errors="backslashreplace")
