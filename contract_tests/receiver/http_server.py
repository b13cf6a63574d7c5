"""A small HTTP server in a thread, which takes any method and survives any client."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

from contract_tests.documents.any_json import parsed

BODY_LIMIT: Final = 256 * 1024
"""Bytes of a request that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request or an answer. A request has a method and a path; an answer has a status, 0 to end the connection."""

    method: str = ""
    path: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is not JSON."""
        return parsed(self.body)

    def with_json(self, value: Any) -> "Message":
        return replace(self, body=json.dumps(value).encode())


class ThreadedServer:
    """Answers every request by `answer`. A context manager. Port 0 takes a free port; `port` says which."""

    def __init__(self, answer: Callable[[Message], Message], host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = _Server((host, port), _handler(answer))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.port: int = self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that breaks off is no error of the server."""


def _handler(answer: Callable[[Message], Message]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        # Headers and body in one packet: in two, the second waits for the client's acknowledgement of the first.
        wbufsize = -1
        disable_nagle_algorithm = True

        def _take(self) -> None:
            body = _body(self)
            said = answer(Message(method=self.command, path=self.path, headers=dict(self.headers), body=body))
            if not said.status:
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)
            self.wfile.flush()

        def handle_expect_100(self) -> bool:
            """The client waits for this line, which the base class leaves in the buffer."""
            goes_on = super().handle_expect_100()
            self.wfile.flush()
            return goes_on

        def __getattr__(self, name: str) -> Any:
            """The same handler for every HTTP method."""
            if name.startswith("do_"):
                return self._take
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    """At most BODY_LIMIT bytes; the connection ends where more follow."""
    if "chunked" in handler.headers.get("Transfer-Encoding", "").lower():
        return _chunks(handler)
    length = handler.headers.get("Content-Length", "0")
    if not length.isdecimal():
        handler.close_connection = True
        return b""
    handler.close_connection = handler.close_connection or int(length) > BODY_LIMIT
    return handler.rfile.read(min(int(length), BODY_LIMIT))


def _chunks(handler: BaseHTTPRequestHandler) -> bytes:
    body = b""
    while (size := int(handler.rfile.readline(1024).partition(b";")[0] or b"0", 16)) > 0:
        body += handler.rfile.read(min(size, BODY_LIMIT - len(body)))
        if len(body) == BODY_LIMIT:
            handler.close_connection = True
            return body
        handler.rfile.readline(8)
    while handler.rfile.readline(65537).strip():
        pass
    return body
