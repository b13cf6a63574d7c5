"""Behind nginx and haproxy no request hides in another: what a proxy did not see the mock takes for no request, and who
comes next on the same connection gets the answer that is his. Skipped where they are not installed."""

import json
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_server import MockServer
from mock_server.commands.demo import EXTEND, RECORD_INFO
from tests.builders import request
from tests.proxies import CONFIGURED, SEEN, asked, is_here, opened, proxied

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
SIZE = b"%d" % len(HIDDEN)
CHUNK = b"%x\r\n%b\r\n" % (len(HIDDEN), HIDDEN)
LAST = b"0\r\n\r\n"
POST = b"POST /outer HTTP/1.1\r\nHost: a\r\n"
LENGTH = b"Content-Length: %b\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def both(first: bytes, second: bytes) -> bytes:
    """A request of two headers that disagree, whose body is empty by the one and holds a request by the other."""
    return POST + first + second + b"\r\n" + LAST + HIDDEN


def chunked(body: bytes, header: bytes = CHUNKED) -> bytes:
    return POST + header + b"\r\n" + body


ATTACKS = {
    "a length and chunks": both(LENGTH % (b"%d" % len(LAST + HIDDEN)), CHUNKED),
    "chunks and a length": both(CHUNKED, LENGTH % (b"%d" % len(LAST + HIDDEN))),
    "a short length and chunks": both(LENGTH % b"5", CHUNKED),
    "two lengths": POST + LENGTH % b"0" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "two lengths, the other way": POST + LENGTH % SIZE + LENGTH % b"0" + b"\r\n" + HIDDEN,
    "a list of lengths": POST + LENGTH % (SIZE + b", 0") + b"\r\n" + HIDDEN,
    "a length twice": POST + LENGTH % SIZE * 2 + b"\r\n" + HIDDEN,
    **{
        f"a length of {length!r}": POST + LENGTH % length + b"\r\n" + HIDDEN
        for length in (b"+" + SIZE, b"0x1", b"-1", SIZE + b" ", b"00" + SIZE, b"", b"1e1", b"0,", b"9" * 25, b"\x0b0")
    },
    **{
        f"an encoding of {coding!r}": both(LENGTH % (b"%d" % len(LAST + HIDDEN)), b"Transfer-Encoding: %b\r\n" % coding)
        for coding in (
            *(b"xchunked", b"chunked, identity", b"identity, chunked", b"chunked;a=b", b'"chunked"', b"CHUNKED"),
            *(b"\tchunked", b"\x0bchunked", b"chunked\x00", b"gzip", b"chunked, chunked", b"", b",chunked"),
        )
    },
    "two encodings": both(CHUNKED + b"Transfer-Encoding: identity\r\n", LENGTH % b"5"),
    "a blank before the colon": both(LENGTH % b"5", b"Transfer-Encoding : chunked\r\n"),
    "a line that goes on": both(LENGTH % b"5", b"X: a\r\n Transfer-Encoding: chunked\r\n"),
    "a blank first": both(LENGTH % b"5", b" Transfer-Encoding: chunked\r\n"),
    "a bare line feed": both(LENGTH % b"5", b"X: a\nTransfer-Encoding: chunked\r\n"),
    "a bare carriage return": both(LENGTH % b"5", b"X: a\rTransfer-Encoding: chunked\r\n"),
    "underscores": POST + b"Content_Length: 0\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "an encoding with an underscore": both(LENGTH % b"5", b"Transfer_Encoding: chunked\r\n"),
    "a length of this hop": POST + b"Connection: Content-Length\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "an encoding of this hop": chunked(CHUNK + LAST, b"Connection: Transfer-Encoding\r\n" + CHUNKED),
    "an old version": both(CHUNKED, LENGTH % b"5").replace(b"1.1", b"1.0", 1),
    "no version": b"GET /outer\r\n" + HIDDEN,
    "a body of get": b"GET /outer HTTP/1.1\r\nHost: a\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "a body of head": b"HEAD /outer HTTP/1.1\r\nHost: a\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "chunks of delete": chunked(CHUNK + LAST).replace(b"POST", b"DELETE"),
    "to be told to go on": POST + b"Expect: 100-continue\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "another expectation": POST + b"Expect: 100-continued\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "an upgrade": POST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "an upgrade to HTTP/2": chunked(CHUNK + LAST, b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + CHUNKED),
    "an upgrade without a body": POST.replace(b"POST", b"GET") + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "a tunnel": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN,
    "a whole address": b"POST http://b/outer HTTP/1.1\r\nHost: a\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "two hosts": POST + b"Host: b\r\n" + LENGTH % SIZE + b"\r\n" + HIDDEN,
    "a line feed in the path": b"POST /outer%0d%0a%0d%0aGET%20/hidden HTTP/1.1\r\nHost: a\r\n"
    + LENGTH % b"0"
    + b"\r\n",
    **{
        f"a chunk of {line!r}": chunked(line + b"\r\n" + HIDDEN + b"\r\n" + LAST)
        for line in (
            *(
                b"0x21",
                b"+21",
                b"-1",
                b"21 ",
                b" 21",
                b"21;a=\r",
                b"21\n",
                b"21;a\nb",
                b'21;a="\r\n0"',
                b"2_0",
                b"",
                b"g",
            ),
            *(b"0" * 40 + b"21", b"f" * 16 + b"0", b"100000000000000021", b"21;" + b"a" * 5000),
        )
    },
    "chunks whose lines end otherwise": chunked(CHUNK.replace(b"\r\n", b"\n") + b"0\n\n"),
    "a chunk that is longer than it says": chunked(b"3\r\nabcde\r\n" + LAST + HIDDEN),
    "a chunk without an end": chunked(b"3\r\nabc0\r\n\r\n" + HIDDEN),
    "a trailer": chunked(b"0\r\nContent-Length: " + SIZE + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN),
    "a last chunk that is long": chunked(b"00000\r\n\r\n" + HIDDEN),
    "pipelined": POST + LENGTH % b"0" + b"\r\n" + HIDDEN * 3,
    "pipelined behind chunks": chunked(CHUNK + LAST + HIDDEN),
    "pipelined behind what cannot be read": POST + LENGTH % b"0" + b"\r\n" + HIDDEN + b"GET / NOPE\r\n\r\n" + HIDDEN,
}
"""Requests of which one may think that they end where another does not. HIDDEN is a request of its own for who thinks
so; where it is one by right the proxy marks it, as it does all that it knows of."""


