"""nginx and haproxy, as far as they are installed, in front of a mock: each on a socket of the file system."""

import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

SEEN: Final = "x-seen-by-the-proxy"
"""The header by which a proxy marks every request that it knows of; its value is drawn for each proxy."""
NGINX: Final = """
daemon off; master_process off; pid {folder}/pid; error_log stderr notice;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream mock {{ server {authority}; keepalive 1; }}
  server {{
    listen unix:{folder}/socket;
    ignore_invalid_headers off; underscores_in_headers on;
    proxy_http_version 1.1; proxy_request_buffering off;
    proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_set_header {seen} {drawn};
    location / {{ proxy_pass http://mock; }}
    location /taken/ {{ proxy_pass http://mock/; }}
  }}
}}
"""
HAPROXY: Final = """
defaults
  mode http
  timeout connect 10s
  timeout client 20s
  timeout server 20s
  http-reuse always
frontend clients
  bind unix@{folder}/socket
  http-request set-header {seen} {drawn}
  http-request replace-path /taken/(.*) /\\1
  default_backend mock
backend mock
  server one {authority} maxconn 1
"""
"""One connection to the mock, so that what a client leaves on it meets the next one."""
CONFIGURED: Final[Mapping[str, tuple[str, list[str], str]]] = {
    "nginx": (NGINX, ["-p", ".", "-e", "stderr", "-c"], "event method"),
    "haproxy": (HAPROXY, ["-W", "-db", "-f"], "Loading success"),
}
"""By name its configuration, its options, and what it says once it listens."""


def is_here(name: str) -> bool:
    return shutil.which(name) is not None


@contextmanager
def proxied(name: str, authority: str, drawn: str, folder: Path) -> Iterator[Path]:
    """A proxy in front of the mock at `authority`; where it listens."""
    text, options, ready = CONFIGURED[name]
    configuration = folder / "configuration"
    configuration.write_text(text.format(folder=folder, authority=authority, seen=SEEN, drawn=drawn), "utf-8")
    command = [name, *options, str(configuration)]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        told = process.stderr
        assert told is not None
        assert any(ready in line for line in told), "it did not start"
        reading = Thread(target=told.read)  # so that it never waits for a reader
        reading.start()
        try:
            yield folder / "socket"
        finally:
            process.terminate()
            reading.join()


def opened(listening: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(str(listening))
    return connection


def asked(listening: Path, request: bytes) -> bytes:
    """The answer to a request that closes its connection."""
    with closing(opened(listening)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))
