"""The one way to a target: budget, patience, bounded time, and keys that appear nowhere."""

import base64
import dataclasses
import errno
import gzip
import io
import json
import socket
import threading
import time
import traceback
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.documents.terms import DOCUMENTED
from contract_tests.probes.request import ACCEPTED as ACCEPTANCE
from contract_tests.probes.request import Expected, Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import LONGEST_WAIT, RATE_WINDOW, Exchange
from contract_tests.target.journal import EarlierRun, NotNoted
from contract_tests.target.keys import SPELLED, TELLING, Keys
from contract_tests.target.not_sent import Busy, Lenient, Silent, Spent
from contract_tests.target.target import (
    DEAF_POLLS,
    DENIALS,
    RETRIES,
    SILENCES,
    Limits,
    Target,
)
from contract_tests.target.wire import ANSWER_LIMIT
from tests.scripted import ACCEPTED, REFUSED, Script, Scripted, http, scripted

KEY = "sk-very-secret"
BUSY = http({"code": 429, "msg": "slow down"})
PATIENT = 0.3
REFUSAL = Expected(codes=frozenset({422}))
URL = "http://127.0.0.1:1/cb/0?k=0"


def probe(expected: Expected = REFUSAL, **changes: Any) -> Probe:
    whole = {"id": "x", "rule": "extend.title.type", "says": "x", "body": b'{"callBackUrl": "$URL"}'}
    return Probe(**{**whole, "expected": expected, **changes})


class Tried:
    """A target in front of a script, what it waited for, and its journal."""

    def __init__(self, url: str, key: str = KEY, budget: int | None = None, spacing: float = 0.0) -> None:
        self.slept: list[float] = []
        self.journal = io.StringIO()
        keys = {"own": key, "bad": "other"}
        limits = Limits(budget=budget, spacing=spacing)
        self.target = Target(url, keys, limits, self.journal, sleep=self.slept.append, patience=PATIENT)

    def send(self, expected: Expected = REFUSAL, **changes: Any) -> Exchange:
        return self.target.send(probe(expected, **changes), URL)

    @property
    def everything(self) -> str:
        return self.journal.getvalue()


def one(*scripts: Script, expected: Expected = REFUSAL, **changes: Any) -> tuple[Exchange, Scripted, Tried]:
    """What a probe gets from a script."""
    with scripted(*scripts) as server:
        tried = Tried(server.url)
        exchange = tried.send(expected, **changes)
        tried.target.close()
        return exchange, server, tried