@dataclass(frozen=True)
class Behind:
    """A mock, and a proxy in front of it that marks what it forwards."""

    mock: MockServer
    listening: Path
    drawn: bytes

    def unseen(self) -> list[str]:
        """Requests that the mock had, and the proxy knows nothing of."""
        mark = (SEEN.encode(), self.drawn)
        return [entry.call.path for entry in self.mock.requests if mark not in entry.call.headers]


@pytest.fixture(scope="module", params=CONFIGURED)
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    if not is_here(request.param):
        pytest.skip(f"{request.param} is not installed")
    drawn, folder = secrets.token_hex(8), tmp_path_factory.mktemp("p")
    with MockServer(pace="manual", base_url="http://127.0.0.1/taken") as mock:
        address = urlsplit(mock.url)
        with proxied(request.param, f"{address.hostname}:{address.port}", drawn, folder) as listening:
            yield Behind(mock, listening, drawn.encode())


def is_answered(listening: Path) -> bool:
    """Whether who asks for a path of his own is told of that one, and of nothing else."""
    own = secrets.token_hex(8)
    asking = f"GET /own-{own} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    came = asked(listening, asking)
    return came.startswith(b"HTTP/1.1 404 ") and re.findall(rb"served at ([^;. ]+)", came) == [
        f"/taken/own-{own}".encode()
    ]


@pytest.mark.parametrize("name", ATTACKS)
def test_no_request_hides_in_another(name: str, behind: Behind) -> None:
    with closing(opened(behind.listening)) as attacking:
        attacking.settimeout(0.3)  # for what is not answered, since it is not whole for the proxy
        with suppress(OSError):
            attacking.sendall(ATTACKS[name])
            attacking.recv(65536)
            assert is_answered(behind.listening)
    assert is_answered(behind.listening)
    assert is_answered(behind.listening)
    assert behind.unseen() == []


def test_what_a_proxy_does_not_see_would_be_found(behind: Behind) -> None:
    address = urlsplit(behind.mock.url)
    with closing(socket.create_connection((address.hostname, address.port or 0), timeout=20)) as direct:
        direct.sendall(HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert b"".join(iter(lambda: direct.recv(65536), b"")).startswith(b"HTTP/1.1 404")
    assert behind.unseen() == ["/hidden"]
    behind.mock.clear_journal()


@pytest.mark.parametrize("prefix", ["", "/taken"], ids=["kept", "taken away"])
def test_a_mock_under_a_path_works_behind_a_proxy(prefix: str, behind: Behind) -> None:
    """haproxy and nginx take `/taken/` away; what they leave as it is has the prefix of the base URL twice."""
    body = json.dumps(request()).encode()
    head = f"POST /taken{prefix}{EXTEND} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = asked(behind.listening, head.encode() + body)
    (task,) = re.findall(rb'"taskId":"(\w{32})"', answer)
    behind.mock.clock.advance(1000)
    poll = f"GET /taken{RECORD_INFO}?taskId={task.decode()} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\n"
    found = asked(behind.listening, f"{poll}Connection: close\r\n\r\n".encode())
    media = re.findall(rb'"http://127\.0\.0\.1(/taken/[^"]+\.(?:mp3|jpeg))"', found)
    assert len(media) >= 2
    for each in media:
        loaded = asked(behind.listening, b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % each)
        assert loaded.startswith(b"HTTP/1.1 200 ")
    desk = asked(behind.listening, b"GET /taken/__admin/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert desk.startswith(b"HTTP/1.1 200 ")
    assert b'href="/taken/__admin/' in desk
