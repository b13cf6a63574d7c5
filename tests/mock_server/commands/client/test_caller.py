"""One request to a server that can be anything."""

import gzip
import zlib
from functools import partial
from http.server import BaseHTTPRequestHandler

import httpx
import orjson
import pytest

from mock_server.commands.client.caller import ANSWER_LIMIT, Caller, Heard, Unreadable
from tests.certificates import Authority, listening
from tests.hostile import HEAD, dripping, endlessly, silent
from tests.scripted import Script, http, scripted

SOON = 0.3
"""Seconds."""


def heard(script: Script, patience: float = 10.0) -> Heard:
    with scripted(script) as server:
        caller = Caller(server.url, headers={})
        try:
            return caller.ask("GET", server.url, patience)
        finally:
            caller.close()


def unreadable(script: Script) -> str:
    with pytest.raises(Unreadable) as refused:
        heard(script).json_object()
    return str(refused.value)


def test_an_object_is_read() -> None:
    assert heard(http({"a": 1})).json_object() == {"a": 1}
    assert heard(http({"a": 1}, 404)).status == 404


def why(text: bytes) -> str:
    """What orjson says of a text, which is not the same in each release."""
    with pytest.raises(orjson.JSONDecodeError) as refused:
        orjson.loads(text)
    return str(refused.value)


UNREADABLE = {
    "HTTP 200 with a page of HTML: '  <!DOCTYPE html><title>Sign in</title>'": http(
        b"  <!DOCTYPE html><title>Sign in</title>", kind="text/html"
    ),
    "HTTP 502 with an empty body": http(b" \n", 502),
    f"HTTP 200 with no JSON but 'text/plain': 'hello', {why(b'hello')}": http(b"hello", kind="text/plain"),
    "HTTP 200 with no JSON: '\\\\x1f\\\\x8b', it is compressed with gzip": http(b"\x1f\x8b"),
    f"HTTP 200 with no JSON: 'NaN', {why(b'NaN')}": http(b"NaN"),
    "HTTP 200 with JSON that is no object: [1]": http([1]),
    "HTTP 302, a redirect to '/\\\\x9b', which is not followed": http(b"", 302, "Location: /\x9b"),
    "HTTP 200 in the encoding 'br', which was not asked for": http(b"{}", 200, "Content-Encoding: br"),
    "HTTP 200 that is no gzip, which its head says: Error -3 while decompressing data: incorrect header check": http(
        b"{}", 200, "Content-Encoding: gzip"
    ),
    f"HTTP 200 with more than {ANSWER_LIMIT} bytes when it is unpacked": http(
        gzip.compress(bytes(ANSWER_LIMIT + 1)), 200, "Content-Encoding: gzip"
    ),
    f"HTTP 200 with more than {ANSWER_LIMIT} bytes": http(bytes(ANSWER_LIMIT + 1)),
}


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_object_is_named(text: str) -> None:
    assert unreadable(UNREADABLE[text]) == text


def test_what_has_no_type_is_named() -> None:
    assert unreadable(b"HTTP/1.1 200 OK\r\n\r\nhello").startswith("HTTP 200 with no JSON: 'hello', unexpected char")


def test_depth_is_refused() -> None:
    assert why(deep := b'{"a":' * 100_000) in unreadable(http(deep))


PACKED = {"gzip": gzip.compress(b'{"a": 1}'), "deflate": zlib.compress(b'{"a": 1}'), "identity": b'{"a": 1}'}


@pytest.mark.parametrize("encoding", PACKED)
def test_what_is_packed_though_nobody_asked_for_it_is_read(encoding: str) -> None:
    packed = heard(http(PACKED[encoding], 200, f"Content-Encoding: {encoding}"))
    assert (packed.json_object(), packed.body) == ({"a": 1}, PACKED[encoding])


def test_nothing_packed_is_asked_for_and_every_request_has_its_own_connection() -> None:
    with scripted(http({"a": 1})) as server:
        caller = Caller(server.url, headers={"X-Own": "yes"})
        for _ in range(2):
            caller.ask("GET", server.url, 10.0)
        caller.close()
    assert len(server.heard) == 2
    assert b"accept-encoding: identity" in server.heard[0].lower()
    assert b"x-own: yes" in server.heard[0].lower()


SLOW: dict[str, Script] = {
    "floods": partial(endlessly, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "drips": partial(dripping, b" ", beginning=HEAD + b"\r\n"),
    "is silent": silent,
}


@pytest.mark.parametrize("how", SLOW)
def test_an_answer_that_does_not_end_is_given_up(how: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        heard(SLOW[how], SOON)


def test_an_answer_over_tls_that_does_not_end_is_given_up(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dripping(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            dripping(b" ", self.connection, beginning=HEAD + b"\r\n")

    authority = Authority(tmp_path_factory.mktemp("authority"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with listening(authority.server(), Dripping) as address, pytest.raises(httpx.ReadTimeout):
        Caller(f"https://{address}", headers={}).ask("GET", f"https://{address}", SOON)


def test_what_breaks_off_is_no_late_answer() -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        heard(HEAD + b"Content-Length: 9\r\n\r\n{")


def test_a_connection_that_stands_too_late_is_shut() -> None:
    with pytest.raises(httpx.ReadTimeout):
        heard(partial(dripping, b" ", beginning=HEAD + b"\r\n"), 0.0)
