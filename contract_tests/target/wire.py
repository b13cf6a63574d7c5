"""Sends single HTTP requests, from any thread, each in bounded time and memory."""

import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from typing import Final

import httpx

from contract_tests.documents.hosts import is_live
from contract_tests.target.exchange import TOO_SLOW, Exchange
from contract_tests.target.keys import Credential, Keys
from contract_tests.target.tls import told

ANSWER_LIMIT: Final = 1024 * 1024
"""Bytes of an answer that are read."""
TOO_LONG: Final = f"the answer is longer than {ANSWER_LIMIT} bytes"


class Wire:
    """A client of one server. Whatever happens, an Exchange comes back, with the keys masked. `keeps` says whether a
    connection serves more than one request."""

    def __init__(self, base_url: str, keys: Keys, *, keeps: bool = True) -> None:
        self._base_url = base_url
        self._keys = keys
        self._idle: list[httpx.Client] = []
        self._trust = ssl.create_default_context()
        self._far = is_live(base_url)  # no proxy leads to this machine
        self._limits = httpx.Limits(max_keepalive_connections=None if keeps else 0)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def send(
        self, method: str, path: str, headers: Mapping[str, str], auth: Credential | None, body: bytes, patience: float
    ) -> Exchange:
        """One request, given up after `patience` seconds. Redirects are not followed."""
        client = self._client()
        status, content_type, retry_after, raw, error = 0, "", "", b"", ""
        answer_headers: dict[str, str] = {}
        started = time.monotonic()
        watch = threading.Timer(patience, client.close)
        watch.daemon = True
        watch.start()
        try:
            with client.stream(
                method, self._base_url + path, headers=headers, content=body, auth=auth, timeout=patience
            ) as response:
                status = response.status_code
                content_type = self._keys.masked(response.headers.get("content-type", ""))
                retry_after = response.headers.get("retry-after", "")
                answer_headers = dict(response.headers.items())
                raw = _read(response, started + patience, patience)
        except Exception as problem:  # whatever the client meets in what a server sends
            error = self._keys.masked(told(problem))
        except (KeyboardInterrupt, SystemExit) as ended:
            # Its frames, which pytest shows when it is asked to, hold the head that is sent, with the key.
            raise type(ended)(*ended.args) from None
        answered = time.monotonic()
        if error and answered - started >= patience:
            error = _too_slow(patience)
        self._put_back(client, watch, in_time=answered - started < patience)
        return Exchange(
            method=method,
            url=self._base_url + path,
            headers={name: self._keys.masked(value) for name, value in headers.items()},
            sent=body,
            status=status,
            content_type=content_type,
            body=self._keys.masked_bytes(raw),
            error=error,
            started=started,
            answered=answered,
            retry_after=self._keys.masked(retry_after),
            shows_key=self._keys.shown_in("\n".join((raw.decode(errors="replace"), *answer_headers.values()))),
            answer_headers=self._keys.masked_headers(answer_headers),
        )

    def _client(self) -> httpx.Client:
        try:
            return self._idle.pop()
        except IndexError:
            plain = {"Accept-Encoding": "identity"}
            return httpx.Client(
                follow_redirects=False, verify=self._trust, headers=plain, limits=self._limits, trust_env=self._far
            )

    def _put_back(self, client: httpx.Client, watch: threading.Timer, *, in_time: bool) -> None:
        """Keeps a client for the next request, unless this one took too long: then its connections are closed."""
        watch.cancel()
        if in_time and not client.is_closed:
            self._idle.append(client)
        else:
            watch.join()
            client.close()


def _read(response: httpx.Response, deadline: float, patience: float) -> bytes:
    """The answer's body, at most ANSWER_LIMIT bytes of it. Raises ReadTimeout past the deadline."""
    chunks = []
    size = 0
    for chunk in response.iter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_LIMIT:
            raise ValueError(TOO_LONG)
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout(_too_slow(patience))
    return _inflated(b"".join(chunks), response.headers.get("content-encoding", ""))


def _inflated(raw: bytes, coding: str) -> bytes:
    """The body, decompressed where the target compressed it although it was not asked to. Raises ValueError past
    ANSWER_LIMIT bytes."""
    if coding.lower() not in ("gzip", "deflate"):
        return raw
    try:
        body = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(raw, ANSWER_LIMIT + 1)
    except zlib.error as problem:
        raise httpx.DecodingError(f"{problem}") from None
    if len(body) > ANSWER_LIMIT:
        raise ValueError(TOO_LONG)
    return body


def _too_slow(patience: float) -> str:
    return f"ReadTimeout: the answer did not end within {patience:g} s; {TOO_SLOW}"
