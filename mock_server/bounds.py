"""What uvicorn's protocol reads of a request's head, of chunks' extensions and of trailers, in bounded memory."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a head that are always read (ours)."""
PIECE: Final = 16 * 1024
"""Bytes that are read at a time; so many more than HEAD_LIMIT may be read until a head is refused."""


class Bounds(HttpToolsProtocol):
    """The parser keeps what has not ended yet, however long it gets. What is neither a whole head nor a part of a body
    counts here, and past HEAD_LIMIT the connection ends with HTTP 400."""

    _unfinished = 0

    def data_received(self, data: bytes) -> None:
        if len(data) > PIECE:
            return self._in_pieces(data)
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response(f"The head of the request is too large; allowed: {HEAD_LIMIT} bytes.")

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        super().on_body(body)

    def _in_pieces(self, data: bytes) -> None:
        for first in range(0, len(data), PIECE):
            if not self.transport.is_closing():
                self.data_received(data[first : first + PIECE])
