"""One attempt against receivers that behave and that do not, over real sockets."""

import asyncio
import gzip
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest
from aiohappyeyeballs import AddrInfoType

from mock_server.callbacks.answer_reader import LONGEST_LINE, MOST_HEADERS, READ_AT_MOST
from mock_server.callbacks.connecting import Resolve, look_up
from mock_server.callbacks.connection import STEPS
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.http_delivery import USED_AT_MOST, HttpDelivery
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.kept_answer import BODY_KEPT
from tests.lacking import no_descriptor_left
from tests.mock_server.callbacks.wire import Serve, Turns, listening
from tests.processes import COMMAND

pytestmark = pytest.mark.anyio

ONLY_200 = (200, 200)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return head + await reader.readexactly(length)


async def against(
    serve: Serve, *, path: str = "/cb", within: float = 5, received: tuple[int, int] = ONLY_200
) -> Attempt:
    """One attempt against a receiver that does what `serve` does with each connection."""
    async with listening(serve, path) as url, closing(HttpDelivery(HostPolicy(), within)) as delivery:
        return await delivery.attempt(url, b'{"code":200}', received)


@asynccontextmanager
async def closing(delivery: HttpDelivery) -> AsyncIterator[HttpDelivery]:
    """A delivery that is closed at the end."""
    yield delivery
    await delivery.close()


def answering(answer: bytes, *, close: bool = True) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        if close:
            writer.close()

    return serve


async def test_http_200_is_accepted() -> None:
    result = await against(answering(OK))
    assert (result.outcome, result.detail) == (Outcome.ACCEPTED, "HTTP 200")
    assert 0 <= result.took < 10


@pytest.mark.parametrize("status", [300, 304, 400, 404, 429, 500, 503])
async def test_any_other_status_is_refused(status: int) -> None:
    answer = b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status
    result = await against(answering(answer))
    assert (result.outcome, result.detail) == (Outcome.REFUSED, f"HTTP {status}")


@pytest.mark.parametrize("status", [201, 202, 204])
async def test_another_2xx_names_the_reading_that_takes_it(status: int) -> None:
    result = await against(answering(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status))
    assert (result.outcome, result.detail) == (
        Outcome.REFUSED,
        f"HTTP {status}; HTTP 200 counts as received, unless --set received_statuses=any_2xx",
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_tells_where_it_leads_and_that_it_is_not_followed(status: int) -> None:
    answer = b"HTTP/1.1 %d X\r\nLocation: http://me:secret@127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n" % status
    result = await against(answering(answer))
    assert (result.outcome, result.detail) == (
        Outcome.REFUSED,
        f"HTTP {status} to http://...@127.0.0.1:1/login, which is not followed",
    )


async def test_what_was_sent_and_answered_is_kept() -> None:
    body = b"<h1>Whoops</h1>" + bytes(5000)
    head = b"HTTP/1.1 500 Oh\r\nX-Request-Id: 7\r\nSet-Cookie: a=1\r\nSet-Cookie: b=\xff\r\n"
    result = await against(answering(head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)))
    headers = [("X-Request-Id", "7"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=\\xff"), ("Content-Length", "5015")]
    assert result.answer
    assert (result.answer.status, list(result.answer.headers)) == (500, headers)
    assert (result.answer.body, result.answer.size) == (body[:BODY_KEPT], len(body))
    assert {("Content-Type", "application/json"), ("User-Agent", "suno-mock"), ("Content-Length", "12")} < {
        *result.sent
    }


async def test_what_came_of_an_answer_without_an_end_is_kept() -> None:
    result = await against(hang_in_the_body, within=0.5)
    assert result.answer
    assert (result.answer.status, result.answer.body, result.answer.size) == (200, b"half", 4)


async def test_without_an_answer_there_is_what_was_sent_alone() -> None:
    result = await against(hang, within=0.1)
    assert result.answer is None
    assert ("User-Agent", "suno-mock") in result.sent


async def test_another_2xx_is_accepted_where_the_reading_says_so() -> None:
    result = await against(answering(b"HTTP/1.1 204 No Content\r\n\r\n"), received=(200, 299))
    assert result.outcome is Outcome.ACCEPTED


async def test_the_request_is_a_json_post_to_the_exact_url() -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(OK)
        writer.close()

    await against(serve, path="/cb%7Ex?token=a%2Bb&empty=&q=%C3%A9")
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /cb%7Ex?token=a%2Bb&empty=&q=%C3%A9 HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert body == b'{"code":200}'


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    await reader.read()
    writer.close()


async def hang_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    await reader.read()
    writer.close()


@pytest.mark.parametrize("serve", [hang, hang_in_the_body])
async def test_no_complete_answer_in_time_is_timed_out(serve: Serve) -> None:
    result = await against(serve, within=0.1)
    assert (result.outcome, result.detail) == (Outcome.TIMED_OUT, "no complete answer within 0.1 s")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="closed without an answer"),
        pytest.param(b"garbage\r\n\r\n", id="garbage"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="closed after an interim answer"),
    ],
)
async def test_what_is_no_answer_is_unreachable(answer: bytes) -> None:
    assert (await against(answering(answer))).outcome is Outcome.UNREACHABLE


