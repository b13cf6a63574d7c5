"""A server that says to the letter what a test has written down, HTTP or not."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Script = bytes | Callable[[socket.socket], None]


class Scripted:
    """Answers each connection once: with the scripts in order, the last one for ever."""

    def __init__(self, *scripts: Script) -> None:
        self.heard: list[bytes] = []
        self._scripts = list(scripts)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _answer(self, connection: socket.socket) -> None:
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        try:
            with connection:
                self.heard.append(heard(connection))
                if callable(script):
                    script(connection)
                else:
                    connection.sendall(script)
        except OSError:
            return  # the client has gone, as some tests want it


def heard(connection: socket.socket) -> bytes:
    """One whole request."""
    got = b""
    while b"\r\n\r\n" not in got and (more := connection.recv(65536)):
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    lines = [line.partition(b":") for line in head.split(b"\r\n")]
    length = next((int(value) for name, _, value in lines if name.lower() == b"content-length"), 0)
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def http(body: Any, status: int = 200, *headers: str, kind: str = "application/json") -> bytes:
    """An answer with a body: bytes as they are, all else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(raw)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + raw


@contextmanager
def scripted(*scripts: Script) -> Iterator[Scripted]:
    server = Scripted(*scripts)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


ACCEPTED = http({"code": 200, "msg": "success", "data": {"taskId": "5c79"}})
REFUSED = http({"code": 422, "msg": "wrong", "data": None})