def nobody() -> str:
    """A URL where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


# What is sent, and what is understood of the answer.


def test_a_probe_is_sent_with_its_callback_url_and_the_key() -> None:
    _, server, _ = one(REFUSED)
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/v1/generate/extend HTTP/1.1")
    assert f"Authorization: Bearer {KEY}".encode() in head
    assert json.loads(body) == {"callBackUrl": URL}


def test_no_key_means_no_authorization_header() -> None:
    _, server, _ = one(REFUSED, key=None)
    assert b"authorization" not in server.heard[0].lower()


def test_a_base_url_may_end_with_a_slash() -> None:
    assert Tried("http://127.0.0.1:1/").target.base_url == "http://127.0.0.1:1"


def test_an_answer_is_kept_with_its_status_code_and_task() -> None:
    exchange, _, _ = one(ACCEPTED)
    assert (exchange.status, exchange.code, exchange.task_id) == (200, 200, "5c79")
    assert exchange.error == ""


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"code": "200"}', b'{"code": true}', b"[" * 100_000, b"\xff\xfe", b'{"data": 5}']
)
def test_an_answer_without_a_code_has_none(body: bytes) -> None:
    exchange, _, _ = one(http(body))
    assert (exchange.code, exchange.task_id, exchange.error) == (None, None, "")


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_an_answer_that_is_compressed_is_read(coding: str, pack: Callable[[bytes], bytes]) -> None:
    raw = pack(b'{"code": 422, "msg": "wrong"}')
    exchange, server, _ = one(http(raw, 200, f"Content-Encoding: {coding}"))
    assert exchange.code == 422
    assert b"accept-encoding: identity" in server.heard[0].lower()


def test_a_redirect_is_not_followed() -> None:
    exchange, server, _ = one(http(b"", 302, "Location: http://127.0.0.1:1/"))
    assert (exchange.status, len(server.heard)) == (302, 1)


def test_a_task_is_polled_under_its_quoted_id() -> None:
    with scripted(http({"code": 200, "data": None})) as server:
        Tried(server.url).target.poll("a b&c=\ud800")
    assert server.heard[0].startswith(b"GET /api/v1/generate/record-info?taskId=a%20b%26c%3D%3F HTTP/1.1")


def test_a_task_is_polled_until_it_is_no_longer_under_way() -> None:
    records = [{"status": status} for status in ("PENDING", "FIRST_SUCCESS", "SUCCESS")]
    with scripted(*[http({"code": 200, "data": record}) for record in records]) as server:
        tried = Tried(server.url)
        assert [poll.record for poll in tried.target.followed("5c79", within=60)] == records
    assert (len(server.heard), tried.slept) == (3, [5.0, 5.0])


def test_a_task_that_never_ends_is_polled_once_when_there_is_no_time() -> None:
    with scripted(http({"code": 200, "data": {"status": "PENDING"}})) as server:
        assert len(Tried(server.url).target.followed("5c79", within=0)) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"data": []}', b'{"data": {"status": ["x"]}}'])
def test_a_record_that_is_none_is_no_crash(body: bytes) -> None:
    with scripted(http(body)) as server:
        Tried(server.url).target.followed("5c79", within=0)
    assert len(server.heard) == 1


# The budget.


@pytest.mark.parametrize("budget", [0, 1, 3])
def test_the_budget_is_never_exceeded_by_what_a_conforming_server_accepts(budget: int) -> None:
    with scripted(ACCEPTED) as server:
        tried = Tried(server.url, budget=budget)
        for _ in range(budget):
            tried.send(ACCEPTANCE)
        with pytest.raises(Spent):
            tried.send(ACCEPTANCE)
    assert len(server.heard) == budget


def test_an_accepted_refusal_ends_the_spending() -> None:
    with scripted(ACCEPTED) as server:
        tried = Tried(server.url, budget=0)
        tried.send()
        with pytest.raises(Spent, match=r"^budget: 1 of 0 tasks are spent; a larger --budget allows more$"):
            tried.send(rule="extend.style.type")
    assert len(server.heard) == 1
    assert tried.target.budget.told == (
        "may have started a task each, although they had to be refused: extend.title.type"
    )


def test_refusals_are_free() -> None:
    with scripted(REFUSED) as server:
        tried = Tried(server.url, budget=0)
        for _ in range(3):
            tried.send()
    assert (tried.target.spent, len(server.heard)) == (0, 3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30), st.integers(0, 5))
def test_no_course_of_answers_exceeds_the_budget_but_for_one_task_at_0(
    course: list[tuple[bool, bool]], budget: int
) -> None:
    with scripted(*(ACCEPTED if accepted else REFUSED for _, accepted in course), b"") as server:
        tried = Tried(server.url, budget=budget)
        for wanted, _ in course:
            with suppress(Spent, Lenient):
                tried.send(ACCEPTANCE if wanted else REFUSAL)
    assert tried.target.spent <= max(budget, 1)


def test_what_a_rule_cost_once_it_costs_no_more_and_other_rules_go_on() -> None:
    with scripted(ACCEPTED, REFUSED) as server:
        tried = Tried(server.url, budget=2)
        tried.send()
        with pytest.raises(Lenient, match=r"^the target accepted another request that breaks extend\.title\.type: "):
            tried.send()
        assert tried.send(rule="extend.style.type").code == 422
    assert len(server.heard) == 2


def test_a_429_that_names_a_task_is_not_sent_again() -> None:
    with scripted(http({"code": 429, "msg": "slow down", "data": {"taskId": "5c79"}})) as server:
        tried = Tried(server.url)
        with pytest.raises(Busy):
            tried.send(ACCEPTANCE)
    assert (len(server.heard), tried.target.spent) == (1, 1)


@pytest.mark.parametrize(
    ("script", "spent"),
    [
        pytest.param(http({"code": 500, "msg": "oops"}), 1, id="code 500: nobody knows"),
        pytest.param(http({"code": 455, "msg": "maintenance"}), 0, id="code 455"),
        pytest.param(ACCEPTED, 1, id="accepted"),
        pytest.param(REFUSED, 0, id="refused"),
        pytest.param(http({"code": "200", "data": {"taskId": "x"}}), 1, id="a task under a code that is none"),
        pytest.param(http(b"<html>"), 1, id="a page in HTTP 200: nobody knows"),
        pytest.param(http(b"<html>", 502), 1, id="a gateway's 502: nobody knows"),
        pytest.param(http(b"<html>", 401), 0, id="a gateway's 401"),
        pytest.param(b"", 1, id="no answer: nobody knows"),
    ],
)
def test_what_may_have_been_accepted_counts(script: bytes, spent: int) -> None:
    _, _, tried = one(script)
    assert tried.target.spent == spent


def test_what_reached_nobody_does_not_count() -> None:
    tried = Tried(nobody(), budget=0)
    assert tried.send().error.startswith("ConnectError: ")
    assert tried.target.spent == 0


def test_other_methods_without_an_answer_do_not_count() -> None:
    _, _, tried = one(b"", method="GET")
    assert tried.target.spent == 0


# Patience.


def test_a_429_is_waited_for() -> None:
    exchange, server, tried = one(BUSY, BUSY, REFUSED)
    assert (exchange.code, len(server.heard), tried.slept) == (422, 3, [RATE_WINDOW, RATE_WINDOW])


def test_a_429_of_a_gateway_is_waited_for() -> None:
    exchange, _, tried = one(http(b"<html>", 429), REFUSED)
    assert (exchange.code, tried.slept) == (422, [RATE_WINDOW])


@pytest.mark.parametrize(("asked", "waits"), [("3", 3.0), ("86400", LONGEST_WAIT), ("tomorrow", RATE_WINDOW)])
def test_retry_after_says_how_long(asked: str, waits: float) -> None:
    _, _, tried = one(http({"code": 429, "msg": "x"}, 200, f"Retry-After: {asked}"), REFUSED)
    assert tried.slept == [waits]


def test_patience_with_429_ends() -> None:
    with scripted(BUSY) as server:
        tried = Tried(server.url)
        for _ in range(DENIALS):
            with pytest.raises(Busy, match=r"^the target answered with 429, however long the request waited$"):
                tried.send()
        assert len(server.heard) == DENIALS * (RETRIES + 1)
        with pytest.raises(Busy, match=f"^the target answered {DENIALS} requests in a row with 429, however long "):
            tried.send()
        tried.target.poll("5c79")
    assert len(server.heard) == DENIALS * (RETRIES + 1) + 1
    assert len(tried.slept) == DENIALS * RETRIES


def test_an_answer_between_two_429_begins_the_count_anew() -> None:
    with scripted(*[BUSY] * (RETRIES + 1), REFUSED, *[BUSY] * (RETRIES + 1), REFUSED) as server:
        tried = Tried(server.url)
        for _ in range(DENIALS):
            with pytest.raises(Busy):
                tried.send()
            assert tried.send().code == 422


def test_a_wait_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    one(http({"code": 429, "msg": "x"}, 200, "Retry-After: 3"), REFUSED)
    assert caplog.messages == ["the target answers 429: the request is sent again in 3 s"]


def test_a_429_that_was_wanted_is_the_answer() -> None:
    _, server, tried = one(BUSY, expected=Expected(codes=frozenset({429})))
    assert (len(server.heard), tried.slept) == (1, [])


def test_requests_keep_their_distance() -> None:
    with scripted(REFUSED) as server:
        tried = Tried(server.url, spacing=50.0)
        tried.send()
        tried.send()
    assert tried.slept == [pytest.approx(50.0, abs=PATIENT + 5)]


# A target that is down, slow, endless, or no server at all.


def trickles_a_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    _trickle(connection, b" ")


def trickles_its_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _trickle(connection, b"x")


def continues_for_ever(connection: socket.socket) -> None:
    _trickle(connection, b"HTTP/1.1 100 Continue\r\n\r\n")


def hangs(connection: socket.socket) -> None:
    connection.recv(1)


def _trickle(connection: socket.socket, piece: bytes) -> None:
    pause = threading.Event()
    while not pause.wait(0.02):
        connection.sendall(piece)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        pytest.param(b"", "RemoteProtocolError: Server disconnected", id="says nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "RemoteProtocolError: ", id="is another server"),
        pytest.param(http(b"{}")[:-1], "RemoteProtocolError: peer closed connection", id="closes early"),
        pytest.param(http(b"x" * (ANSWER_LIMIT + 1)), "longer than 1048576 bytes", id="long"),
        pytest.param(trickles_a_body, "the answer did not end within 0.3 s", id="trickles a body"),
        pytest.param(trickles_its_head, "ReadTimeout: the answer did not end within 0.3 s", id="trickles its head"),
        pytest.param(continues_for_ever, "ReadTimeout: the answer did not end within 0.3 s", id="continues for ever"),
        pytest.param(hangs, "ReadTimeout: the answer did not end within 0.3 s", id="hangs"),
        pytest.param(http(b"x" * 99, 200, "Content-Encoding: gzip"), "DecodingError: ", id="is no gzip"),
    ],
)
def test_every_kind_of_no_answer_is_an_error_in_bounded_time(script: Script, error: str) -> None:
    started = time.monotonic()
    exchange, _, _ = one(script)
    assert error in exchange.error
    assert time.monotonic() - started < 3


def test_after_an_answer_that_took_too_long_the_next_request_is_answered() -> None:
    with scripted(trickles_its_head, REFUSED) as server:
        tried = Tried(server.url)
        tried.send()
        assert tried.send().code == 422


def test_a_target_that_is_down_is_left_alone_after_some_requests() -> None:
    tried = Tried(nobody())
    errors = [tried.send().error for _ in range(SILENCES)]
    assert all(error.startswith("ConnectError: ") for error in errors)
    with pytest.raises(Silent, match=f"^the target left {SILENCES} requests in a row without an answer$"):
        tried.send()


def test_an_answer_between_silences_begins_the_count_anew() -> None:
    with scripted(*[b""] * (SILENCES - 1), REFUSED, *[b""] * (SILENCES - 1), REFUSED) as server:
        tried = Tried(server.url)
        for _ in range(2 * SILENCES):
            tried.send()
    assert len(server.heard) == 2 * SILENCES


def test_a_base_url_that_is_none_is_an_error() -> None:
    assert Tried("ftp://127.0.0.1").send().error.startswith("UnsupportedProtocol: ")


def test_what_is_recorded_of_an_earlier_run_is_not_sent_again() -> None:
    with scripted(REFUSED, ACCEPTED) as server:
        tried = Tried(server.url)
        first = tried.send()
        limits = Limits(budget=2)
        again = Target(
            server.url, {"own": KEY}, limits, io.StringIO(), before=EarlierRun(exchanges={"x": first}, spent=2)
        )
        assert again.send(probe(), URL) is first
        with pytest.raises(Spent, match=r"^budget: 2 of 2 tasks are spent; a larger --budget allows more$"):
            again.send(probe(ACCEPTANCE, id="y"), URL)
    assert len(server.heard) == 1


def test_a_recorded_429_that_was_not_wanted_is_sent_again() -> None:
    with scripted(BUSY, REFUSED) as server:
        busy = Tried(server.url).send(Expected(codes=frozenset({429})))
        again = Target(server.url, {"own": KEY}, Limits(), io.StringIO(), before=EarlierRun(exchanges={"x": busy}))
        assert again.send(probe(), URL).code == 422
        assert again.send(probe(Expected(codes=frozenset({429}))), URL) is busy


def test_threads_share_the_budget_and_the_spacing() -> None:
    with scripted(ACCEPTED) as server, ThreadPoolExecutor(8) as threads:
        tried = Tried(server.url, budget=3, spacing=50.0)
        sent = [threads.submit(tried.send, ACCEPTANCE) for _ in range(8)]
        spent = [each.exception() for each in sent]
    assert sum(each is None for each in spent) == len(server.heard) == tried.target.spent == 3
    assert [round(each, -1) for each in sorted(tried.slept)] == [50.0, 100.0]


# Keys.


ECHOING = http({"code": 401, "msg": f"{KEY} is unknown"}, 200, f"X-Key: {KEY}", kind=f"application/json; key={KEY}")


@pytest.mark.parametrize("script", [ECHOING, REFUSED, b"", http(KEY.encode())])
def test_the_key_is_in_no_exchange_and_no_journal(script: bytes) -> None:
    exchange, server, tried = one(script)
    assert KEY.encode() in server.heard[0]
    assert KEY not in f"{exchange} {dict(exchange.headers)} {tried.everything}"
    assert exchange.headers["Authorization"] == "Bearer ***"


def test_a_key_that_ends_with_a_new_line_is_sent_and_masked_without_it() -> None:
    with scripted(REFUSED) as server:
        tried = Tried(server.url, key=f"{KEY}\n")
        exchange = tried.send()
    assert f"Bearer {KEY}\r\n".encode() in server.heard[0]
    assert KEY not in f"{dict(exchange.headers)} {tried.everything}"


@pytest.mark.parametrize("key", ["two\nlines", "tab\tbed\x00", "clé", 'quo"ted\n\\x'])
def test_a_key_that_no_header_can_hold_is_in_no_error(key: str) -> None:
    with scripted(REFUSED) as server:
        tried = Tried(server.url, key=key)
        exchange = tried.send()
    for form in (key, repr(key)[1:-1], json.dumps(key)[1:-1]):
        assert form not in f"{exchange.error} {dict(exchange.headers)} {tried.everything}"


def test_a_key_is_masked_as_a_url_and_a_page_write_it() -> None:
    keys = Keys({"own": "sk-very-secret/&", "bad": ""})
    for form in ("sk-very-secret/&", "sk-very-secret%2F%26", "sk-very-secret/%26", "sk-very-secret/&amp;"):
        assert keys.masked(f"a {form} b") == "a *** b"


def test_no_traceback_holds_a_key_even_with_its_values() -> None:
    """As pytest and error trackers show it: the values of every frame."""

    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError("no space left")

    with scripted(REFUSED) as server:
        target = Target(server.url, {"own": KEY, "bad": "other"}, Limits(), Broken())
        with pytest.raises(OSError, match="no space left") as failed:
            target.send(probe(method="GET"), URL)
    shown = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    assert "Authorization" in (text := "".join(shown.format()))
    assert KEY not in f"{text} {target!r}"


SECRET = "sk-ab/cd+ef12=="


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        r"sk-ab\/cd+ef12==",
        r"sk-ab/cd\u002Bef12==",
        "sk-ab%2Fcd%2bef12%3D%3d",
        "&#115;k-ab/cd&#x2B;ef12==",
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"Bearer {SECRET}".encode()).decode(),
        SECRET.upper(),
        "sk-ab%252Fcd%252bef12%253D%253d",
        "&amp;#115;k-ab/cd&amp;#x2B;ef12==",
    ],
)
def test_a_key_is_masked_in_every_spelling(shown: str) -> None:
    masked = Keys({"own": SECRET}).masked(f"before {shown} behind")
    assert masked.replace("=", "") == "before *** behind"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_key_within_a_text_is_masked_in_its_base64(before: str, encode: Callable[[bytes], bytes]) -> None:
    encoded = encode(f"{before}{SECRET}, and more".encode()).decode()
    masked = Keys({"own": SECRET}).masked(encoded)
    assert masked.startswith(("***", encoded[:2], encoded[:4]))
    assert len(masked) < len(encoded) - len(SECRET)


def test_a_callback_is_masked_wherever_it_shows_a_key() -> None:
    came = Arrival(at=1.0, method="POST", target=f"/?{SECRET}", headers={SECRET: SECRET}, body=SECRET.encode())
    masked = Keys({"own": SECRET}).masked_arrival(came)
    assert (masked.target, masked.headers, masked.body) == ("/?***", {"***": "***"}, b"***")


def test_a_key_is_masked_in_json_within_json() -> None:
    masked = Keys({"own": SECRET}).masked(json.dumps(json.dumps(json.dumps(SECRET.replace("/", "\\/")))))
    assert "sk-ab" not in masked
    assert "ef12" not in masked


SECRET_HEADERS = {"set-cookie": "sid=s3cret", "WWW-Authenticate": "Bearer s3cret", "X-Csrf-Token": "s3cret"}


def test_a_secret_of_the_target_is_in_no_exchange_and_no_journal() -> None:
    headers = [f"{name}: {value}" for name, value in {**SECRET_HEADERS, "x-own": "yes"}.items()]
    exchange, _, tried = one(http({"code": 422, "msg": "wrong"}, 422, *headers))
    assert "s3cret" not in f"{dict(exchange.answer_headers)} {tried.everything}"
    kept = {name.lower(): value for name, value in exchange.answer_headers.items()}
    assert (kept["x-own"], *(kept[name.lower()] for name in SECRET_HEADERS)) == ("yes", "***", "***", "***")


def test_a_secret_in_a_header_of_a_callback_is_masked() -> None:
    came = Arrival(at=1.0, method="POST", target="/", headers={**SECRET_HEADERS, "x-own": "yes"}, body=b"")
    masked = Keys({"own": SECRET}).masked_arrival(came)
    assert masked.headers == {**dict.fromkeys(SECRET_HEADERS, "***"), "x-own": "yes"}


def escaped(text: str, backslashes: int) -> str:
    return "".join("\\" * backslashes + f"u{ord(character):04x}" for character in text)


@pytest.mark.parametrize("backslashes", [1, 2, 3, 7, 15])
def test_a_key_is_masked_however_often_it_is_escaped(backslashes: int) -> None:
    assert Keys({"own": SECRET}).masked(f"a {escaped(SECRET, backslashes)} b") == "a *** b"


@pytest.mark.parametrize(
    "shown", ["\\" * 100_000, ("s" + "\\" * 50_000) * 2, escaped(f"{SECRET[:-4]}?", 4), "%25" * 50_000]
)
def test_what_is_nearly_a_key_takes_no_long_time(shown: str) -> None:
    began = time.process_time()
    Keys({"own": SECRET}).masked(shown)
    assert time.process_time() - began < 2


WAYS: tuple[Callable[[str], str], ...] = (
    str,
    str.swapcase,
    lambda character: {"s": "\u017f", "k": "\u212a", "i": "\u0131"}.get(character, character),
    lambda character: f"\\{character}",
    lambda character: f"\\\\u{ord(character):04X}",
    lambda character: f"u{ord(character):04x}",
    lambda character: f"\\x{ord(character):02x}",
    lambda character: f"%25{ord(character):02X}",
    lambda character: f"&amp;#{ord(character)};",
    lambda character: f"&#x0{ord(character):x};",
    lambda character: f"{character} ",
)
"""How one character of a key may be written, most of which are masked."""


@given(
    st.text('skiSKI019-_./+= xu\\"&é', min_size=2, max_size=12),
    st.lists(st.sampled_from(WAYS), min_size=12, max_size=12) | st.sampled_from(WAYS).map(lambda way: [way] * 12),
    st.sampled_from(["whole", *TELLING, "base64", "bearer"]),
)
def test_a_quick_look_misses_no_key(key: str, ways: list[Callable[[str], str]], form: str) -> None:
    whole = {
        "whole": key,
        "base64": base64.b64encode(f"ab{key} and more".encode()).decode(),
        "bearer": base64.b64encode(f"Bearer {key}".encode()).decode(),
    }.get(form) or SPELLED[form](key)
    text = "before " + "".join(way(each) for each, way in zip(whole, [*ways] * 5, strict=False)) + " behind"
    quick = Keys({"own": key}).masked(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contract_tests.target.keys.glance", lambda text: None)
        assert quick == Keys({"own": key}).masked(text)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8), st.text(max_size=20))
def test_a_key_is_masked_wherever_json_holds_it(key: str, around: str) -> None:
    masked = Keys({"own": key}).masked(json.dumps({"text": f"{around}{key}{around}"}))
    assert json.dumps(key)[1:-1] not in masked


def test_answers_that_do_not_end_are_silences() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        hangs(connection)

    with scripted(drip) as server:
        tried = Tried(server.url)
        for _ in range(SILENCES):
            assert tried.send().error.startswith("ReadTimeout: ")
        with pytest.raises(Silent):
            tried.send()


def test_polls_that_nobody_answers_come_to_an_end() -> None:
    with scripted(b"") as server:
        tried = Tried(server.url)
        errors = [tried.target.poll("5c79").error for _ in range(DEAF_POLLS + 5)]
    assert all(errors)
    assert len(server.heard) == DEAF_POLLS


def test_an_empty_key_masks_nothing() -> None:
    with scripted(REFUSED) as server:
        exchange = Tried(server.url, key="").send()
    assert exchange.headers["Authorization"] == "Bearer"


def test_the_journal_has_a_line_for_every_exchange() -> None:
    _, _, tried = one(BUSY, REFUSED)
    addressed, *written = [json.loads(line) for line in tried.everything.splitlines()]
    assert addressed == {"addressed": "x", "callback_url": URL}
    assert written[::2] == [{"sending": "x"}] * 2
    lines = written[1::2]
    assert [(line["probe"], line["status"]) for line in lines] == [("x", 200), ("x", 200)]
    assert set(lines[0]) >= {"method", "url", "headers", "sent", "status", "content_type", "body", "error", "took"}
    assert json.loads(lines[1]["body"])["code"] == 422


class Full(io.StringIO):
    """A journal on a disk without room."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_cannot_be_noted_is_not_sent() -> None:
    with scripted(REFUSED) as server:
        target = Target(server.url, {"own": KEY, "bad": "other"}, Limits(), Full())
        with pytest.raises(NotNoted) as ended:
            target.send(probe(), URL)
        target.close()
    assert server.heard == []
    assert str(ended.value).startswith("the journal cannot be written: No space left on device. The run ends here: ")