def headed(head: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: 0\r\n\r\n"


TAKEN = {
    "a header of 9 kB": headed(b"X-Trace: %b\r\n" % (b"x" * 9000)),
    "a header as long as may be": headed(b"X: %b\r\n" % (b"x" * (LONGEST_LINE - 10))),
    "a name of 9 kB": headed(b"%b: x\r\n" % (b"x" * 9000)),
    "200 headers": headed(b"".join(b"X-%d: x\r\n" % number for number in range(200))),
    "as many headers as may be": headed(b"X: x\r\n" * (MOST_HEADERS - 1)),
    "300 cookies": headed(b"Set-Cookie: a=b; Path=/\r\n" * 300),
    "two headers of which there is one": headed(b"Server: a\r\nServer: b\r\n"),
    "a reason of 9 kB": b"HTTP/1.1 200 %b\r\nContent-Length: 0\r\n\r\n" % (b"O" * 9000),
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    "lines that end in LF alone": OK.replace(b"\r", b""),
    "a header on two lines": headed(b"X: a\r\n b\r\n"),
    "a header in Latin-1": headed(b"X: caf\xe9\r\n"),
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: %b\r\n\r\n" % (b"x" * 9000) + OK,
}
"""Answers that the clients of real servers take."""


@pytest.mark.parametrize("answer", TAKEN.values(), ids=TAKEN)
async def test_what_a_real_servers_client_takes_is_an_answer(answer: bytes) -> None:
    result = await against(answering(answer))
    assert (result.outcome, result.detail) == (Outcome.ACCEPTED, "HTTP 200")


BROKEN = {
    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc": "HTTP 200; its body broke off after 3 of 10 bytes",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc": "HTTP 200; more followed its body of 2 bytes",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc": (
        "HTTP 200; it has several Content-Lengths: '2, 3'"
    ),
    b"HTTP/1.1 302 X\r\nLocation: /x\r\nContent-Length: 10\r\n\r\n": (
        "HTTP 302 to /x, which is not followed; its body broke off after 0 of 10 bytes"
    ),
}


@pytest.mark.parametrize("answer", BROKEN)
async def test_an_answer_whose_body_is_wrong_is_an_answer(answer: bytes) -> None:
    result = await against(answering(answer))
    assert (result.outcome in (Outcome.ACCEPTED, Outcome.REFUSED), result.detail) == (True, BROKEN[answer])
    assert result.answer is not None


async def test_a_flood_of_one_receiver_keeps_no_other_waiting() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.transport.is_closing():
            writer.write(b"1\r\nx\r\n" * 10_000)
            await writer.drain()

    async with Turns() as turns:
        result = await against(flood)
    assert (result.outcome, result.detail) == (Outcome.ACCEPTED, "HTTP 200")
    assert result.answer is not None
    assert turns.count > result.answer.size / STEPS


