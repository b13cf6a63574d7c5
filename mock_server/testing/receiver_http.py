"""Reads a callback from its connection and answers it, whatever the client does; for `receiver`."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from typing import Any, Final

from mock_server.http.other_protocol import other_protocol

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a body."""
LONGEST_LINE: Final = 4096
"""Bytes of a line between chunks."""
PATIENCE: Final = 30.0
"""Seconds that a client may be silent; the mock lets go of a connection after 15."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One callback as it came."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a callback is answered with; `sent` is told then whether the client was still there."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Callable[[bool], object] = field(default=bool, compare=False)


class Unreadable(Exception):
    """A body that cannot be read: the HTTP status that says so, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


Take = Callable[[Received], Reply]
Refused = Callable[[str, int, str], object]
"""Is told of what is no callback: the request line, the HTTP status of the answer, and why."""


class HttpAlone(BaseHTTPRequestHandler):
    """Refuses what is not HTTP by its name, and does not wait for a line of it."""

    default_request_version = "HTTP/1.0"  # of what is no HTTP: it gets a whole answer

    def handle_one_request(self) -> None:
        try:
            spoken = other_protocol(self.rfile.peek(1))  # type: ignore[attr-defined]
        except TimeoutError:
            self.close_connection = True
            return
        if spoken is None:
            return super().handle_one_request()
        self.command, self.requestline, self.request_version = "", spoken.name, self.default_request_version
        self.send_error(400, spoken.why)


def handler(take: Take, refused: Refused, patience: float = PATIENCE) -> type[BaseHTTPRequestHandler]:
    """A handler of connections that gives each callback to `take`."""

    class Handler(HttpAlone):
        protocol_version = "HTTP/1.1"
        timeout = patience

        def do_POST(self) -> None:
            try:
                body = read_body(self.headers, self.rfile)
            except Unreadable as error:
                return self.send_error(error.status, str(error))
            except TimeoutError:
                return self.send_error(408, f"the body did not come within {patience:g} s")
            reply = take(Received(method="POST", path=self.path, headers=dict(self.headers), body=body))
            there = not _has_left(self.connection)
            try:
                self._send(reply)
            finally:
                reply.sent(there)

        def do_GET(self) -> None:
            self.send_error(405, f"{self.command} is not allowed here; a callback comes as POST")

        do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            why = message or HTTPStatus(code).phrase
            refused(self.requestline, code, why)
            self.close_connection = True  # what is left of the request would be read as the next one
            headers = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
            headers |= {"Allow": "POST"} if code == 405 else {}
            self._send(Reply(status=code, body=f"{why}\n".encode(), headers=headers))

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _has_left(connection: socket.socket) -> bool:
    """Whether the client closed its side, which those that call back do when they wait no longer."""
    patience = connection.gettimeout()
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(patience)


def read_body(headers: Message, stream: BufferedIOBase) -> bytes:
    """The body that the headers announce. Raises Unreadable."""
    encoding = headers.get("Transfer-Encoding")
    if encoding is not None:
        return _chunked(encoding, stream)
    return _exactly(_length(set(headers.get_all("Content-Length", ["0"]))), stream)


def _length(announced: set[str]) -> int:
    text = ", ".join(sorted(announced)).strip()
    if not re.fullmatch("[0-9]{1,18}", text):
        raise Unreadable(400, f"Content-Length is {text[:60]!r}; allowed: one whole number, 0 or more")
    return int(text)


def _chunked(encoding: str, stream: BufferedIOBase) -> bytes:
    if encoding.strip().lower() != "chunked":
        raise Unreadable(501, f"Transfer-Encoding is {encoding[:60]!r}; allowed: chunked, or none")
    body = bytearray()
    for chunk in _chunks(stream):
        _fits(len(body) + len(chunk))
        body += chunk
    return bytes(body)


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    while size := _chunk_size(_line(stream)):
        yield _exactly(size, stream)
        if end := _line(stream):
            raise Unreadable(400, f"a chunk does not end where it says; there is {end[:60]!r}")
    while _line(stream):
        pass  # trailers


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", digits):
        raise Unreadable(400, f"the size of a chunk is {line[:60]!r}; allowed: a hexadecimal number")
    return int(digits, 16)


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise Unreadable(
            400, "the client hung up between two chunks" if len(line) < LONGEST_LINE else "a line is endless"
        )
    return line.strip()


def _exactly(size: int, stream: BufferedIOBase) -> bytes:
    _fits(size)
    body = stream.read(size)
    if len(body) < size:
        raise Unreadable(400, f"the client hung up after {len(body)} of {size} bytes")
    return body


def _fits(size: int) -> None:
    if size > LARGEST:
        raise Unreadable(413, f"the body has {size} bytes; allowed: at most {LARGEST}")
