"""A small callback receiver on a real socket, for the demo, for tests and for `suno-mock receive`."""

import sys
import threading
from collections import deque
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any, Self

from mock_server.core.clock import elapsed
from mock_server.core.errors import BadSetting
from mock_server.testing.receiver_http import PATIENCE, Received, Refused, Reply, handler

Answer = Callable[[Received], int | Reply]


def always_200(received: Received) -> int:
    return 200


def _ignored(request: str, status: int, why: str) -> None:
    """Ignore a request that is no callback."""


class Receiver:
    """Receives callbacks in a thread; a context manager.

    `url` is where, `answer` chooses the HTTP status of each answer, or all of it, by default always 200; `refused` is
    called for a request that is no callback; the newest `kept` callbacks are remembered, by default all. A client may
    be silent for `patience` seconds. Port 0 takes a free port. Raises BadSetting for a port that is taken.
    """

    def __init__(
        self,
        answer: Answer = always_200,
        *,
        port: int = 0,
        refused: Refused = _ignored,
        kept: int | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.answer = answer
        self._arrived: deque[Received] = deque(maxlen=kept)
        self._changed = threading.Condition()
        self._round = 0
        try:
            self._server = _Server(("127.0.0.1", port), handler(self._take, refused, patience))
        except OSError as error:
            raise BadSetting(f"cannot receive on port {port}: {error}. Choose another --port.") from None
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self._path}"

    @property
    def _path(self) -> str:
        return f"/callback/{self._round}" if self._round else "/callback"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def received(self) -> list[Received]:
        """All callbacks so far, in the order in which they came."""
        with self._changed:
            return list(self._arrived)

    def wait_for(self, count: int, *, within: float = 10.0) -> list[Received]:
        """All callbacks, once `count` have come. Raises TimeoutError, with what did come, after `within` seconds."""
        until = elapsed() + within
        with self._changed:
            # Not wait_for of the condition, which goes by a clock that a test may have frozen.
            while len(self._arrived) < count and self._changed.wait(max(until - elapsed(), 0)):
                pass
            if len(self._arrived) < count:
                lines = [f"\n  {each.method} {each.path} {each.body[:80]!r}" for each in self._arrived]
                came = "".join(lines) or " nothing"
                raise TimeoutError(f"{len(self._arrived)} of {count} callbacks came within {within:g} s:{came}")
            return list(self._arrived)

    def renew(self) -> None:
        """Forget everything, answer 200 again, and move to another URL, so that stragglers are not counted."""
        with self._changed:
            self._arrived.clear()
            self.answer = always_200
            self._round += 1

    def _take(self, received: Received) -> Reply:
        """Note a callback, and tell the answer."""
        answer = self.answer(received)
        with self._changed:
            if not self._round or received.path.startswith(self._path):
                self._arrived.append(received)
                self._changed.notify_all()
        return answer if isinstance(answer, Reply) else Reply(status=answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the receiver."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
