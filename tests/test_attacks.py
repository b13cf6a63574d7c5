"""Attacks on a whole mock over real connections: what comes back, what is printed, and what stays as it was."""

import gzip
import http.client
import json
import socket
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server import MockServer, Settings
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.contract.decode import BODY_LIMIT, bearer, is_json
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import path
from mock_server.contract.scenarios import preferences
from mock_server.control.request_schema import INTEGER
from mock_server.control.routes import DOCUMENT
from mock_server.core.epoch import parse_epoch
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Pace, RateLimit
from mock_server.domain.callback_body import body as callback_body
from mock_server.domain.masking import masked_url
from mock_server.http.last_answer import HEAD_LIMIT
from mock_server.media.byte_ranges import RANGE
from mock_server.state.journal_entries import line
from mock_server.testing.receiver import Receiver
from tests.builders import TRACK_MAKER, request, task
from tests.processes import serving

EXTEND = path("extend")
SECRET = "sk-very-secret-key-of-somebody"
ADMIN = load(OPENAPI / DOCUMENT)["paths"]
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with MockServer(pace="manual") as running:
        yield running


def raw(mock: MockServer, sent: bytes) -> bytes:
    """All that comes back for these bytes, once the mock has closed the connection."""
    address = urlsplit(mock.url)
    with socket.create_connection((address.hostname, address.port or 0), timeout=20) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def get(mock: MockServer, target: str, *headers: str) -> bytes:
    lines = [f"GET {target} HTTP/1.1", "Host: mock", "Connection: close", *headers, "", ""]
    return raw(mock, "\r\n".join(lines).encode("latin-1"))


def post(mock: MockServer, target: str, body: bytes, **headers: str) -> httpx.Response:
    sent = {"Authorization": "Bearer key", "Content-Type": "application/json", **headers}
    return httpx.post(mock.url + target, content=body, headers=sent, timeout=30)


FORGERIES = [
    "\r\nX-Evil: 1\r\n\r\n",
    "\n<-- forged",
    "\x1b[2J\x1b]0;owned\x07",
    "\u2028--> forged",
    "\x9b31m",
    "\ud800",
    "\0",
]
"""Ends of lines, what a terminal obeys, and what is no text."""


def assert_nothing_is_forged(mock: MockServer, answer: httpx.Response) -> None:
    assert "x-evil" not in answer.headers
    assert all(value.isprintable() for value in answer.headers.values())
    assert all(line(entry).isprintable() for entry in mock.entries)


@pytest.mark.parametrize("forgery", FORGERIES, ids=ascii)
@pytest.mark.parametrize("field", [*request(), "extra"])
def test_no_field_forges_a_line(mock: MockServer, field: str, forgery: str) -> None:
    for value in (forgery, f"http://host{forgery}/", f"mock-402{forgery}"):
        answer = post(mock, EXTEND, json.dumps(request() | {field: value}).encode())
        assert_nothing_is_forged(mock, answer)


@pytest.mark.parametrize(
    "target", ["/%0d%0aX-Evil:%201", "/%1b%5b2J", "/%00", "/%c2%85", "/%ff%fe", "/__admin/%0d%0aX-Evil:1"]
)
def test_no_path_forges_a_line(mock: MockServer, target: str) -> None:
    head, _, body = get(mock, target).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"X-Evil" not in head
    assert json.loads(body)
    assert all(line(entry).isprintable() for entry in mock.entries)


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "Prefer", "Host", "Range"])
@pytest.mark.parametrize("value", ["Bearer \x9b31m\x85", "scenario=\xa0\xad", "code=\x80", 'x="\\\x9b'])
def test_no_header_forges_a_line(mock: MockServer, name: str, value: str) -> None:
    answer = get(mock, path("chat-credit"), f"{name}: {value}")
    assert all(each.isascii() for each in answer.partition(b"\r\n\r\n")[0].split(b"\r\n"))
    assert all(line(entry).isprintable() for entry in mock.entries)


def test_the_console_prints_one_line_for_each_request() -> None:
    with serving("--pace", "manual") as process:
        assert process.stdout
        url, *_ = [process.stdout.readline().strip() for _ in range(4)]
        for forgery in FORGERIES:
            httpx.post(url + EXTEND, json=request(audioId=ascii(forgery) + forgery.replace("\ud800", "")))
        lines = [process.stdout.readline().rstrip("\n") for _ in FORGERIES]
    assert all(each.startswith("--> POST ") and each.isprintable() for each in lines)