@pytest.mark.parametrize("ends", [KeyboardInterrupt(), SystemExit(143)], ids=repr)
def test_who_ends_a_request_sees_nothing_of_its_key(ends: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: Any, auth: httpx.Auth, **more: Any) -> None:
        sent = next(auth.auth_flow(httpx.Request("POST", URL))).headers["Authorization"]
        assert KEY in sent
        raise ends

    monkeypatch.setattr(httpx.Client, "stream", interrupted)
    target = Target("http://127.0.0.1:1", {"own": KEY, "bad": "other"}, Limits(), io.StringIO())
    with pytest.raises(type(ends)) as ended:
        target.send(probe(), URL)
    target.close()
    assert ended.value.args == ends.args
    shown = traceback.TracebackException.from_exception(ended.value, capture_locals=True)
    assert KEY not in "".join(shown.format())


def test_a_poll_can_be_sent_with_another_key_or_without_one() -> None:
    with scripted(REFUSED) as server:
        target = Target(server.url, {"own": "a-secret-key"}, Limits(), io.StringIO())
        target.record_as("5c79", None, "Bearer ")
        target.record_as("5c79", "own~cut", "Bearer ")
        target.close()
    without, cut = server.heard
    assert b"uthorization" not in without
    assert b"uthorization: Bearer a-secret-ke\r\n" in cut


def test_an_answer_with_the_key_in_it_is_marked() -> None:
    with scripted(http({"code": 200, "msg": "for a-secret-key", "data": {"taskId": "5c79"}})) as server:
        target = Target(server.url, {"own": "a-secret-key"}, Limits(), io.StringIO())
        exchange = target.poll("5c79")
        target.close()
    assert exchange.shows_key
    assert b"a-secret-key" not in exchange.body
    assert target.shown_in("a-secret-key!")


def test_a_profile_says_where_a_target_is_asked_and_which_code_is_too_often() -> None:
    terms = dataclasses.replace(DOCUMENTED, extend="/suno/extend", record_info="/suno/record", rate=430)
    with scripted(http({"code": 430, "msg": "slow down"}), http({"code": 429, "msg": "no credits"}), REFUSED) as server:
        slept: list[float] = []
        keys = {"own": KEY, "bad": "other"}
        target = Target(server.url, keys, Limits(), io.StringIO(), sleep=slept.append, terms=terms)
        sent, polled = target.send(probe(), URL), target.poll("t")
        target.close()
    assert (sent.code, slept) == (429, [RATE_WINDOW])
    assert sent.url == f"{server.url}/suno/extend"
    assert polled.url == f"{server.url}/suno/record?taskId=t"