async def test_a_receiver_that_is_stopped_has_its_time_and_no_more() -> None:
    with receiving_alone() as (url, process):
        delivery = HttpDelivery(HostPolicy(), 30)
        assert (await delivery.attempt(url, b"{}", ONLY_200)).outcome is Outcome.ACCEPTED
        process.send_signal(signal.SIGSTOP)
        impatient = HttpDelivery(HostPolicy(), 0.2)
        assert (await impatient.attempt(url, b"{}", ONLY_200)).outcome is Outcome.TIMED_OUT
        process.send_signal(signal.SIGCONT)
        assert (await delivery.attempt(url, b"{}", ONLY_200)).outcome is Outcome.ACCEPTED
        await delivery.close()


async def test_what_the_mock_lacks_is_retried_as_if_nobody_listened() -> None:
    receiver = Kept()
    async with receiving(receiver) as attempt:
        with no_descriptor_left():
            result = await attempt()
        assert (result.outcome, result.detail.partition("; ")[0].rpartition(": ")[2]) == (
            Outcome.UNREACHABLE,
            "it has no descriptor left",
        )
        assert (await attempt()).outcome is Outcome.ACCEPTED


@contextmanager
def receiving_alone() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A receiver in a process of its own."""
    command = [*COMMAND, "receive", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


LEFT = {
    "a line that does not end": headed(b"X: %b\r\n" % (b"x" * LONGEST_LINE)),
    "headers that do not end": headed(b"X: x\r\n" * (MOST_HEADERS + 1)),
}


@pytest.mark.parametrize("answer", LEFT.values(), ids=LEFT)
async def test_a_head_is_not_read_without_end(answer: bytes) -> None:
    result = await against(answering(answer))
    assert result.outcome is Outcome.UNREACHABLE
    assert len(result.detail) < 300


async def test_what_is_no_answer_is_shown_in_place_of_a_status() -> None:
    result = await against(answering(b"\x1b[2Jhello\r\n\r\n"))
    assert result.detail == "what the receiver answered cannot be read as HTTP/1.1: it begins with '\\x1b[2Jhello'"


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + b"x" * READ_AT_MOST)
        await reader.read()
        writer.close()

    assert (await against(serve)).outcome is Outcome.ACCEPTED


async def reach(url: str, policy: HostPolicy | None = None) -> Attempt:
    delivery = HttpDelivery(policy or HostPolicy(), 5)
    try:
        return await delivery.attempt(url, b"{}", ONLY_200)
    finally:
        await delivery.close()


async def test_what_to_do_is_told_once_per_receiver(closed_url: str) -> None:
    delivery = HttpDelivery(HostPolicy(), 5)
    details = [(await delivery.attempt(f"{closed_url}/{name}", b"{}", ONLY_200)).detail for name in "aba"]
    await delivery.close()
    reason = f"cannot connect to 127.0.0.1 port {closed_url.rpartition(':')[2]}: Connection refused"
    assert details[0].startswith(f"{reason}; nothing listens there: ")
    assert details[1:] == [reason, reason]


async def test_what_to_do_is_told_again_once_the_receiver_has_answered() -> None:
    delivery = HttpDelivery(HostPolicy(), 5)
    server = await asyncio.start_server(answering(OK), "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    url = f"http://127.0.0.1:{address[1]}/cb"

    async def alone() -> str:
        server.close()
        await server.wait_closed()
        return (await delivery.attempt(url, b"{}", ONLY_200)).detail

    before = await alone()
    server = await asyncio.start_server(answering(OK), *address)
    answered = await delivery.attempt(url, b"{}", ONLY_200)
    assert answered.outcome is Outcome.ACCEPTED
    assert await alone() == before
    await delivery.close()


async def test_an_unknown_host_is_unreachable_without_the_hint() -> None:
    result = await reach("http://no-such-receiver/cb")
    assert result.outcome is Outcome.UNREACHABLE
    assert result.detail.startswith("cannot connect to no-such-receiver port 80: ")
    assert "container" not in result.detail


async def test_a_public_name_that_cannot_be_looked_up_is_blocked() -> None:
    result = await reach("http://receiver.invalid/cb")
    assert (result.outcome, result.detail.partition(",")[0]) == (
        Outcome.BLOCKED,
        "receiver.invalid cannot be looked up",
    )


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0177.0.0.1", "0x7f.1", "127.0.0.1."])
async def test_an_address_in_an_unusual_form_is_blocked(host: str) -> None:
    result = await reach(f"http://{host}:1/", HostPolicy(["*"]))
    assert (result.outcome, result.detail) == (
        Outcome.BLOCKED,
        f"{host} is an address in an unusual form; write it as four decimal numbers, if you mean 127.0.0.1",
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_metadata_address_is_not_followed(status: int) -> None:
    answer = b"HTTP/1.1 %d X\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n" % status
    result = await against(answering(answer))
    assert (result.outcome, result.detail) == (
        Outcome.REFUSED,
        f"HTTP {status} to http://169.254.169.254/latest, which is not followed",
    )


async def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(bomb), bomb)
    assert (await against(answering(answer))).outcome is Outcome.ACCEPTED


async def test_a_name_that_changes_its_address_is_checked_as_it_connects() -> None:
    """DNS rebinding: each look-up finds another address. Only the one that was checked is called."""
    found, asked = iter(["127.0.0.1", "169.254.169.254"]), []

    async def resolve(host: str, port: int) -> list[AddrInfoType]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(found), port))]

    receiver = Kept(per_connection=1)
    async with receiving(receiver, resolve=resolve, host="rebinding.example") as attempt:
        outcomes = [await attempt() for _ in range(2)]
    assert [each.outcome for each in outcomes] == [Outcome.ACCEPTED, Outcome.BLOCKED]
    assert outcomes[1].detail.startswith("rebinding.example (169.254.169.254) is a link-local address")
    assert (len(asked), receiver.connections) == (2, 1)


async def test_who_a_url_names_is_sent() -> None:
    receiver = Kept()
    async with receiving(receiver, host="user:p%20w@127.0.0.1") as attempt:
        assert (await attempt()).outcome is Outcome.ACCEPTED
    assert b"\r\nAuthorization: Basic dXNlcjpwIHc=\r\n" in receiver.requests[0]


async def test_what_cannot_stand_in_a_line_is_written_as_browsers_do() -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(OK)

    await against(serve, path="/a b?c=\u00e9#part")
    assert seen[0].startswith(b"POST /a%20b?c=%C3%A9 HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http:///cb", "//127.0.0.1/", "http://127.0.0.1:99999/"])
async def test_what_is_no_url_of_a_receiver_is_called_by_nobody(url: str) -> None:
    result = await reach(url)
    assert (result.outcome, " is no address to call: " in result.detail) == (Outcome.BLOCKED, True)


@pytest.mark.parametrize("url", ["http://a..b/", f"http://{'a' * 300}/"])
async def test_an_impossible_host_is_a_result_and_no_error(url: str) -> None:
    result = await reach(url)
    assert result.outcome is Outcome.BLOCKED
    assert " is no address to call: " in result.detail


async def test_a_public_address_is_blocked() -> None:
    result = await reach("http://192.0.2.1/cb")
    assert (result.outcome, result.detail) == (
        Outcome.BLOCKED,
        "192.0.2.1 is public; allow it with --allow-callbacks-to 192.0.2.1",
    )


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/", "http://0.0.0.0:1/"]
)
async def test_a_metadata_address_is_blocked_even_when_allowed(url: str) -> None:
    assert (await reach(url, HostPolicy(["*"]))).outcome is Outcome.BLOCKED


@pytest.mark.parametrize("host", ["0xa9.0xfe.0xa9.0xfe", "2852039166", "0251.0376.0251.0376"])
async def test_nothing_goes_to_a_metadata_address_in_other_clothes(host: str) -> None:
    assert (await reach(f"http://{host}/", HostPolicy(["*"]))).outcome is Outcome.BLOCKED


async def test_closing_without_an_attempt_is_fine() -> None:
    await HttpDelivery(HostPolicy(), 1).close()


class Kept:
    """A receiver that answers every request of a connection with `answer`, and how it is used. It closes a connection
    after `per_connection` answers, and in place of them where it is `rude`."""

    def __init__(self, answer: bytes = OK, per_connection: int = 1000, *, rude: bool = False) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = asyncio.Event()
        self._answer = answer
        self._per_connection = per_connection
        self._rude = rude

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            for _ in range(self._per_connection):
                self.requests.append(await read_request(reader))
                writer.write(self._answer)
            if self._rude:
                self.requests.append(await read_request(reader))
        writer.close()
        self.ended.set()


@asynccontextmanager
async def receiving(
    receiver: Kept, *, resolve: Resolve = look_up, host: str = "127.0.0.1"
) -> AsyncIterator[Callable[[], Awaitable[Attempt]]]:
    """What makes one attempt after the other to a receiver."""
    policy = HostPolicy(["rebinding.example"])
    async with listening(receiver) as url, closing(HttpDelivery(policy, 5, resolve=resolve)) as delivery:
        yield lambda: delivery.attempt(url.replace("127.0.0.1", host), b"{}", ONLY_200)


async def test_a_connection_is_used_again() -> None:
    receiver = Kept()
    async with receiving(receiver) as attempt:
        assert {(await attempt()).outcome for _ in range(5)} == {Outcome.ACCEPTED}
    assert (len(receiver.requests), receiver.connections) == (5, 1)


async def test_a_connection_is_not_used_for_ever() -> None:
    receiver = Kept()
    async with receiving(receiver) as attempt:
        for _ in range(USED_AT_MOST):
            await attempt()
    asked = [b"Connection: close" in request for request in receiver.requests]
    assert asked == [False] * (USED_AT_MOST - 1) + [True]


async def test_an_idle_connection_is_closed() -> None:
    receiver = Kept()
    async with receiving(receiver) as attempt:
        await attempt()
        async with asyncio.timeout(5):
            await receiver.ended.wait()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
ANSWERS = {
    "closes unannounced": (OK, 1),
    "closes after some": (OK, 3),
    "Connection: close": (OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1), 1),
    "HTTP/1.0": (OK.replace(b"1.1", b"1.0"), 1),
    "until it closes": (b"HTTP/1.1 200 OK\r\n\r\nok", 1),
    "chunked": (CHUNKED, 1000),
    "100 Continue": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 1000),
}


@pytest.mark.parametrize(("answer", "per_connection"), ANSWERS.values(), ids=ANSWERS)
async def test_every_callback_is_received_once_however_the_receiver_ends_its_answers(
    answer: bytes, per_connection: int
) -> None:
    receiver = Kept(answer, per_connection)
    async with receiving(receiver) as attempt:
        assert {(await attempt()).outcome for _ in range(30)} == {Outcome.ACCEPTED}
    assert len(receiver.requests) == 30


async def test_a_receiver_that_closes_a_kept_connection_gets_new_ones_from_then_on() -> None:
    receiver = Kept(rude=True, per_connection=1)
    async with receiving(receiver) as attempt:
        assert {(await attempt()).outcome for _ in range(4)} == {Outcome.ACCEPTED}
    assert (len(receiver.requests), receiver.connections) == (5, 4)


async def test_a_new_connection_that_ends_without_an_answer_is_not_tried_again() -> None:
    receiver = Kept(rude=True, per_connection=0)
    async with receiving(receiver) as attempt:
        assert (await attempt()).outcome is Outcome.UNREACHABLE
    assert len(receiver.requests) == 1


async def test_few_receivers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.callbacks.http_delivery.CLOSING_KEPT", 0)
    receiver = Kept(rude=True, per_connection=1)
    async with receiving(receiver) as attempt:
        assert {(await attempt()).outcome for _ in range(4)} == {Outcome.ACCEPTED}
    assert len(receiver.requests) > 5
