"""Hands one request on and its answer back, both as they are, and keeps a copy for the recording."""

import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from aiohttp.client import ClientResponse
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError
from multidict import CIMultiDict
from yarl import URL

from contract_tests.documents.hosts import is_live
from contract_tests.proxy.headers import Headers, as_text, passed_on, sendable, to_host
from contract_tests.proxy.way_back import WayBack
from contract_tests.recording.message import LONGEST
from contract_tests.target.tls import told

HEAD: Final = 64 * 1024
"""Bytes of a line of a request's or an answer's head at most."""
KEPT: Final = 2.0
"""Seconds that a connection is kept that nobody uses: shorter than servers keep theirs, which then never close one
while a request is on its way."""
TOO_LONG: Final = f"it is longer than {LONGEST} bytes"
CUT: Final = "it ends before its coding does"
NO_CONNECTION: Final = "ConnectError: "
"""What begins the error of a request that was not sent, as the harness calls it."""
PLAIN: Final = ("", "identity")
ZIPPED: Final = ("gzip", "deflate")
OWN: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""Headers that a client of aiohttp sends unasked."""


@dataclass(slots=True)
class Asked:
    """A request as it came. `more` is the whole body of a request that is too long to be looked at."""

    method: str
    path: str
    headers: Headers
    body: bytes
    more: AsyncIterator[bytes] | None = None


@dataclass(slots=True)
class Came:
    """An answer as it was handed back; `error` says why there was none, or not all of it."""

    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    error: str = ""
    began: float = field(default_factory=time.monotonic)
    ended: float = field(default_factory=time.monotonic)
    left_out: str = ""


async def asked(request: web.BaseRequest) -> Asked:
    """The request, with its body as far as it is looked at."""
    path = request.raw_path
    if "://" in path.partition("?")[0]:  # a client may take this for a proxy of the usual kind
        path = "/" + path.partition("://")[2].partition("/")[2]
    body = bytearray()
    while len(body) <= LONGEST and (chunk := await request.content.readany()):
        body += chunk
    whole = Asked(request.method, path, as_text(request.raw_headers), bytes(body))
    if len(body) > LONGEST:
        whole.more = _rest(whole.body, request)
    return whole


async def _rest(first: bytes, request: web.BaseRequest) -> AsyncIterator[bytes]:
    yield first
    while chunk := await request.content.readany():
        yield chunk


class Forwarder:
    """A client of any server. A proxy of the environment leads to those on other machines alone. To be made and used
    in one event loop."""

    def __init__(self, patience: float) -> None:
        connector = TCPConnector(limit=0, keepalive_timeout=KEPT, ssl=ssl.create_default_context())
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            timeout=ClientTimeout(total=None, sock_connect=patience, sock_read=patience),
            max_line_size=HEAD,
            max_field_size=HEAD,
        )
        self._proxies = getproxies()

    async def close(self) -> None:
        await self._session.close()

    async def send(self, request: Asked, url: str, back: WayBack) -> Came:
        """Sends a request to a URL, and hands the answer back as it comes. The copy of its body has no coding."""
        came = Came()
        try:
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2]
            async with self._session.request(
                request.method,
                URL(url, encoded=True).with_user(None),
                headers=_headers(request, host, parts),
                data=request.more or request.body or None,
                skip_auto_headers=OWN,
                allow_redirects=False,
                proxy=self._proxy(url),
            ) as answer:
                await _handed_back(answer, came, back)
        except (ClientConnectorError, ConnectionTimeoutError) as problem:
            came.error = f"{NO_CONNECTION}{told(problem.__cause__ or problem)}"
        except (TimeoutError, ClientError, OSError, ValueError) as problem:
            came.error = told(problem)
        came.ended = time.monotonic()
        return came

    def _proxy(self, url: str) -> str | None:
        parts = urlsplit(url)
        if not is_live(url) or proxy_bypass(parts.hostname or ""):
            return None
        return self._proxies.get(parts.scheme.lower()) or self._proxies.get("all")


def _headers(request: Asked, host: str, parts: SplitResult) -> CIMultiDict[str]:
    """What a request is sent with. A user and a password of the URL become a header, as every client has it."""
    headers = CIMultiDict(to_host(sendable(request.headers), host, None if request.more else len(request.body)))
    if parts.username and "Authorization" not in headers:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(credentials.encode()).decode()}"
    return headers


async def _handed_back(answer: ClientResponse, came: Came, back: WayBack) -> None:
    came.status, came.headers = answer.status, passed_on(as_text(answer.raw_headers))
    await back.begin(came.status, answer.reason, sendable(came.headers))
    kept = bytearray()
    async for chunk in answer.content.iter_any():
        await back.write(chunk)
        if len(kept) <= LONGEST:
            kept += chunk
    await back.end()
    came.body, came.left_out = decoded(bytes(kept), answer.headers.get("Content-Encoding", ""))


def decoded(raw: bytes, coding: str) -> tuple[bytes, str]:
    """A body without its coding; no bytes, and why, where it cannot be read."""
    coding = coding.strip().lower()
    if len(raw) > LONGEST:
        return b"", TOO_LONG
    if coding in PLAIN or not raw:
        return raw, ""
    if coding not in ZIPPED:
        return b"", f"its coding {coding[:40]!r} is not read"
    try:
        body, whole = _unzipped(raw)
    except zlib.error as problem:
        return b"", f"it cannot be decompressed: {problem}"
    if len(body) > LONGEST:
        return b"", TOO_LONG
    return (body, "") if whole else (b"", CUT)


def _unzipped(raw: bytes) -> tuple[bytes, bool]:
    """What is in a body of one part or of several in a row, as far as it is looked at, and whether the last part has
    its end. Raises zlib.error."""
    body = b""
    while raw and len(body) <= LONGEST:
        part = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        body += part.decompress(raw, LONGEST + 1 - len(body))
        if not part.eof:
            return body, False
        raw = part.unused_data.lstrip(b"\0")  # what some servers fill up with
    return body, True
