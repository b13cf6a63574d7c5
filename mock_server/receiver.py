"""A small callback receiver on a real socket, for the demo and for tests."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from mock_server.errors import BadSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One callback as it came."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Received], int]


def always_200(received: Received) -> int:
    return 200


class Receiver:
    """Receives callbacks in a thread; a context manager.

    `url` is where, `answer` chooses the HTTP status of each answer, by default always 200. Port 0 takes a free port.
    Raises BadSetting for a port that is taken.
    """

    def __init__(self, answer: Answer = always_200, *, port: int = 0) -> None:
        self.answer = answer
        self._arrived: list[Received] = []
        self._changed = threading.Condition()
        self._round = 0
        try:
            self._server = _Server(("127.0.0.1", port), _handler(self._take))
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
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._arrived) >= count, within):
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

    def _take(self, received: Received) -> int:
        """Note a callback, and tell the HTTP status to answer."""
        status = self.answer(received)
        with self._changed:
            if not self._round or received.path.startswith(self._path):
                self._arrived.append(received)
                self._changed.notify_all()
        return status


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _handler(take: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(take(Received(method="POST", path=self.path, headers=dict(self.headers), body=body)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
