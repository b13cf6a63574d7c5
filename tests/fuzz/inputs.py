"""The input of a number: a valid request with odd values, an odd body, an odd head, or any bytes changed. Pure."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from mock_server.commands.demo import EXTEND, RECORD_INFO
from mock_server.contract.operations import path
from tests.builders import generation, request

HOST: Final = b"Host: 127.0.0.1:4010"
KEY: Final = b"Authorization: Bearer key"
JSON: Final = b"Content-Type: application/json"
MEDIA: Final = "/" + urlsafe_b64encode(b"e231****-****-****-****-****8cadc7dc").decode()
PERSONA = {"taskId": "x", "audioId": "y", "name": "n", "description": "d"}
WAV = {"taskId": "x", "audioId": "y", "callBackUrl": "http://127.0.0.1:9/"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request before it is written."""

    line: bytes
    headers: tuple[bytes, ...]
    body: bytes = b""

    def written(self) -> bytes:
        """The request as it is sent, with the length of its body."""
        length = [b"Content-Length: %d" % len(self.body)] if self.body else []
        return b"\r\n".join([self.line + b" HTTP/1.1", HOST, *self.headers, *length, b"", b""]) + self.body


def posted(where: str, body: Any, *headers: bytes) -> Request:
    return Request(f"POST {where}".encode(), (KEY, JSON, *headers), json.dumps(body).encode())