def test_what_a_receiver_answers_forges_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, MockServer(pace="immediate") as mock:
        answer = httpx.post(
            mock.url + EXTEND,
            json=request(callBackUrl=f"http://127.0.0.1:{server.getsockname()[1]}/"),
            headers=mock.headers,
        )
        with server.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 \x1b[2J\r\nBad\x1b[31m\n<-- forged\r\n\r\n")
        mock.wait_for(1, task_id=answer.json()["data"]["taskId"], kind="attempt")
        assert all(line(entry).isprintable() for entry in mock.entries)


def media(text: str) -> str:
    """The name of a medium whose track would be a path."""
    return "/" + urlsafe_b64encode(text.rjust(36, "/").encode()).decode()


@pytest.mark.parametrize(
    "target",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/....//....//etc/passwd",
        "/..\\..\\pyproject.toml",
        "/openapi/apikley.openapi.yaml",
        "//etc/passwd",
        "/%00/etc/passwd",
        media("/../../../../../../../etc/passwd"),
        media("../../../../../etc/passwd\0") + ".mp3",
        media("/etc/passwd") + ".jpeg",
        "/__admin/../../etc/passwd",
        "/__admin/tasks/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_to_a_file(mock: MockServer, target: str) -> None:
    head, _, body = get(mock, target).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert json.loads(body)
    assert b"root:" not in body


@pytest.mark.parametrize("name", ["../apikley", "../../fixtures/scenarios/402", "/etc/passwd", "apikley\0"])
def test_no_name_leads_to_a_file(mock: MockServer, name: str) -> None:
    with pytest.raises(BadSetting) as refused:  # a profile may be a file, but none of these is one
        MockServer(profile=name)
    assert "root:" not in str(refused.value)
    with pytest.raises(BadSetting, match="is unknown"):
        mock.queue(name)


BOMBS: dict[str, bytes] = {
    "deep lists": b"[" * 500_000,
    "deep objects": b'{"a":' * 150_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "a number of many digits": b'{"prompt": ' + b"9" * 500_000 + b"}",
    "a fraction of many digits": b'{"styleWeight": 0.' + b"1" * 500_000 + b"}",
    "a number past all": b'{"continueAt": 1e999999999}',
    "one key many times": b"{" + b'"a":1,' * 100_000 + b'"a":1}',
    "many keys": json.dumps({f"key{number}": 1 for number in range(40_000)}).encode(),
    "a long key": json.dumps({"k" * 900_000: 1}).encode(),
    "a long text": json.dumps(request(prompt="p" * 900_000)).encode(),
    "many escapes": b'{"prompt": "' + b"\\u0000" * 100_000 + b'"}',
    "a list of many": json.dumps({"audioId": [{}] * 100_000}).encode(),
    "zipped": gzip.compress(json.dumps(request(prompt=" " * 10_000_000)).encode()),
    "too large": b" " * (BODY_LIMIT + 1),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("target", [EXTEND, path("generate"), path("persona")])
def test_a_bomb_is_refused_in_few_words(mock: MockServer, target: str, name: str) -> None:
    answer = post(mock, target, BOMBS[name], **({"Content-Encoding": "gzip"} if name == "zipped" else {}))
    assert (answer.status_code, answer.json()["code"]) == (200, 422)
    assert len(answer.content) < 10_000


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("target", ["reset", "scenarios/queue", "clock/advance", "accounts", "trigger", "wait"])
def test_a_bomb_for_the_control_plane_is_refused_in_few_words(mock: MockServer, target: str, name: str) -> None:
    answer = post(mock, f"/__admin/{target}", BOMBS[name])
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert len(answer.content) < 10_000


def test_a_bomb_for_the_query_is_refused(mock: MockServer) -> None:
    for query in ("&".join(["a=1"] * 10_000), "limit=1&" * 5_000, "code=" + "9" * 40_000, "%ff" * 10_000):
        assert get(mock, f"/__admin/journal?{query}").startswith(b"HTTP/1.1 400 ")
        assert b'"code":422' in get(mock, f"{path('record-info')}?{query}", "Authorization: Bearer key")


def settings(**changes: Any) -> Callable[[str], object]:
    def tried(text: str) -> object:
        return Settings(**{name: value + text for name, value in changes.items()})

    return tried


LONG = HEAD_LIMIT
PATTERNS: list[tuple[Callable[[str], object], list[str]]] = [
    (preferences, ['a="' + "\\x" * LONG, "a=b;" * LONG, "," * LONG, " " * LONG, '"' * LONG, "a" * LONG, "a= " * LONG]),
    (RANGE.fullmatch, ["bytes=" + "0" * LONG, "bytes=0-" + "0" * LONG + "x"]),
    (INTEGER.fullmatch, ["-" + "9" * LONG, "9" * LONG + "x"]),
    (is_json, ["application/json" + ";" * LONG, "application/json;charset=" + '"' * LONG, "a=" * LONG]),
    (bearer, ["Bearer " + " " * LONG, " " * LONG + "x", "Bearer" * LONG]),
    (masked_url, ["//" * LONG, "http://" + "@" * LONG, "http://" + "a" * LONG, "//a" * LONG]),
    (
        HostPolicy(["*a" * 50 + "b"]).refusal,
        ["http://" + "a" * LONG, "http://" + "1." * LONG, "http://0x" + "f" * LONG],
    ),
]
SETTINGS: list[tuple[Callable[[str], object], list[str]]] = [
    (Pace.parse, ["9" * LONG + "x", "1." * LONG]),
    (RateLimit.parse, ["9" * LONG + "/", "1/" * LONG]),
    (parse_epoch, ["2025-" * LONG, "9" * LONG + "x"]),
    (settings(base_url="http://"), [" " * LONG, "a" * LONG + " "]),
    (settings(admin_token="a"), ["a" * LONG + " "]),
]


@pytest.mark.parametrize(("match", "text"), [(match, text) for match, texts in PATTERNS for text in texts])
def test_no_pattern_takes_for_ever(match: Callable[[str], object], text: str) -> None:
    """One that tries again at every character would not end within the time that a run has."""
    match(text)


@pytest.mark.parametrize(("parse", "text"), [(parse, text) for parse, texts in SETTINGS for text in texts])
def test_no_setting_takes_for_ever(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(BadSetting):
        parse(text)


def test_a_page_of_another_site_can_start_nothing(mock: MockServer) -> None:
    """What a browser sends without asking first holds no JSON, and what it asks first is not allowed."""
    simple = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    for kind in simple:
        answer = post(mock, EXTEND, json.dumps(request()).encode(), **{"Content-Type": kind, "Origin": "http://evil"})
        assert answer.json()["code"] == 422
    asked = httpx.options(
        mock.url + EXTEND, headers={"Origin": "http://evil", "Access-Control-Request-Headers": "authorization"}
    )
    assert asked.status_code == 405
    assert not [name for name in asked.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["QUERY", "TRACE", "PROPFIND", "PATCH"])
def test_a_method_that_no_operation_has_is_405(mock: MockServer, method: str) -> None:
    """QUERY is the youngest of them: a reader of heads that is too old takes it for no HTTP at all."""
    assert httpx.request(method, mock.url + EXTEND).status_code == 405


POSTS = [each for each, methods in ADMIN.items() if "post" in methods]


@pytest.mark.parametrize("target", POSTS)
def test_a_callback_to_the_control_plane_changes_nothing(mock: MockServer, target: str) -> None:
    sent = callback_body(task(), task().scenario.steps()[2], TRACK_MAKER)
    assert post(mock, target, sent).status_code == 400


def test_a_callback_that_resets_the_mock_is_refused_by_it() -> None:
    with MockServer(pace="manual") as mock:
        url = f"{mock.url}/__admin/reset"
        httpx.post(mock.url + EXTEND, json=request(callBackUrl=url), headers=mock.headers).raise_for_status()
        mock.clock.advance(30)
        assert [(entry.outcome, entry.detail) for entry in mock.attempts] == [("refused", "HTTP 400")]
        assert len(mock.requests) == 1


def everything_shown(mock: MockServer) -> str:
    """All that the control plane tells, and all that the console prints."""
    reads = [each for each, methods in ADMIN.items() if "get" in methods and "{" not in each]
    texts = [httpx.get(mock.url + each).text for each in reads]
    ids = [each.task_id for each in mock.tasks()]
    texts += [httpx.get(f"{mock.url}/__admin/tasks/{each}").text for each in ids]
    texts += [httpx.post(f"{mock.url}/__admin/wait", json={"count": 99, "within": 0}).text]
    return "\n".join([*texts, *map(line, mock.entries)])


@pytest.mark.parametrize("strict", [False, True])
def test_a_key_is_shown_nowhere(strict: bool) -> None:
    with MockServer(pace="manual", strict_keys=strict) as mock, Receiver() as receiver:
        headers = {"Authorization": f"Bearer {SECRET}"}
        answers = [
            httpx.post(mock.url + each, json=request(callBackUrl=receiver.url), headers=headers)
            for each in (EXTEND, path("generate"), "/nothing", path("chat-credit"))
        ]
        answers += [httpx.get(mock.url + each, headers=headers) for each in (path("chat-credit"), "/nothing")]
        account = mock.account(SECRET)
        account.fault("status", times=5)
        account.queue("402")
        account.change(credits=5)
        mock.clock.advance(60)
        shown = everything_shown(mock) + "".join(each.text + str(each.headers) for each in answers)
        shown += "".join(str(each.headers) + each.body.decode() for each in receiver.received)
    assert f"{SECRET[:3]}…" in shown
    assert SECRET not in shown
    assert SECRET[3:] not in shown


def test_a_password_of_a_receiver_is_shown_in_no_line(mock: MockServer, closed_url: str) -> None:
    url = closed_url.replace("//", "//user:pa55word@")
    answer = post(mock, EXTEND, json.dumps(request(callBackUrl=url)).encode())
    mock.clock.advance(30)
    task_id = answer.json()["data"]["taskId"]
    assert "pa55word" not in "\n".join(map(line, mock.find(task_id=task_id)))
    assert "pa55word" not in str(mock.tasks())


def test_many_headers_are_read_in_their_order(mock: MockServer) -> None:
    """Names that would meet in one bucket of a hash table meet in a list here."""
    connection = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=20)
    connection.putrequest("GET", path("chat-credit"))
    for number in range(3000):
        connection.putheader(f"x-{number}", "1")
    connection.putheader("Authorization", "Bearer key")
    connection.endheaders()
    assert json.loads(connection.getresponse().read())["code"] == 200
    connection.close()
