"""Certificates of authorities that nobody trusts, made for a test, and servers that have them."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import trustme

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


class Authority:
    """Signs certificates. `file` holds its own, in PEM."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """What a server of these names makes TLS with, by default one on loopback."""
        certificate = self._authority.issue_cert(
            *(names or ("127.0.0.1", "localhost")), not_before=LONG_AGO, not_after=LONG_AGO if expired else None
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        pass


class Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that fails is what a test wants."""


@contextmanager
def listening(tls: ssl.SSLContext | None, answering: type[BaseHTTPRequestHandler] = Answering) -> Iterator[str]:
    """Host and port of a server, with TLS or without."""
    with Quiet(("127.0.0.1", 0), answering) as server:
        port = server.server_port
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{port}"
        server.shutdown()
        thread.join()