BODIES: Final[dict[str, Any]] = {
    EXTEND: request(),
    path("generate"): generation(),
    path("persona"): PERSONA,
    path("wav"): WAV,
    "/__admin/scenarios/queue": {"key": "test-key", "scenario": "429", "times": 2},
    "/__admin/clock/advance": {"seconds": 1},
    "/__admin/accounts": {"key": "k", "credits": 5},
    "/__admin/tracks": {"id": "t", "model": "V4", "duration": 9.5},
    "/__admin/trigger": {"scenario": "200", "to": "http://127.0.0.1:9/"},
    "/__admin/redeliver": {"task_id": "t", "stage": "text"},
    "/__admin/journal/clear": {},
}
"""By path, what a valid request holds that changes something."""
GETS: Final = (
    f"{RECORD_INFO}?taskId=1035b5204b2d407caeeace0fff7f1dcf",
    path("chat-credit"),
    f"{MEDIA}.mp3",
    f"{MEDIA}.jpeg",
    MEDIA,
    "/",
    "/__admin",
    "/__admin/health",
    "/__admin/openapi.json",
    "/__admin/journal?limit=3&kind=request",
    "/__admin/tasks?limit=2",
    "/__admin/tasks/x",
    "/__admin/settings",
    "/__admin/?status=refused&code=422&rows=2",
)
FORM: Final = b"stage=text&task=1035b5204b2d407caeeace0fff7f1dcf&back=%2F__admin%2F"
VALID: Final = (
    *(posted(where, body) for where, body in BODIES.items()),
    *(Request(f"GET {where}".encode(), (KEY, b"Range: bytes=0-9", b"Prefer: code=402")) for where in GETS),
    Request(f"HEAD {MEDIA}.mp3".encode(), (b"If-None-Match: *",)),
    Request(b"OPTIONS *", ()),
    Request(b"POST /__admin/pages/redeliver", (b"Sec-Fetch-Site: same-origin",), FORM),
    posted(EXTEND, request(), b"Expect: 100-continue"),
    posted(EXTEND, request(), b"Connection: Upgrade", b"Upgrade: websocket"),
)
CHUNKED: Final = b'5;x=y\r\n{"a":\r\n3\r\n 1}\r\n0\r\nTrailer: x\r\n\r\n'
WHOLE: Final = (
    *(each.written() for each in VALID),
    Request(f"POST {EXTEND}".encode(), (KEY, JSON, b"Transfer-Encoding: chunked")).written() + CHUNKED,
    VALID[0].written() + posted(EXTEND, request(), b"Connection: close").written(),
)
FURTHER: Final = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"\r\nHEAD / HTTP/1.1\r\n\r\n",
    b"GET /__admin/health HTTP/1.0\r\n\r\n",
    b"GET /__admin/health HTTP/1.1\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"GET /__admin/health HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nx\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n\r\n",
    b"GET / NOPE\r\n\r\n",
)
"""Requests between which the lines of a connection are easily drawn wrong."""
ODD: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 1e308, 10**400, 0.005, "", "mock-402", "mock-x", "\0", "\ud800", "é漢🎵" * 40, "x" * 6000),
    *(
        [],
        {},
        [[[[[[[]]]]]]],
        {"a": {"a": {}}},
        "http://169.254.169.254/",
        "http://8.8.8.8/",
        "http://[::1]:0/\r\nX: y",
    ),
    *("http://a;$(reboot)/", "http://0x7f.1/", "http://a@8.8.8.8/#@b", "callback-501", "first", "key", "\x1b[2J\r\n"),
)
NAMES: Final = (
    *(b"Authorization", b"Content-Type", b"Prefer", b"Range", b"If-Range", b"If-None-Match", b"Host", b"Origin"),
    *(b"Content-Encoding", b"Accept-Encoding", b"Connection", b"Upgrade", b"Expect", b"Cookie", b"X" * 300),
)
VALUES: Final = (
    *(
        b"",
        b"Bearer",
        b"Bearer mock-402",
        b"Bearer mock-x",
        b"Bearer \xff\xe9",
        b"bearer " + b"k" * 1001,
        b"null",
        b"*",
    ),
    *(b"text/plain", b"application/json; charset=latin-1", b"gzip", b"application/json;" * 99, b"bytes=9-1,2-", b"[x"),
    *(
        b"bytes=0-" + b"9" * 5000,
        b"code=500",
        b"scenario=late",
        b"code=1",
        b'code="4\\"02"; a="b, x',
        b'a="' + b"\\x" * 3000,
    ),
    *(b"a=b, " * 3000, b"evil.example", b"[::1]:99999", b"http://evil.example", b"\t \x80", b"100-continue", b"close"),
)
"""What headers may hold."""
PARTS: Final = (
    *(b"%00", b"%0d%0aX:%20y", b"..%2f" * 9, b"../" * 9, b"/etc/passwd", b"?", b"?taskId=", b"&limit=" + b"9" * 301),
    *(
        b"?limit=1&limit=2",
        b"//",
        b"%ff",
        b"%",
        b".jpeg",
        b"?taskId=%ed%a0%80",
        b";a=b",
        b"#x",
        b"a" * 3000,
        b"*",
        b"%1b[2J",
    ),
)
"""What targets may hold."""
TOKENS: Final = (
    *(
        b"\r\n",
        b"\n",
        b"\0",
        b"\x1b[2J",
        b"\xff\xfe",
        b"\xc3\xa9",
        b" ",
        b":",
        b"%00",
        b"%0d%0aX: y",
        b"../" * 9,
        b"\\",
    ),
    *(b"Content-Length: 5\r\n", b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(
        b"[" * 300,
        b'{"a":' * 300,
        b"9" * 5000,
        b"1e9999",
        b"NaN",
        b"\\ud800",
        b"-0",
        b"GET",
        b"FOO",
        b"TRACE",
        b"HTTP/1.0",
    ),
)

Bytes = Callable[[Random, bytes], bytes]


def _cut(random: Random, data: bytes) -> tuple[bytes, bytes, bytes]:
    """Before, within and after a part, which is short more often than long."""
    start = random.randrange(len(data) + 1)
    stop = min(len(data), start + int(random.random() ** 4 * len(data)) + 1)
    return data[:start], data[start:stop], data[stop:]


def _flipped(random: Random, data: bytes) -> bytes:
    before, part, after = _cut(random, data)
    return before + bytes(byte ^ 1 << random.randrange(8) for byte in part[:8]) + part[8:] + after


def _removed(random: Random, data: bytes) -> bytes:
    before, _, after = _cut(random, data)
    return before + after


def _repeated(random: Random, data: bytes) -> bytes:
    before, part, after = _cut(random, data)
    return before + part * random.choice((2, 3, 50, 1000)) + after if len(part) < 100 else data


def _inserted(random: Random, data: bytes) -> bytes:
    before, part, after = _cut(random, data)
    return before + random.choice(TOKENS) + part + after


def _replaced(random: Random, data: bytes) -> bytes:
    before, part, after = _cut(random, data)
    return before + random.randbytes(len(part[:20])) + after


def _spliced(random: Random, data: bytes) -> bytes:
    return _cut(random, data)[0] + _cut(random, random.choice(WHOLE))[2]


MUTATIONS: Final[tuple[Bytes, ...]] = (_flipped, _removed, _repeated, _inserted, _replaced, _spliced)


def _mutated(random: Random, data: bytes) -> bytes:
    for _ in range(random.choice((0, 1, 1, 2, 3, 5))):
        data = random.choice(MUTATIONS)(random, data)
    return data


def _odd_values(random: Random) -> bytes:
    where, body = random.choice(list(BODIES.items()))
    changes = {random.choice([*body, "extra"]): random.choice(ODD) for _ in range(random.choice((1, 1, 2, 4)))}
    return posted(where, body | changes).written()


def _odd_body(random: Random) -> bytes:
    chosen = random.choice(VALID)
    return replace(chosen, body=_mutated(random, chosen.body)).written()


def _odd_head(random: Random) -> bytes:
    chosen = random.choice(VALID)
    headers = [b"%b: %b" % (random.choice(NAMES), random.choice(VALUES)) for _ in range(random.choice((0, 1, 2, 4)))]
    part = random.choice(PARTS) if random.random() < 0.5 else b""
    cut = random.choice((len(chosen.line), random.randrange(5, len(chosen.line) + 1)))
    line = chosen.line[:cut] + part + chosen.line[cut:]
    kept = [each for each in chosen.headers if random.random() < 0.8]
    return replace(chosen, line=line, headers=(*kept, *headers)).written()


def _odd_bytes(random: Random) -> bytes:
    return _mutated(random, random.choice(WHOLE))


KINDS: Final[tuple[Callable[[Random], bytes], ...]] = (_odd_values, _odd_body, _odd_head, _odd_bytes)


def numbered(number: int, seed: int = 0) -> list[bytes]:
    """The input of a number, in the pieces in which it comes."""
    random = Random(f"{seed} {number}")  # a text is spread over the whole state, unlike small numbers
    data = random.choice(KINDS)(random)
    return _in_pieces(random, data, random.choice((0, 0, 0, 1, 3)))


def connection(number: int, seed: int = 0) -> list[bytes]:
    """A connection of a number: a few requests, whole ones more often than broken ones, the last perhaps cut off; in
    the pieces in which they come."""
    random = Random(f"connection {seed} {number}")
    requests = [random.choice((*WHOLE, *FURTHER, _odd(random))) for _ in range(random.choice((1, 2, 2, 3, 5, 30)))]
    data = b"".join(requests)
    if random.random() < 0.2:
        data = _mutated(random, data)
    if random.random() < 0.2:
        data = data[: random.randrange(len(data) + 1)]
    return _in_pieces(random, data, random.choice((1, 2, 2, 3, 9)))


def _odd(random: Random) -> bytes:
    return random.choice(KINDS)(random)


def _in_pieces(random: Random, data: bytes, count: int) -> list[bytes]:
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(count))
    return [data[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True)]
