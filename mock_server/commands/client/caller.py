"""The one place where a command calls a server, and trusts none: its answer is bounded in bytes and in time, unpacks
into no more than that, leads nowhere else, and each request has a connection of its own."""

import re
import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, Self, cast
from urllib.parse import urlsplit

import httpx
import orjson

from mock_server.contract.decode import how_written
from mock_server.core.errors import BadSetting
from mock_server.core.text import cut, printable, shown

CONNECTING: Final = 5.0
"""Seconds until a connection stands."""
ANSWER_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of an answer's body that are read, and that one may unpack into."""
UNPACKED: Final = ("gzip", "x-gzip", "deflate")
"""The encodings that are unpacked, though none is asked for."""
CONNECTED: Final = ("connect_tcp.complete", "start_tls.complete")
"""The steps of a request after which its connection is another, as httpx names them to who traces it."""
HTML: Final = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)


class Unreadable(Exception):
    """What came cannot be made sense of; the text says what it is, and goes on behind the name of who sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer: `body` is as it came over the wire, packed or not."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json_object(self) -> dict[str, Any]:
        """The object that was answered. Raises Unreadable, with what came in its place."""
        if 300 <= self.status < 400:
            to = _excerpt(self.headers.get("location", ""))
            raise Unreadable(f"HTTP {self.status}, a redirect to {to}, which is not followed")
        body = self._unpacked()
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Unreadable(f"HTTP {self.status} with {self._no_json(body, error)}") from None
        if not isinstance(value, dict):
            raise Unreadable(f"HTTP {self.status} with JSON that is no object: {shown(value)}")
        return value

    def _no_json(self, body: bytes, error: ValueError) -> str:
        """What a body is that is no JSON."""
        if not body.strip():
            return "an empty body"
        text = _excerpt(body.decode(errors="backslashreplace"))
        if HTML.match(body):
            return f"a page of HTML: {text}"
        kind = self.headers.get("content-type", "")
        named = "no JSON" if "json" in kind else f"no JSON but {_excerpt(kind)}" if kind else "no JSON"
        return f"{named}: {text}, {how_written(body) or error}"

    def _unpacked(self) -> bytes:
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("", "identity"):
            return self.body
        if encoding not in UNPACKED:
            raise Unreadable(f"HTTP {self.status} in the encoding {_excerpt(encoding)}, which was not asked for")
        try:
            body = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(self.body, ANSWER_LIMIT + 1)
        except zlib.error as error:
            raise Unreadable(f"HTTP {self.status} that is no {encoding}, which its head says: {error}") from None
        if len(body) > ANSWER_LIMIT:
            raise Unreadable(f"{_too_long(self.status)} when it is unpacked")
        return body


class Caller:
    """A client of the server at a URL. `options` are those of httpx.Client. Raises BadSetting for what the environment
    says of proxies and of TLS where that cannot be used."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None, **options: Any) -> None:
        self._client = _client(url, transport, **options)

    def close(self) -> None:
        self._client.close()

    def ask(self, method: str, url: str, patience: float, **how: Any) -> Heard:
        """The answer to one request, within `patience` seconds in all; `how` are arguments of httpx.

        Raises Unreadable for one that is too long, and httpx.HTTPError: ReadTimeout where it does not end in time.
        """
        timeout = httpx.Timeout(patience, connect=CONNECTING)
        with _Deadline(patience).kept() as deadline:
            trace = {"trace": deadline.trace}
            with self._client.stream(method, url, timeout=timeout, extensions=trace, **how) as answer:
                return Heard(status=answer.status_code, headers=answer.headers, body=_read(answer))


class _Deadline:
    """Shuts the connection of a request when its time is over: who goes on sending, be it ever so slowly or be it ever
    more heads of 1xx, runs into none of the timeouts of httpx."""

    def __init__(self, seconds: float) -> None:
        self._over = False
        self._connection: socket.socket | None = None
        self._one = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    @contextmanager
    def kept(self) -> Iterator[Self]:
        self._timer.start()
        try:
            yield self
        except httpx.HTTPError:
            self._check()
            raise
        finally:
            self._timer.cancel()
        self._check()  # a body without a length ends where its connection does

    def _check(self) -> None:
        if self._over:
            raise httpx.ReadTimeout("") from None

    def trace(self, step: str, about: Mapping[str, Any]) -> None:
        """Hear of a step of the request."""
        if step.endswith(CONNECTED):
            with self._one:
                self._connection = about["return_value"].get_extra_info("socket")
                self._shut()

    def _end(self) -> None:
        with self._one:
            self._over = True
            self._shut()

    def _shut(self) -> None:
        if self._over and self._connection is not None:
            with suppress(OSError):  # it may be closed by now
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


def is_near(url: str) -> bool:
    """Whether a URL leads to this machine or a private network, as far as its host alone tells: where nothing costs
    money. A name without a dot is one of a container."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.endswith((".localhost", ".local", ".internal"))
    return address.is_private or address.is_loopback


def _client(
    url: str, transport: httpx.BaseTransport | None, headers: Mapping[str, str], **options: Any
) -> httpx.Client:
    """A client for a server; a proxy that the environment sets is for servers that are not near, unless `trust_env`
    says otherwise. Raises BadSetting."""
    trusting = options.setdefault("trust_env", not is_near(url))
    options["headers"] = {"Accept-Encoding": "identity", **headers}
    try:
        # SSL_CERT_FILE counts near, too; without TLS nothing is read that the environment names for it.
        verify = trusting or (urlsplit(url).scheme == "https" and httpx.create_ssl_context())
        alone = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(transport=transport, verify=verify, limits=alone, follow_redirects=False, **options)
    except OSError as error:
        raise BadSetting(
            f"TLS cannot be set up: {printable(str(error))}. Look at SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE."
        ) from None
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise BadSetting(
            f"the proxy that the environment sets cannot be used: {printable(str(error).rstrip('.'))}. "
            "Look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."
        ) from None


def _read(answer: httpx.Response) -> bytes:
    """The body as it came: what httpx makes of it would be unpacked."""
    pieces, size = [], 0
    for piece in cast(httpx.SyncByteStream, answer.stream):
        pieces.append(piece)
        size += len(piece)
        if size > ANSWER_LIMIT:
            raise Unreadable(_too_long(answer.status_code))
    return b"".join(pieces)


def _too_long(status: int) -> str:
    return f"HTTP {status} with more than {ANSWER_LIMIT} bytes"


def _excerpt(text: str) -> str:
    return repr(printable(cut(text, 60)))
